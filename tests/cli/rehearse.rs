use std::fs;

use crate::bench::{Bench, Ran};

fn bench() -> Bench {
    let bench = Bench::new();
    bench.copy("quickstart", "snapshot");
    fs::rename(bench.path("snapshot/eksodus.yaml"), bench.path("eksodus.yaml")).unwrap();
    bench
}

/// So wide that each thing that is told is one line.
fn run(bench: &Bench, args: &[&str]) -> Ran {
    let mut command = bench.command(args);
    command.env("COLUMNS", "2000");
    bench.run_with(command, b"")
}

#[test]
fn the_whole_migration_without_touching_the_snapshot() {
    let bench = bench();
    let before = bench.read("snapshot/cluster.json");
    let ran = bench.run(&["rehearse", "--snapshot", "snapshot"]);
    insta::assert_snapshot!(ran.all());
    assert_eq!(bench.read("snapshot/cluster.json"), before);
    assert!(!bench.path("snapshot/runs").exists());
}

#[test]
fn a_fault_stops_it_and_it_goes_on() {
    let bench = bench();
    let ran =
        run(&bench, &["rehearse", "--snapshot", "snapshot", "--fault", "halt-after:eks:CreateAccessEntry:2"]);
    assert_eq!(ran.code, Some(0), "{}", ran.all());
    assert!(ran.stdout.contains("→ stopped → resumed → done\n  stopped: "), "{}", ran.all());
    assert_eq!(ran.all().matches("is not known").count(), 1, "a stop is told once: {}", ran.all());
}

/// Each line of what is told names a principal once.
#[test]
fn where_a_fault_struck_and_what_became_of_it_is_a_line() {
    let bench = bench();
    for fault in [
        "lost-answer:eks:CreateAccessEntry:2",
        "fail:eks:CreateAccessEntry:2",
        "throttle-every:10",
        "deny:eks:AssociateAccessPolicy",
        "edit-aws-auth",
        "halt-after:eks:CreateAccessEntry:2",
    ] {
        let ran = run(&bench, &["rehearse", "--snapshot", "snapshot", "--quiet", "--fault", fault]);
        insta::assert_snapshot!(format!("struck_{}", fault.replace([':', '-'], "_")), ran.all());
        for line in ran.all().lines() {
            let arns = line.split_whitespace().filter(|word| word.starts_with("arn:aws:iam"));
            let arns: Vec<&str> = arns.map(|word| word.trim_matches([',', ';', ':'])).collect();
            let distinct: std::collections::BTreeSet<_> = arns.iter().collect();
            assert_eq!(arns.len(), distinct.len(), "{line}");
        }
    }
}

#[test]
fn a_fault_that_never_struck_is_an_error_with_the_reason() {
    let bench = bench();
    for (fault, kind, why) in [
        (
            "lost-answer:eks:CreateAccessEntry:200",
            "too-few-calls",
            "only 7 calls of eks:CreateAccessEntry were made, not 200",
        ),
        ("fail:kube:DeleteAwsAuth:1", "too-few-calls", "no calls of kube:DeleteAwsAuth were made, not 1"),
        ("delete-entry:kube:ReplaceAwsAuth:1", "about-no-entry", "that call is about no access entry"),
        ("delete-role:kube:ReplaceAwsAuth:1", "about-no-principal", "that call is about no role or user"),
        ("nodes-not-ready:1", "nobody-looked", "nothing looks at nodes after that call"),
        ("deny:eks:DeleteAccessEntry", "not-needed", "nothing needed eks:DeleteAccessEntry"),
        ("fail-update:3", "too-few-updates", "the authentication mode was changed 2 times, not 3"),
        ("delay:0s", "nothing-written", "nothing that is seen late was written"),
    ] {
        let args = ["rehearse", "--snapshot", "snapshot", "--quiet", "--fault", fault];
        let ran = run(&bench, &args);
        assert_eq!(ran.code, Some(1), "{fault}: {}", ran.all());
        assert!(ran.stderr.starts_with(&format!("error: fault {fault}")), "{}", ran.all());
        assert!(ran.stderr.contains(" never struck: ") && ran.stderr.contains(why), "{}", ran.all());
        let json = run(&bench, &[&args[..], &["-o", "json"]].concat());
        let report: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
        assert_eq!(report["faults"][0]["missed"]["kind"], kind, "{fault}");
        assert_eq!((json.code, report["result"].as_str()), (Some(1), Some("done")), "{fault}");
    }
    // where there are no nodes
    bench.write("snapshot/nodegroups.json", "[]");
    bench.write("snapshot/fargate-profiles.json", "[]");
    let ran = run(&bench, &["rehearse", "--snapshot", "snapshot", "-q", "--fault", "nodes-not-ready:1"]);
    assert!(ran.stderr.contains("the cluster has no nodes"), "{}", ran.all());
}

