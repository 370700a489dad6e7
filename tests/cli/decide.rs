use std::collections::BTreeSet;

use serde_json::Value;

use crate::bench::Bench;

/// The quick start, with nothing decided.
fn open() -> Bench {
    let bench = Bench::new();
    bench.copy("quickstart", "snapshot");
    std::fs::remove_file(bench.path("snapshot/eksodus.yaml")).unwrap();
    bench
}

const DECIDE: [&str; 3] = ["decide", "--snapshot", "snapshot"];

#[expect(clippy::panic, reason = "a helper of tests")]
fn questions(bench: &Bench, args: &[&str]) -> Value {
    let ran = bench.run(&[&DECIDE[..], &["-o", "json"], args].concat());
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.all()))
}

#[test]
fn without_a_terminal_it_says_what_to_pass() {
    insta::assert_snapshot!(open().run(&DECIDE).all());
}

#[test]
fn all_open_questions_are_put_into_the_file_once() {
    let bench = open();
    let ran = bench.run(&[&DECIDE[..], &["--write"]].concat());
    assert_eq!(ran.code, Some(4), "{}", ran.all());
    let written = bench.read("eksodus.yaml");
    insta::assert_snapshot!(written);
    // nothing is decided by that
    let plan = bench.run(&["plan", "--snapshot", "snapshot"]);
    assert_eq!(plan.code, Some(4), "{}", plan.all());
    let again = bench.run(&[&DECIDE[..], &["--write"]].concat());
    assert!(again.stderr.contains("has all open questions already"), "{}", again.all());
    assert_eq!(bench.read("eksodus.yaml"), written);
}

/// Uncommenting one option of each question is all there is to do.
#[test]
fn what_is_uncommented_is_decided() {
    let bench = open();
    bench.run(&[&DECIDE[..], &["--write"]].concat());
    // the first option of each question, which may stand under several keys
    let (mut heads, mut head, mut takes) = (BTreeSet::new(), String::new(), false);
    let mut uncommented = String::new();
    for line in bench.read("eksodus.yaml").lines() {
        let text = line.trim_start();
        match text.strip_prefix("## ") {
            Some(option) if option.starts_with("- ") => takes = heads.insert(head.clone()),
            Some(prose) if uncommented.ends_with("\n\n") => (head, takes) = (prose.to_owned(), false),
            _ => {}
        }
        let filled = |yaml: &str| {
            yaml.replace("<why>", "because")
                .replace("<day>", "2030-12-31")
                .replace("<arns>", "arn:aws:iam::444455556666:role/partner-reader")
        };
        match text.strip_prefix("# ").filter(|_| takes) {
            Some(yaml) => uncommented += &format!("{}{}\n", &line[..line.len() - text.len()], filled(yaml)),
            None => uncommented += &format!("{line}\n"),
        }
    }
    bench.write("eksodus.yaml", &uncommented);
    let left = questions(&bench, &[]);
    let before = questions(&open(), &[]);
    let count = |of: &Value| of["questions"].as_array().unwrap().len();
    // a decision may change who gains or loses what, and that is asked then
    let findings =
        |of: &Value| of["questions"].as_array().unwrap().iter().filter(|it| it["kind"] == "finding").count();
    assert!(count(&before) > 0 && findings(&left) == 0, "{uncommented}\n{left:#}");
}

#[test]
fn json_has_each_question_with_its_options_and_what_they_do() {
    let bench = open();
    let of = questions(&bench, &[]);
    let all = of["questions"].as_array().unwrap();
    let username = all.iter().find(|it| it["rule"] == "session-name-without-colon").unwrap();
    let first = &username["options"][0];
    assert_eq!(first["edits"][0]["what"]["kind"], "username", "{username:#}");
    assert_eq!(first["effect"]["loses"], serde_json::json!([]), "{first:#}");
    assert!(!first["effect"]["bindingsCopied"].as_array().unwrap().is_empty(), "{first:#}");
    assert_eq!((&first["needsReason"], &first["asks"]), (&Value::Bool(false), &serde_json::json!([])));
    let skip = username["options"].as_array().unwrap().iter().find(|it| it["needsReason"] == true).unwrap();
    assert_eq!(skip["asks"], serde_json::json!(["the reason"]));
    // what it says it does is what a plan with it does
    bench.write("eksodus.yaml", first["yaml"].as_str().unwrap());
    let then = questions(&bench, &[]);
    assert_eq!(then["questions"].as_array().unwrap().len(), first["effect"]["left"], "{then:#}");
}

