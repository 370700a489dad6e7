use std::collections::BTreeSet;

use eksodus::planner::Plan;
use serde_json::Value;

use crate::bench::{Bench, Ran, fixture_path};

fn lint(args: &[&str]) -> Ran {
    let bench = Bench::new();
    bench.write("aws-auth.yaml", std::fs::read(fixture_path("quickstart/aws-auth.yaml")).unwrap());
    bench.run(&[&["lint", "--aws-auth", "aws-auth.yaml"], args].concat())
}

#[test]
fn findings_stand_under_the_lines_they_are_about() {
    insta::assert_snapshot!(lint(&[]).all());
}

#[test]
fn json_has_every_entry_with_its_status() {
    let ran = lint(&["--output", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let statuses = |section: &str| -> Vec<String> {
        let entries = report["sections"][section]["entries"].as_array().unwrap();
        entries.iter().map(|entry| entry["status"].as_str().unwrap().to_owned()).collect()
    };
    let force = "in-force";
    assert_eq!(statuses("mapRoles"), [force, force, force, force, "never-matches", force, force, force]);
    assert_eq!(statuses("mapUsers"), [force, "superseded", force]);
    assert_eq!(statuses("mapAccounts"), [force]);
    assert_eq!(report["sections"]["mapRoles"]["status"], "read");
    assert!(report["findings"].as_array().unwrap().iter().all(|finding| finding["line"].is_u64()));
}

#[test]
fn a_cluster_without_aws_auth_has_no_findings() {
    let bench = Bench::new();
    bench.copy("quickstart", "snapshot");
    std::fs::remove_file(bench.path("snapshot/aws-auth.yaml")).unwrap();
    let ran = bench.run(&["lint", "--snapshot", "snapshot", "-o", "json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.all());
    let text = bench.run(&["lint", "--snapshot", "snapshot"]);
    assert!(
        text.stdout.starts_with("✓ ") && text.stdout.contains(": 0 mappings: nothing found"),
        "{}",
        text.all()
    );
    assert!(ran.stdout.contains("\"absent\""), "{}", ran.stdout);
}

fn blocking(report: &str, key: &str) -> BTreeSet<String> {
    let report: Value = serde_json::from_str(report).unwrap();
    let found = report[key].as_array().unwrap();
    let is_blocking = |it: &&Value| it["severity"]["kind"] == "blocks";
    let place = |it: &Value| if key == "notices" { it["at"].clone() } else { it["mapping"].clone() };
    let with_place = found.iter().filter(is_blocking).filter(|it| !place(it).is_null());
    with_place.map(|it| format!("{} {}", it["rule"], place(it))).collect()
}

#[test]
fn with_a_snapshot_lint_and_plan_print_the_same_decisions() {
    let bench = Bench::new();
    bench.copy("quickstart", "sim");
    let both = || {
        let lint = bench.run(&["lint", "--snapshot", "sim", "-o", "json"]);
        let plan = bench.run(&["plan", "--snapshot", "sim", "-o", "json"]);
        let (of_lint, of_plan) = (blocking(&lint.stdout, "findings"), blocking(&plan.stdout, "notices"));
        assert_eq!(of_lint, of_plan);
        assert_eq!(lint.code == Some(4), !of_lint.is_empty(), "{}", lint.all());
        of_lint.len()
    };
    // what the team has decided does not wait any more
    assert_eq!(both(), 0);
    bench.write("sim/eksodus.yaml", "version: 1\n");
    assert!(both() >= 2);
    let skip = "principals:\n  - principal: arn:aws:iam::111122223333:role/AWSReservedSSO_Developer_*\n    skip: left\n";
    bench.write("sim/eksodus.yaml", format!("version: 1\n{skip}"));
    assert!(both() >= 1);
    let ran = bench.run(&["lint", "--snapshot", "sim"]);
    assert!(!ran.stdout.contains("session-name-without-colon"), "{}", ran.all());
}

#[test]
fn a_saved_plan_is_told_by_its_content_and_held_against_what_every_plan_keeps() {
    let bench = Bench::new();
    bench.copy("quickstart", "sim");
    let plan = ["plan", "--snapshot", "sim", "--out", "plan.json"];
    assert_eq!(bench.run(&plan).code, Some(0));
    let whole = bench.run(&["lint", "plan.json"]);
    assert_eq!((whole.code, whole.stdout.as_str()), (Some(0), ""), "{}", whole.all());

    let mut twice = Plan::parse(&bench.read("plan.json")).unwrap();
    twice.targets.push(twice.targets[0].clone());
    bench.write("twice.json", twice.sealed().to_json());
    let found = bench.run(&["lint", "twice.json"]);
    assert!(found.code == Some(4) && found.stdout.contains("[principal-twice]"), "{}", found.all());
    let json = bench.run(&["lint", "twice.json", "-o", "json"]);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["findings"][0]["reason"]["why"]["kind"], "principal-twice");
    let refused = bench.run(&["apply", "twice.json", "--simulate", "sim", "--yes"]);
    assert!(refused.code == Some(5) && refused.stderr.contains("[principal-twice]"), "{}", refused.all());
    assert!(refused.stdout.contains("nothing was changed"), "{}", refused.all());

    // a ConfigMap is one by its content as well
    let alone = bench.run(&["lint", "sim/aws-auth.yaml"]);
    assert_eq!(alone.stdout, bench.run(&["lint", "--aws-auth", "sim/aws-auth.yaml"]).stdout);
}
