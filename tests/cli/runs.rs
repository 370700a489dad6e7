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
        text.replace(header["plan"].as_str().unwrap(), &"0".repeat(64))
    };
    let journals: [(Damage, &str, i32); 4] = [
        (|text| text.replacen("\"started\"", "\"st", 1), "journal line 3 is not a record", 1),
        (|text| text[..20].to_owned(), "the journal has no first record", 1),
        (|text| text.replacen("\"major\":4", "\"major\":5", 1), "the journal has format 5.", 1),
        (other, "the journal is of plan 0000", 5),
    ];
    for (rewrite, what, code) in journals {
        let bench = damaged(rewrite);
        let ran = apply(&bench, &["--resume"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(code), ""), "{}", ran.all());
        assert!(ran.stderr.contains("journal.jsonl: ") && ran.stderr.contains(what), "{}", ran.all());
        // and the run is told of, with what is wrong
        let status = bench.run(&["status", "--simulate", "sim"]);
        assert!(status.code == Some(1) && status.stdout.contains(what), "{}", status.all());
        // nor is it passed by as if it had done nothing
        for more in [&["--yes"][..], &[]] {
            let undone = bench.run(&[&["rollback", "--simulate", "sim"], more].concat());
            assert_eq!((undone.code, undone.stdout.as_str()), (Some(1), ""), "{}", undone.all());
            assert!(
                undone.stderr.contains(what) && undone.stderr.contains("is not known"),
                "{}",
                undone.all()
            );
        }
    }
}

#[test]
fn a_run_that_lost_its_files_is_named_and_is_not_nothing() {
    type Loss = fn(&std::path::Path);
    let losses: [(Loss, &str); 6] = [
        (|run| fs::remove_file(run.join("plan.json")).unwrap(), "plan.json: No such file"),
        (|run| fs::remove_file(run.join("journal.jsonl")).unwrap(), "journal.jsonl: No such file"),
        (|run| drop(fs::File::create(run.join("journal.jsonl")).unwrap()), "the journal has no first record"),
        (
            |run| {
                fs::remove_dir_all(run).unwrap();
                fs::create_dir(run).unwrap();
            },
            "journal.jsonl: No such file",
        ),
        (
            |run| {
                let other =
                    fs::read_to_string(run.join("journal.jsonl")).unwrap().replace("eu-west-1", "us-east-1");
                fs::File::create(run.join("journal.jsonl")).unwrap().write_all(other.as_bytes()).unwrap();
            },
            "is of arn:aws:eks:us-east-1:111122223333:cluster/prod-eu, not of this cluster",
        ),
        #[cfg(unix)]
        (
            |run| {
                fs::remove_file(run.join("journal.jsonl")).unwrap();
                let made = std::process::Command::new("mkfifo").arg(run.join("journal.jsonl")).status();
                assert!(made.unwrap().success());
            },
            "it is not a regular file",
        ),
    ];
    for (lose, what) in losses {
        let bench = planned();
        assert_eq!(apply(&bench, &[]).code, Some(0));
        let run = run_folder(&bench);
        lose(&run);
        let status = bench.run(&["status", "--simulate", "sim"]);
        assert_eq!((status.code, status.stdout.matches(what).count()), (Some(1), 1), "{}", status.all());
        let next = "NEXT\n  eksodus plan --snapshot sim --out plan.json\n";
        assert!(status.stdout.contains(next) && !status.stdout.contains("--resume"), "{}", status.all());
        for args in [
            &["rollback", "--simulate", "sim"][..],
            &["rollback", "--simulate", "sim", "--yes"],
            &["rollback", "--simulate", "sim", run.to_str().unwrap()],
            &["apply", "plan.json", "--simulate", "sim", "--resume"],
        ] {
            let ran = bench.run(args);
            // what is whole of a run may be enough to resume it: its plan is at hand
            let resumes = args.contains(&"--resume") && what.starts_with("plan.json");
            assert_eq!(
                (ran.code == Some(0), ran.stdout.is_empty()),
                (resumes, !resumes),
                "{args:?} {}",
                ran.all()
            );
        }
    }
}

#[test]
fn a_run_below_another_one_that_is_not_known_can_be_undone_by_name() {
    let bench = planned();
    assert_eq!(apply(&bench, &[]).code, Some(0));
    let run = run_folder(&bench);
    fs::create_dir(run.with_file_name("000000000000-7")).unwrap();
    let refused = bench.run(&["rollback", "--simulate", "sim", "--yes"]);
    assert!(refused.code == Some(1) && refused.stderr.contains("000000000000-7"), "{}", refused.all());
    let undone = bench.run(&["rollback", "--simulate", "sim", run.to_str().unwrap(), "--yes"]);
    assert_eq!(undone.code, Some(0), "{}", undone.all());
}