#[test]
fn redacted_it_shows_no_account() {
    let bench = open();
    for args in [&["-o", "json"][..], &["--write"][..]] {
        let ran = bench.run(&[&DECIDE[..], &["--redact"], args].concat());
        let shown = ran.all();
        assert!(!shown.contains("111122223333") && !shown.contains("444455556666"), "{shown}");
    }
    // the file is for eksodus, not for others
    assert!(bench.read("eksodus.yaml").contains("111122223333"));
}

#[test]
fn a_file_in_brackets_is_left_as_it_is() {
    let bench = open();
    let text = "version: 1\nprincipals: [{principal: 'arn:aws:iam::111122223333:role/x', skip: left}]\n";
    bench.write("eksodus.yaml", text);
    let ran = bench.run(&[&DECIDE[..], &["--write"]].concat());
    assert_eq!(ran.code, Some(1), "{}", ran.all());
    assert!(ran.stderr.contains("eksodus.yaml stays as it is"), "{}", ran.all());
    assert_eq!(bench.read("eksodus.yaml"), text);
}

/// Fleet, account, cluster.
#[test]
fn later_files_win_and_each_decision_says_where_it_comes_from() {
    let bench = open();
    let developer = "arn:aws:iam::111122223333:role/AWSReservedSSO_Developer_*";
    bench.write(
        "fleet.yaml",
        format!(
            "version: 1\nprincipals:\n- principal: {developer}\n  username: fleet:{{{{SessionName}}}}\n- {{principal: 'arn:aws:iam::1:role/nobody', skip: elsewhere}}\ngroups: {{\"system:nowhere\": drop}}\n"
        ),
    );
    bench.write(
        "prod.yaml",
        format!("version: 1\n\nprincipals:\n- principal: {developer}\n  username: dev:{{{{SessionName}}}}\n- {{principal: 'arn:aws:iam::1:role/nowhere', skip: typo}}\n"),
    );
    let args =
        ["plan", "--snapshot", "snapshot", "--verbose", "--config", "fleet.yaml", "--config", "prod.yaml"];
    let ran = bench.run(&args);
    assert!(ran.stdout.contains("username set by prod.yaml:4"), "{}", ran.all());
    assert!(ran.stdout.contains("dev:{{SessionName}}") && !ran.stdout.contains("fleet:"), "{}", ran.all());
    // of a shared file it is no fault that it matches nothing here
    assert!(ran.stdout.contains("prod.yaml:6 matches no mapping"), "{}", ran.all());
    assert!(!ran.stdout.contains("fleet.yaml:5") && !ran.stdout.contains("system:nowhere"), "{}", ran.all());
    // the environment names them as PATH does
    let mut command = bench.command(&args[..4]);
    command.env("EKSODUS_CONFIG", std::env::join_paths(["fleet.yaml", "prod.yaml"]).unwrap());
    assert_eq!(bench.run_with(command, b"").stdout, ran.stdout);
    // what is decided goes into the last
    let fleet = bench.read("fleet.yaml");
    let wrote =
        bench.run(&[&DECIDE[..], &["--write", "--config", "fleet.yaml", "--config", "prod.yaml"]].concat());
    assert!(wrote.stderr.contains("saved to prod.yaml"), "{}", wrote.all());
    assert_eq!(bench.read("fleet.yaml"), fleet);
    // and one that is not there yet is made
    bench.run(&[&DECIDE[..], &["--write", "--config", "fleet.yaml", "--config", "new.yaml"]].concat());
    assert!(bench.read("new.yaml").starts_with("version: 1\n"));
}

#[test]
fn a_shared_file_that_is_not_there_is_an_error() {
    let bench = open();
    let ran =
        bench.run(&["plan", "--snapshot", "snapshot", "--config", "nowhere.yaml", "--config", "no.yaml"]);
    assert_eq!(ran.code, Some(1), "{}", ran.all());
}
