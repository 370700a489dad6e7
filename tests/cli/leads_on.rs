//! After every kind of stop, what the command itself says to type is typed, then what `status` says, and so on until nothing
//! is left: no command that they name is refused, and none leads back to where it came from.

use std::fs;

use crate::apply::planned;
use crate::bench::{Bench, Ran};

/// How the first run is stopped.
#[derive(Debug, Clone)]
enum Stop {
    Fault(String),
    /// The process dies at this write of its journal.
    Killed(String),
}

/// What came of following it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
enum End {
    /// Nothing is left to do.
    Done,
    /// A finding needs a decision, or a guard tells what to do.
    Decision,
}

/// Calls that change something, with how often a migration of the quick-start cluster makes them, and what is looked at
/// in between.
const CALLS: [(&str, u32); 8] = [
    ("eks:UpdateClusterConfig", 2),
    ("eks:DescribeUpdate", 2),
    ("eks:CreateAccessEntry", 7),
    ("eks:AssociateAccessPolicy", 2),
    ("eks:DescribeAccessEntry", 3),
    ("kube:CreateBinding", 1),
    ("kube:ReplaceAwsAuth", 1),
    ("kube:GetAwsAuth", 3),
];
const BREAKS: [&str; 5] = ["halt", "halt-after", "fail-after", "lost-answer", "half-answer"];
const CHANGES: [&str; 8] = [
    "edit-aws-auth",
    "foreign-entry",
    "delete-entry",
    "foreign-update",
    "foreign-binding",
    "delete-role",
    "recreate-role",
    "nodes-not-ready",
];

fn stops() -> Vec<Stop> {
    let mut stops = Vec::new();
    let mut fault = |text: String| stops.push(Stop::Fault(text));
    for (call, times) in CALLS {
        for number in [1, times] {
            BREAKS.iter().for_each(|how| fault(format!("{how}:{call}:{number}")));
            CHANGES.iter().for_each(|how| fault(format!("{how}:{call}:{number}")));
        }
        fault(format!("deny:{call}"));
    }
    for number in [1, 2] {
        fault(format!("fail-update:{number}"));
    }
    for number in [1, 2, 3, 5, 8, 12, 20] {
        for when in ["before", "torn", "after"] {
            stops.push(Stop::Killed(format!("journal:{number}:{when}")));
        }
    }
    stops
}

fn run(bench: &Bench, args: &[&str], stop: &Stop) -> Ran {
    let (fault, point) = match stop {
        Stop::Fault(fault) => (vec!["--fault", fault], None),
        Stop::Killed(point) => (Vec::new(), Some(point)),
    };
    let mut command = bench.command(&[args, &fault].concat());
    command.envs(point.map(|point| ("EKSODUS_FAULT_POINT", point)));
    bench.run_with(command, b"")
}

fn words(command: &str) -> Vec<&str> {
    command.strip_prefix("eksodus ").unwrap().split(' ').collect()
}

/// What `apply` or `rollback` has said at its end is typed, unless it died before.
fn follow_its_own(bench: &Bench, ran: &Ran, what: &str) {
    let Ok(summary) = serde_json::from_str::<serde_json::Value>(&ran.stdout) else { return };
    let next = &summary["next"];
    // an error has its hint
    let Some(note) = next["note"].as_str() else { return };
    let undo = note.split_once("to undo it instead: ").map(|(_, undo)| undo);
    for command in undo.into_iter().chain(next["command"].as_str()) {
        let followed = bench.run(&words(command));
        let plans = command.starts_with("eksodus plan ");
        let is_good = followed.code == Some(0) || (plans && followed.code == Some(4));
        assert!(is_good, "{what}: {next}: {}\nafter {}", followed.all(), ran.all());
    }
}

/// Types what it says until it says that nothing is left.
#[expect(clippy::panic, reason = "a helper of tests")]
fn follow(bench: &Bench, what: &str) -> End {
    let mut told = Vec::new();
    for _ in 0..12 {
        let ran = bench.run(&["status", "--simulate", "sim", "-o", "json"]);
        assert_eq!(ran.code, Some(0), "{what}: {told:#?}: {}", ran.all());
        let status: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let next = &status["next"];
        told.push(next.to_string());
        let note = next["note"].as_str().unwrap();
        if let Some(undo) = note.split_once("to undo it instead: ").map(|(_, undo)| undo) {
            let preview = bench.run(&words(undo));
            assert_eq!(preview.code, Some(0), "{what}: {told:#?}: {}", preview.all());
            assert!(!preview.stdout.contains("nothing to roll back"), "{what}: {told:#?}: {}", preview.all());
        }
        let Some(command) = next["command"].as_str() else {
            return if note == "nothing is left to do" { End::Done } else { End::Decision };
        };
        let ran = bench.run(&words(command));
        if !command.starts_with("eksodus plan ") {
            assert_eq!(ran.code, Some(0), "{what}: {told:#?}: {}", ran.all());
            continue;
        }
        assert!(matches!(ran.code, Some(0 | 4)), "{what}: {told:#?}: {}", ran.all());
        let Some(then) = next["then"].as_str() else {
            assert_eq!(ran.code, Some(4), "{what}: {told:#?}: {}", ran.all());
            return End::Decision;
        };
        // what the plan itself says to type is the same, where it cannot be of a live cluster
        assert!(
            cfg!(feature = "live") || ran.stdout.contains(&format!("NEXT\n  {then}\n")),
            "{what}: {then}: {}",
            ran.all()
        );
        let ran = bench.run(&words(then));
        assert_eq!(ran.code, Some(0), "{what}: {told:#?}: {}", ran.all());
    }
    panic!("{what}: it leads in a circle: {told:#?}");
}