#[test]
fn runs_of_the_old_form_are_named_with_the_way_out() {
    let bench = planned();
    assert_eq!(apply(&bench, &["--fault", "deny:eks:AssociateAccessPolicy"]).code, Some(6));
    let (run, old) = (run_folder(&bench), bench.path("sim/runs/prod-eu"));
    fs::create_dir(&old).unwrap();
    fs::rename(&run, old.join(run.file_name().unwrap())).unwrap();
    let place = format!("sim/runs/prod-eu/{}", run.file_name().unwrap().to_str().unwrap());
    let way = format!("hint: mkdir -p sim/runs/111122223333/eu-west-1/prod-eu && mv {place} ");
    for args in [
        &["status", "--simulate", "sim"][..],
        &["rollback", "--simulate", "sim", "--yes"],
        &["apply", "plan.json", "--simulate", "sim", "--resume"],
    ] {
        let ran = bench.run(args);
        assert_eq!(ran.code, Some(1), "{}", ran.all());
        assert!(ran.stderr.contains(&way) && ran.stderr.contains(&place), "{}", ran.all());
    }
    // of another cluster of the name they are told, and in nobody's way
    let journal = old.join(run.file_name().unwrap()).join("journal.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    fs::File::create(&journal).unwrap().write_all(text.replace("eu-west-1", "us-east-1").as_bytes()).unwrap();
    let status = bench.run(&["status", "--simulate", "sim"]);
    assert!(
        status.code == Some(0) && status.stdout.contains("a run of another cluster, arn:"),
        "{}",
        status.all()
    );
    let undone = bench.run(&["rollback", "--simulate", "sim", "--yes"]);
    assert!(undone.code == Some(0) && undone.stdout.contains("nothing to roll back"), "{}", undone.all());
    fs::File::create(&journal).unwrap().write_all(text.as_bytes()).unwrap();
    // and the way out is one
    fs::rename(old.join(run.file_name().unwrap()), &run).unwrap();
    let resumed = apply(&bench, &["--resume"]);
    assert_eq!(resumed.code, Some(0), "{}", resumed.all());
}

#[test]
fn a_run_that_changed_nothing_is_in_nobodys_way() {
    let bench = planned();
    assert_eq!(apply(&bench, &[]).code, Some(0));
    let with = entries(&bench);
    // whoever comes between does it, and our call fails
    let newest = [
        "apply",
        "--simulate",
        "sim",
        "--yes",
        "--through",
        "prune",
        "--fault",
        "edit-aws-auth:kube:ReplaceAwsAuth:1",
    ];
    let newest = bench.run(&newest);
    assert_eq!(newest.code, Some(5), "overtaken before anything was done: {}", newest.all());
    let edited = bench.read("sim/aws-auth.yaml");
    let undone = bench.run(&["rollback", "--simulate", "sim", "--yes"]);
    assert_eq!(undone.code, Some(0), "{}", undone.all());
    assert!(entries(&bench) < with, "{}", undone.all());
    assert_eq!(bench.read("sim/aws-auth.yaml"), edited, "what somebody else wrote stays");
    let nothing = bench.run(&["rollback", "--simulate", "sim", "--yes"]);
    assert!(nothing.stdout.contains("nothing to roll back"), "{}", nothing.all());
}

#[test]
fn a_plan_that_is_run_again_after_its_rollback_is_not_undone() {
    let bench = planned();
    let undone = |bench: &Bench| {
        let status = bench.run(&["status", "--simulate", "sim", "-o", "json"]);
        let status: serde_json::Value = serde_json::from_str(&status.stdout).unwrap();
        let runs = status["runs"].as_array().unwrap().iter();
        runs.map(|run| run["undone"].as_bool().unwrap()).collect::<Vec<_>>()
    };
    // in dual mode from now on, so that the same plan comes again
    assert_eq!(apply(&bench, &["--through", "dual-mode"]).code, Some(0));
    for _ in 0..2 {
        let planned = bench.run(&["plan", "--snapshot", "sim", "--out", "again.json"]);
        assert_eq!(planned.code, Some(0), "{}", planned.all());
        let applied = bench.run(&["apply", "again.json", "--simulate", "sim"]);
        assert_eq!(applied.code, Some(0), "{}", applied.all());
        assert_eq!(undone(&bench).last(), Some(&false));
        assert_eq!(bench.run(&["rollback", "--simulate", "sim", "--yes"]).code, Some(0));
    }
    let digests: Vec<String> = fs::read_dir(run_folder(&bench).parent().unwrap())
        .unwrap()
        .filter_map(|run| Some(run.unwrap().file_name().to_str()?.rsplit_once('-')?.0.to_owned()))
        .collect();
    let all: std::collections::BTreeSet<&String> = digests.iter().collect();
    assert!(digests.len() == 5 && all.len() < 5, "the plan did not come again: {digests:?}");
    assert_eq!(undone(&bench), [false, true, false, true, false]);
}

#[test]
fn each_record_tells_who_wrote_it_when_and_why() {
    let bench = planned();
    assert_eq!(apply(&bench, &["--note", "CHG-7"]).code, Some(0));
    let text = fs::read_to_string(run_folder(&bench).join("journal.jsonl")).unwrap();
    let mut last = String::new();
    for line in text.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let at = line["at"].as_str().unwrap().to_owned();
        assert!(at >= last && at.ends_with('Z') && at.len() == 24, "{line}");
        last = at;
        assert!(
            line["caller"].as_str().unwrap().starts_with("arn:aws:sts::111122223333:assumed-role/"),
            "{line}"
        );
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(
            (&line["host"], &line["version"], &line["note"]),
            (&"bench".into(), &version.into(), &"CHG-7".into())
        );
        assert!(line["commit"].is_string(), "{line}");
    }
    let status = bench.run(&["status", "--simulate", "sim"]);
    assert!(
        status.stdout.contains(" on bench, eksodus ") && status.stdout.contains(": CHG-7\n"),
        "{}",
        status.all()
    );
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
        assert!(preview.stdout.contains(&format!("to undo the run of plan {newest}")), "{}", preview.stdout);
        assert_eq!(rollback(&["--yes"]).code, Some(0));
    }
    assert!(entries(&bench) < with && first != second);
    assert!(rollback(&["--yes"]).stdout.contains("nothing to roll back"));
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
