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
        &["export", "--to", "eksctl"],
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
        assert!(ran.code == Some(0) && ran.stdout.contains("EKSODUS_COMPLETE"), "{shell}: {}", ran.all());
        assert!(ran.stderr.is_empty(), "{shell}");
    }
    let page = Bench::new().run(&["man", "apply"]);
    assert!(page.code == Some(0) && page.stdout.contains("eksodus\\-apply"), "{}", page.stdout);
    for section in [".TH EKSODUS-APPLY", "EXAMPLES", "EXIT STATUS", "ENVIRONMENT", "SEE ALSO"] {
        assert!(page.stdout.contains(section), "{section}: {}", page.stdout);
    }
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

/// What a shell is told can follow, by the script of fish, which gives the words and a cursor behind the last.
fn completed(bench: &Bench, words: &[&str]) -> Vec<String> {
    let mut command = bench.command(&[&["--", "eksodus"], words].concat());
    let ran = command.env("EKSODUS_COMPLETE", "fish").output().unwrap();
    let lines = String::from_utf8(ran.stdout).unwrap();
    lines.lines().map(|line| line.split('\t').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn values_are_completed_from_the_files_of_this_machine() {
    let bench = Bench::new();
    let home = bench.path("home");
    std::fs::create_dir_all(home.join(".aws")).unwrap();
    std::fs::create_dir_all(home.join(".kube")).unwrap();
    eksodus::files::write_atomic(
        &home.join(".aws/config"),
        b"[profile prod]\nregion = eu-west-1\n[sso-session corp]\n",
    )
    .unwrap();
    eksodus::files::write_atomic(
        &home.join(".kube/config"),
        b"clusters: [{name: shop.eu-west-1.eksctl.io}]\ncontexts: [{name: me@shop}]\n",
    )
    .unwrap();
    std::fs::create_dir_all(bench.path(".eksodus/111122223333/eu-west-1/old-shop/0123456789ab-1")).unwrap();
    let with_home = |words: &[&str]| {
        let mut command = bench.command(&[&["--", "eksodus"], words].concat());
        let ran = command.env("EKSODUS_COMPLETE", "fish").env("HOME", &home).output().unwrap();
        String::from_utf8(ran.stdout).unwrap()
    };
    assert_eq!(with_home(&["plan", "--profile", ""]).trim(), "prod");
    assert_eq!(with_home(&["plan", "--context", ""]).trim(), "me@shop");
    assert_eq!(with_home(&["plan", "--cluster", ""]).lines().collect::<Vec<_>>(), ["old-shop", "shop"]);
    assert!(
        with_home(&["rollback", ".eks"]).contains(".eksodus/111122223333/eu-west-1/old-shop/0123456789ab-1")
    );
    let faults = completed(&bench, &["rehearse", "--fault", "lost-answer:eks:Create"]);
    assert_eq!(faults, ["lost-answer:eks:CreateAccessEntry:1"]);
    assert_eq!(completed(&bench, &["explain", "needs-"]), ["needs-path"]);
    assert!(completed(&bench, &["reh"]).contains(&"rehearse".to_owned()));
}

#[test]
fn a_rule_is_explained_by_its_page() {
    let bench = Bench::new();
    insta::assert_snapshot!(bench.run(&["explain", "needs-path"]).all());
    let json: serde_json::Value =
        serde_json::from_str(&bench.run(&["explain", "needs-path", "-o", "json"]).stdout).unwrap();
    assert_eq!(
        (json["rule"].as_str(), json["severity"]["kind"].as_str()),
        (Some("needs-path"), Some("blocks"))
    );
    let misspelt = bench.run(&["explain", "need-path"]);
    assert_eq!(misspelt.code, Some(2));
    assert!(misspelt.stderr.contains("did you mean needs-path?"), "{}", misspelt.stderr);
}

#[test]
fn the_version_says_what_it_is_built_from() {
    let short = Bench::new().run(&["-V"]).stdout;
    assert_eq!(short, format!("eksodus {}\n", env!("CARGO_PKG_VERSION")));
    for args in [&["--version"][..], &["--version", "-v"]] {
        let long = Bench::new().run(args).stdout;
        let lines: Vec<&str> = long.lines().collect();
        assert!(long.starts_with(short.trim_end()) && lines.len() == 3, "{long}");
        assert!(lines[1].starts_with("commit ") && lines[1].contains(" of "), "{long}");
    }
}

#[test]
fn options_that_do_nothing_for_a_command_are_refused_by_name() {
    for (args, told) in [
        (&["completions", "bash", "--cluster", "x"][..], "--cluster does nothing for completions"),
        (&["apply", "plan.json", "--snapshot", "x"], "pass --simulate DIR"),
        (&["show", "plan.json", "--config", "x"], "--config does nothing for show"),
        (&["plan", "--snapshot", "x", "--region", "eu-west-1"], "--region needs a live cluster"),
        (&["verify", "plan.json", "--simulate", "x", "--watch", "1"], "--watch needs a live cluster"),
        (&["policies", "--aws-auth", "x"], "--aws-auth does nothing for policies"),
    ] {
        let ran = Bench::new().run(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(told), "{args:?}: {}", ran.stderr);
    }
}

#[test]
fn the_demo_plays_to_its_end_and_leaves_what_it_showed() {
    let bench = Bench::new();
    let ran = bench.run(&["demo"]);
    assert_eq!(ran.code, Some(0), "{}", ran.all());
    assert_eq!(ran.stdout.matches("$ eksodus ").count(), 8, "{}", ran.stdout);
    let again = bench.run(&["verify", "eksodus-demo/plan.json", "--simulate", "eksodus-demo/cluster"]);
    // it was rolled back
    assert_eq!(again.code, Some(3), "{}", again.all());
    let twice = bench.run(&["demo"]);
    assert_eq!(twice.code, Some(2), "{}", twice.all());
    assert!(twice.stderr.contains("eksodus-demo is already there"), "{}", twice.stderr);
}