#[test]
fn what_never_struck_does_not_hide_what_stopped_the_run() {
    let bench = bench();
    let faults = ["--fault", "edit-aws-auth", "--fault", "fail:eks:CreateAccessEntry:99"];
    let ran = run(&bench, &[&["rehearse", "--snapshot", "snapshot", "-q"], &faults[..]].concat());
    assert_eq!(ran.code, Some(6), "{}", ran.all());
    assert!(
        ran.stdout.contains("1 of 2 faults struck") && ran.stderr.contains("never struck"),
        "{}",
        ran.all()
    );
}

/// It tells what the mode is only where it has changed it, and the refusal of a rollback is no refusal of everything.
#[test]
fn a_rollback_says_what_it_leaves() {
    let bench = bench();
    let rollback = |fault: &str| {
        run(&bench, &["rehearse", "--snapshot", "snapshot", "-q", "--rollback", "--fault", fault])
    };
    let ran = rollback("fail-update");
    assert_eq!(ran.code, Some(1), "{}", ran.all());
    assert!(ran.stdout.contains("rolled back: nothing is left\n"), "{}", ran.all());
    let ran = rollback("lost-answer:eks:CreateAccessEntry:1");
    assert!(ran.stdout.contains("nothing is left; the mode stays API_AND_CONFIG_MAP (irreversible)\n"));
    let ran = rollback("edit-aws-auth:kube:ReplaceAwsAuth:1");
    assert_eq!(ran.code, Some(6), "{}", ran.all());
    // somebody else's change comes after ours
    let reads = run(
        &bench,
        &[
            "rehearse",
            "--snapshot",
            "snapshot",
            "-q",
            "--rollback",
            "--fault",
            "edit-aws-auth:kube:GetAwsAuth:9",
        ],
    );
    assert_eq!(reads.code, Some(6), "{}", reads.all());
    assert!(reads.stdout.contains("not rolled back: "), "{}", reads.all());
}