/// Every one with `EKSODUS_ALL_STOPS=1`, else each seventeenth from `first` on.
#[expect(clippy::disallowed_methods, reason = "how much is tried is not of the program")]
fn each(first: usize, check: impl Fn(&Stop) -> End + Sync) -> [usize; 2] {
    let all = std::env::var_os("EKSODUS_ALL_STOPS").is_some();
    let stops: Vec<Stop> = match all {
        true => stops(),
        false => stops().into_iter().skip(first).step_by(17).collect(),
    };
    let (some, others) = stops.split_at(stops.len() / 2);
    let ends: Vec<End> = std::thread::scope(|scope| {
        let threads =
            [some, others].map(|stops| scope.spawn(|| stops.iter().map(&check).collect::<Vec<End>>()));
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    [End::Done, End::Decision].map(|end| ends.iter().filter(|it| **it == end).count())
}

#[test]
fn after_every_stop_of_a_migration_what_status_says_leads_on() {
    let ends = each(0, |stop| {
        let bench = planned();
        let args = [
            "apply",
            "plan.json",
            "--simulate",
            "sim",
            "--allow-irreversible",
            "--through",
            "api-mode",
            "-o",
            "json",
        ];
        let ran = run(&bench, &args, stop);
        follow_its_own(&bench, &ran, &format!("{stop:?}"));
        follow(&bench, &format!("{stop:?}"))
    });
    assert!(ends[0] > ends[1], "most lead to the end: {ends:?}");
}

#[test]
fn after_every_stop_of_a_rollback_what_status_says_leads_on() {
    let ends = each(11, |stop| {
        let bench = planned();
        let args = ["apply", "plan.json", "--simulate", "sim", "--allow-irreversible", "--through", "prune"];
        assert_eq!(bench.run(&args).code, Some(0));
        let stop = match stop {
            Stop::Fault(text) => Stop::Fault(
                text.replace("eks:CreateAccessEntry", "eks:DeleteAccessEntry")
                    .replace("eks:AssociateAccessPolicy", "eks:DescribeAccessEntry")
                    .replace("kube:CreateBinding", "kube:DeleteBinding"),
            ),
            killed @ Stop::Killed(_) => killed.clone(),
        };
        let ran = run(&bench, &["rollback", "--simulate", "sim", "--yes", "-o", "json"], &stop);
        follow_its_own(&bench, &ran, &format!("{stop:?}"));
        follow(&bench, &format!("{stop:?}"))
    });
    assert!(ends[0] > ends[1], "most lead to the end: {ends:?}");
}

#[test]
fn after_every_stop_of_a_part_what_status_says_leads_on() {
    for (number, through) in ["verify", "prune"].into_iter().enumerate() {
        let ends = each(4 * number + 5, |stop| {
            let bench = planned();
            let args = [
                "apply",
                "plan.json",
                "--simulate",
                "sim",
                "--allow-irreversible",
                "--through",
                through,
                "-o",
                "json",
            ];
            let ran = run(&bench, &args, stop);
            follow_its_own(&bench, &ran, &format!("{through}: {stop:?}"));
            follow(&bench, &format!("{through}: {stop:?}"))
        });
        assert!(ends[0] > ends[1], "most lead to the end: {ends:?}");
    }
}

/// The whole is gone on with where a machine lost its folder of runs: the cluster alone says what is left.
#[test]
fn without_the_runs_the_cluster_says_what_is_left() {
    let bench = planned();
    let args = ["apply", "plan.json", "--simulate", "sim", "--allow-irreversible"];
    run(&bench, &args, &Stop::Fault("halt-after:eks:AssociateAccessPolicy:1".to_owned()));
    fs::remove_dir_all(bench.path("sim/runs")).unwrap();
    assert!(follow(&bench, "no runs") <= End::Decision);
}
