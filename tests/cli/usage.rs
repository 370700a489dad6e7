use crate::bench::Bench;

#[cfg(feature = "live")]
#[test]
fn help_names_every_command_and_every_exit_code() {
    insta::assert_snapshot!(Bench::new().run(&["--help"]).all());
}

#[test]
fn a_wrong_argument_is_a_usage_error() {
    for args in [
        &["plan", "--nope"][..],
        &["apply", "--through", "someday"],
        &[],
        &["whois"],
        &["plan", "-o", "xml"],
        &["policies", "x", "--for-group", "y"],
        &["policies", "-n", "x"],
    ] {
        let ran = Bench::new().run(args);
        assert_eq!(ran.code, Some(2), "{args:?}: {}", ran.stderr);
        assert_eq!(ran.stdout, "", "{args:?}");
    }
}

#[test]
fn a_command_without_a_cluster_names_the_flags_that_work() {
    let commands: &[&[&str]] = &[
        &["lint"],
        &["whois", "arn:aws:iam::111122223333:role/Dev"],
        &["assert", "--record"],
        &["replay", "audit.jsonl"],
        &["explain", "arn:aws:iam::111122223333:role/Dev"],
        &["who-can", "--dangerous"],
        &["plan"],
        &["decide", "--write"],
        &["apply"],
        &["status"],
        &["verify", "plan.json"],
        &["rollback"],
        &["rehearse"],
        &["policies", "--for-group", "devs"],
    ];
    let told: Vec<String> = commands
        .iter()
        .map(|args| {
            let ran = Bench::new().run(args);
            assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{args:?}: {}", ran.stderr);
            ran.stderr
        })
        .collect();
    insta::assert_snapshot!(told.concat());
}

#[test]
fn completions_and_the_manual_go_to_stdout() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = Bench::new().run(&["completions", shell]);
        assert!(ran.code == Some(0) && ran.stdout.contains("rehearse") && ran.stderr.is_empty(), "{shell}");
    }
    let page = Bench::new().run(&["man", "apply"]);
    assert!(page.code == Some(0) && page.stdout.contains("eksodus\\-apply"), "{}", page.stdout);
    assert_eq!(Bench::new().run(&["man", "nothing"]).code, Some(2));
    let man = Bench::new().run(&["man"]);
    assert!(man.code == Some(0) && man.stdout.contains(".TH eksodus") && man.stderr.is_empty());
    let (_, apply) = man.stdout.split_once(".SH APPLY\n").unwrap();
    let (apply, _) = apply.split_once("\n.SH ").unwrap();
    assert!(apply.contains("\\-\\-allow\\-irreversible") && !apply.contains("redact"), "{apply}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let bench = Bench::new();
    for args in [&["completions", "bash"][..], &["man"], &["--help"]] {
        let mut child = bench
            .command(args)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        // closed before anything can be written to it
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
    }
}

#[test]
fn an_error_is_json_where_json_is_asked_for() {
    let bench = Bench::new();
    let told = |args: &[&str]| {
        let ran = bench.run(args);
        let value: serde_json::Value =
            serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.all()));
        let error = &value["error"];
        assert!(!ran.stderr.is_empty() && value.as_object().unwrap().len() == 1, "{}", ran.all());
        let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
        (ran.code, text("code"), text("message"), text("hint"))
    };
    let (code, kind, message, hint) = told(&["lint", "-o", "json"]);
    assert_eq!((code, kind.as_str(), message.as_str()), (Some(2), "usage", "lint needs a cluster"));
    assert!(hint.contains("--snapshot"), "{hint}");
    let (code, kind, message, _) = told(&["show", "no-such-file", "--output=json"]);
    assert_eq!((code, kind.as_str()), (Some(1), "unreadable"));
    assert!(message.contains("no-such-file"), "{message}");
    bench.write("plan.json", "{}");
    let (code, kind, _, _) = told(&["show", "plan.json", "-o", "json"]);
    assert_eq!((code, kind.as_str()), (Some(1), "plan-file"));
    for args in
        [&["plan", "--no-such", "-o", "json"][..], &["-ojson", "pln"], &["plan", "--output", "json", "x"]]
    {
        let (code, kind, message, hint) = told(args);
        assert_eq!((code, kind.as_str()), (Some(2), "usage"), "{args:?}");
        assert!(!message.starts_with("error") && !message.is_empty() && !hint.is_empty(), "{message}");
    }
}