/// What is printed under NEXT works as it stands.
#[test]
fn what_it_says_to_type_next_works() {
    let bench = bench();
    let next = |ran: &Ran| {
        let command = ran.stdout.split("\nNEXT\n").nth(1).unwrap().lines().next().unwrap().trim().to_owned();
        command.split(' ').skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let type_it = |words: &[String]| run(&bench, &words.iter().map(String::as_str).collect::<Vec<_>>());
    let ran = run(&bench, &["rehearse", "--snapshot", "snapshot", "-q"]);
    let mut words = next(&ran);
    assert_eq!(words.last().map(String::as_str), Some("--all-faults"), "{words:?}");
    words.extend(["--sample", "12", "-q"].map(str::to_owned));
    let ran = type_it(&words);
    assert_eq!(ran.code, Some(0), "{}", ran.all());
    let ran = type_it(&next(&ran));
    assert_eq!(ran.code, Some(0), "{}", ran.all());
    assert!(bench.path("plan.json").exists());
}

#[test]
fn every_fault_at_every_call_ends_in_a_score() {
    let bench = bench();
    let args = ["rehearse", "--snapshot", "snapshot", "--all-faults", "--sample", "150", "-q"];
    let ran = run(&bench, &args);
    assert_eq!(ran.code, Some(0), "{}", ran.all());
    assert!(ran.stdout.contains("sampled 150 of "), "{}", ran.all());
    let verdict = ran.stdout.lines().rfind(|line| line.starts_with("✓ prod-eu: ")).unwrap();
    assert!(verdict.ends_with("; 0 lock-outs"), "{verdict}");
    assert_eq!(run(&bench, &args).stdout, ran.stdout, "the same each time");
    let json = run(&bench, &[&args[..], &["-o", "json"]].concat());
    let report: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let count = |name: &str| report["summary"][name].as_u64().unwrap();
    assert_eq!(count("sampled"), 150);
    assert_eq!(count("interruptions"), count("endedWell") + count("waits"));
    let ended: u64 = ["planned", "plannedAnew", "rolledBack", "refused"].map(count).iter().sum();
    assert_eq!(count("endedWell"), ended);
    assert_eq!(report["shortfalls"], serde_json::json!([]));
    // what waits for a person can be played
    for wait in report["waits"].as_array().unwrap() {
        let command = wait["command"].as_str().unwrap();
        let ran = run(&bench, &command.split(' ').skip(1).chain(["-q"]).collect::<Vec<_>>());
        assert!(matches!(ran.code, Some(0 | 5 | 6)), "{command}: {}", ran.all());
        assert!(!ran.stderr.contains("never struck"), "{command}: {}", ran.all());
    }
}

#[test]
fn all_faults_are_tried_on_a_migration_that_works() {
    let bench = bench();
    fs::remove_file(bench.path("snapshot/caller.json")).unwrap();
    let ran = run(&bench, &["rehearse", "--snapshot", "snapshot", "--all-faults", "-q"]);
    assert!(matches!(ran.code, Some(4 | 5)), "{}", ran.all());
    let usage = run(&bench, &["rehearse", "--snapshot", "snapshot", "--all-faults", "--fault", "fail:1"]);
    assert_eq!(usage.code, Some(2), "{}", usage.all());
}

#[test]
fn a_rollback_leaves_nothing_behind_wherever_it_stopped() {
    let bench = bench();
    let faults = [
        // the mode was changed, and stays so
        ("halt:eks:AssociateAccessPolicy:1", 6, "failed"),
        ("deny:eks:AssociateAccessPolicy", 6, "failed"),
        ("lost-answer:eks:CreateAccessEntry:4", 0, "done"),
        ("throttle-every:5", 0, "done"),
    ];
    for (fault, code, result) in faults {
        let args = [
            "rehearse",
            "--snapshot",
            "snapshot",
            "--fault",
            fault,
            "--rollback",
            "--through",
            "prune",
            "-o",
            "json",
        ];
        let ran = run(&bench, &args);
        assert_eq!(ran.code, Some(code), "{fault}: {}", ran.all());
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(
            (&report["leftBehind"], &report["result"]),
            (&serde_json::json!([]), &result.into()),
            "{fault}"
        );
    }
}

#[test]
fn an_unknown_fault_is_a_usage_error_that_lists_the_faults() {
    let ran = run(&bench(), &["rehearse", "--snapshot", "snapshot", "--fault", "explode"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("lost-answer:"), "{}", ran.all());
}

#[test]
fn what_needs_a_decision_is_blocked() {
    let bench = bench();
    fs::remove_file(bench.path("eksodus.yaml")).unwrap();
    let ran = run(&bench, &["rehearse", "--snapshot", "snapshot"]);
    assert_eq!((ran.code, ran.stdout.lines().count()), (Some(4), 1), "{}", ran.all());
    assert!(ran.stdout.contains("2 need a decision"), "{}", ran.all());
    assert!(ran.stderr.starts_with("error: snapshot/aws-auth.yaml:24:5: "), "{}", ran.all());
}

#[test]
fn a_run_that_is_refused_half_way_is_partly_applied() {
    let bench = bench();
    let fault = "edit-aws-auth:eks:AssociateAccessPolicy:1";
    let ran = run(&bench, &["rehearse", "--snapshot", "snapshot", "--fault", fault]);
    assert_eq!(ran.code, Some(6), "{}", ran.all());
    assert!(ran.stdout.contains("✗ prod-eu: refused before the end of api-mode, "), "{}", ran.all());
}

#[test]
fn a_shorter_rehearsal_promises_less() {
    let bench = bench();
    let ran = run(&bench, &["rehearse", "--snapshot", "snapshot", "--through", "prune"]);
    assert!(ran.stdout.contains("a new plan has nothing to do up to prune\n"), "{}", ran.all());
    let one = run(&bench, &["rehearse", "--snapshot", "snapshot", "--through", "dual-mode"]);
    assert!(one.stdout.contains("✓ prod-eu: rehearsed through dual-mode, 1 change in "), "{}", one.all());
    assert!(!one.stdout.contains("verified"), "{}", one.all());
}

#[test]
fn it_rehearses_the_plan_that_is_saved() {
    let bench = bench();
    assert_eq!(run(&bench, &["plan", "--snapshot", "snapshot", "--out", "plan.json"]).code, Some(0));
    let saved: serde_json::Value = serde_json::from_str(&bench.read("plan.json")).unwrap();
    let ran = run(&bench, &["rehearse", "--snapshot", "snapshot", "-o", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["plan"], saved["digest"]);
}

#[test]
fn a_rollback_is_rehearsed_from_where_one_is_possible() {
    let bench = bench();
    let ran = run(&bench, &["rehearse", "--snapshot", "snapshot", "--rollback", "--quiet"]);
    assert!(ran.code == Some(0) && ran.stdout.contains("there and back through prune, "), "{}", ran.all());
    let ran = run(&bench, &["rehearse", "--snapshot", "snapshot", "--rollback", "--through", "api-mode"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", ran.all());
}

/// `docs/simulator.md` says of each fault what `rehearse` ends with, and what became of the call that it struck.
#[test]
fn each_documented_fault_ends_as_the_table_says() {
    let bench = bench();
    let page = fs::read_to_string("docs/simulator.md").unwrap();
    let table = page.split("| fault | meaning |").nth(1).unwrap();
    let mut rows = 0;
    for row in table.lines().skip(2).take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [.., example, code, came_of_it] = cells.as_slice() else { panic!("{row}") };
        let example = example.trim_matches('`');
        let args = ["rehearse", "--snapshot", "snapshot", "--quiet", "-o", "json", "--fault", example];
        let ran = run(&bench, &args);
        assert_eq!(ran.code, Some(code.parse().unwrap()), "{row}\n{}", ran.all());
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let fault = &report["faults"][0];
        let strikes = fault["strikes"].as_array().unwrap();
        let kind = match came_of_it.split([',', ';', ' ']).next().unwrap() {
            "struck" => None,
            "made" => Some("made-again"),
            "found" => Some("found-done"),
            "continued" => Some("continued"),
            "stopped" => Some("stopped"),
            other => panic!("{other}: {row}"),
        };
        assert_eq!(fault["missed"].is_null(), kind.is_some(), "{row}: {fault:#}");
        // of many calls that were struck the first one is told of
        let first = strikes.first().and_then(|strike| strike["aftermath"]["kind"].as_str());
        assert_eq!(first, kind, "{row}: {fault:#}");
        // a stop whose resume is done says so
        if kind == Some("stopped") {
            let resumed = strikes[0]["aftermath"]["resumed"].as_bool();
            assert_eq!(resumed == Some(true), *code == "0", "{row}: {fault:#}");
        }
        rows += 1;
    }
    assert_eq!(rows, 19);
}
