//! Runs that are damaged, did not begin, were rolled back, or are of another cluster.

use std::fs;
use std::io::Write as _;

use crate::apply::{apply, entries, planned, run_folder};
use crate::bench::Bench;

type Damage = fn(&str) -> String;

/// A run that stopped half-way, with its journal rewritten.
fn damaged(rewrite: Damage) -> Bench {
    let bench = planned();
    assert_eq!(apply(&bench, &["--fault", "deny:eks:AssociateAccessPolicy"]).code, Some(6));
    let journal = run_folder(&bench).join("journal.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    fs::File::create(&journal).unwrap().write_all(rewrite(&text).as_bytes()).unwrap();
    bench
}

#[test]
fn a_journal_that_cannot_be_gone_on_with_is_named() {
    let other = |text: &str| {
        let header: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        text.replace(header["header"]["plan"].as_str().unwrap(), &"0".repeat(64))
    };
    let journals: [(Damage, &str, i32); 4] = [
        (|text| text.replacen("{\"started\"", "{\"st", 1), "journal line 3 is not a record", 1),
        (|text| text[..20].to_owned(), "the run did not begin, and did nothing", 1),
        (|text| text.replacen("\"major\":1", "\"major\":2", 1), "the journal has format 2.1", 1),
        (other, "the journal is of plan 0000", 5),
    ];
    for (rewrite, what, code) in journals {
        let bench = damaged(rewrite);
        let ran = apply(&bench, &["--resume"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(code), ""), "{}", ran.all());
        assert!(ran.stderr.contains("journal.jsonl: ") && ran.stderr.contains(what), "{}", ran.all());
        // and the run is told of, with what is wrong
        let status = bench.run(&["status", "--simulate", "sim"]);
        assert!(status.code == Some(0) && status.stdout.contains("sim/runs/prod-eu/"), "{}", status.all());
    }
}

#[test]
fn a_run_that_did_not_begin_is_listed_and_in_nobodys_way() {
    let bench = planned();
    assert_eq!(apply(&bench, &[]).code, Some(0));
    let run = run_folder(&bench);
    for (name, journal) in [("000000000000-7", Some("{\"header\"")), ("000000000000-8", None)] {
        let left = run.with_file_name(name);
        fs::create_dir(&left).unwrap();
        fs::copy(run.join("plan.json"), left.join("plan.json")).unwrap();
        if let Some(text) = journal {
            fs::File::create(left.join("journal.jsonl")).unwrap().write_all(text.as_bytes()).unwrap();
        }
    }
    let status = bench.run(&["status", "--simulate", "sim"]);
    assert_eq!(status.stdout.matches("-7: the run did not begin").count(), 1, "{}", status.all());
    assert_eq!(status.stdout.matches("-8: the run did not begin").count(), 1, "{}", status.all());
    let json = bench.run(&["status", "--simulate", "sim", "-o", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((&json["runs"][0]["problem"], &json["runs"][1]["plan"]), (&().into(), &().into()));
    let undone = bench.run(&["rollback", "--simulate", "sim", "--yes"]);
    assert_eq!(undone.code, Some(0), "{}", undone.all());
}

#[test]
fn without_a_run_the_newest_that_left_something_is_undone() {
    let bench = planned();
    let plan = |name: &str| {
        let ran = bench.run(&["plan", "--snapshot", "sim", "--out", name]);
        assert_eq!(ran.code, Some(0), "{}", ran.all());
        let plan: serde_json::Value = serde_json::from_str(&bench.read(name)).unwrap();
        plan["digest"].as_str().unwrap()[..12].to_owned()
    };
    let rollback = |more: &[&str]| bench.run(&[&["rollback", "--simulate", "sim"], more].concat());
    let first = plan("plan.json");
    assert_eq!(apply(&bench, &[]).code, Some(0));
    let with = entries(&bench);
    assert_eq!(rollback(&["--yes"]).code, Some(0));
    let second = plan("plan.json");
    assert_eq!(apply(&bench, &[]).code, Some(0));
    let third = plan("plan.json");
    assert_eq!(apply(&bench, &["--through", "prune"]).code, Some(0));

    for newest in [&third, &second] {
        let preview = rollback(&[]);
        assert!(preview.stdout.contains(&format!("to undo plan blake3:{newest}")), "{}", preview.stdout);
        assert_eq!(rollback(&["--yes"]).code, Some(0));
    }
    assert!(entries(&bench) < with && first != second);
    assert_eq!(rollback(&["--yes"]).stderr, "nothing to undo\n");
}

#[test]
fn what_is_of_another_cluster_or_of_none_is_refused() {
    let bench = planned();
    assert_eq!(apply(&bench, &[]).code, Some(0));
    bench.copy("quickstart", "other");
    for document in ["cluster.json", "nodegroups.json", "fargate-profiles.json"] {
        let other = bench.read(&format!("other/{document}")).replace("prod-eu", "prod-us");
        bench.write(&format!("other/{document}"), other);
    }
    let run = run_folder(&bench);
    let preview = bench.run(&["rollback", run.to_str().unwrap(), "--simulate", "other"]);
    assert_eq!((preview.code, preview.stdout.as_str()), (Some(5), ""), "{}", preview.all());

    let args = ["plan", "--aws-auth", "sim/aws-auth.yaml", "--config", "eksodus.yaml", "--out", "none.json"];
    assert_eq!(bench.run(&args).code, Some(4), "it blocks, too");
    for command in ["verify", "apply"] {
        let ran = bench.run(&[command, "none.json", "--simulate", "sim"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""), "{}", ran.all());
        assert!(ran.stderr.starts_with("error: the plan was made without a cluster\n"), "{}", ran.all());
    }
}

#[test]
fn verify_tells_each_thing_once() {
    let bench = planned();
    assert_eq!(apply(&bench, &[]).code, Some(0));
    let changed = bench.read("sim/access-entries.json").replace("\"developers\"", "\"others\"");
    bench.write("sim/access-entries.json", changed);
    let ran = bench.run(&["verify", "plan.json", "--simulate", "sim"]);
    assert_eq!(ran.code, Some(3), "{}", ran.all());
    assert_eq!(ran.stdout.lines().filter(|it| it.contains("user/ops/maria")).count(), 1, "{}", ran.all());
}
