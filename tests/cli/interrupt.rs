//! Ctrl-C, or worse, in the middle of a run.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::bench::Bench;

/// EKS gives the nodes of its node group and Fargate profile entries, and no mapping has named their roles.
const APPLY: [&str; 7] =
    ["apply", "plan.json", "--simulate", "sim", "--allow-irreversible", "--accept-gained", "2"];

/// A cluster with so many lines that a run does not end before it is interrupted.
fn planned() -> Bench {
    let bench = Bench::new();
    bench.copy("quickstart", "sim");
    for unknown in ["iam-roles.json", "iam-users.json", "eksodus.yaml"] {
        fs::remove_file(bench.path("sim").join(unknown)).unwrap();
    }
    let user =
        |i: usize| format!("    - userarn: arn:aws:iam::111122223333:user/u{i}\n      username: u{i}\n");
    let lines: String = (0..150).map(user).collect();
    bench.write("sim/aws-auth.yaml", format!("data:\n  mapUsers: |\n{lines}"));
    let ran = bench.run(&["plan", "--snapshot", "sim", "--out", "plan.json", "--quiet"]);
    assert_eq!(ran.code, Some(4), "{}", ran.told());
    bench
}

/// Begins a run, and waits until it has made some calls.
fn begun(bench: &Bench) -> Child {
    let mut command = bench.command(&APPLY);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let has_begun = (0..1_000).any(|_| {
        sleep(Duration::from_millis(10));
        journal(bench).lines().count() > 10
    });
    assert!(has_begun, "the run does not begin");
    child
}

fn journal(bench: &Bench) -> String {
    let runs = fs::read_dir(bench.path("sim/runs/111122223333/eu-west-1/prod-eu"));
    let run = runs.ok().and_then(|mut runs| runs.next()).and_then(Result::ok);
    run.and_then(|run| fs::read_to_string(run.path().join("journal.jsonl")).ok()).unwrap_or_default()
}

fn interrupt(child: &Child) {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn ctrl_c_stops_between_two_calls_and_the_run_is_gone_on_with() {
    let bench = planned();
    let child = begun(&bench);
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    assert!(stderr.contains("interrupted") && stderr.contains("--resume"), "{stderr}");
    let last = journal(&bench);
    let last = last.lines().last().unwrap();
    assert!(!last.contains("intended"), "no call is left in doubt: {last}");
    let resumed = bench.run(&[&APPLY[..], &["--resume"]].concat());
    assert_eq!(resumed.code, Some(0), "{}", resumed.told());
}

#[test]
fn a_second_ctrl_c_ends_it_at_once() {
    let bench = planned();
    let mut child = begun(&bench);
    // until it is gone: how soon the first one is seen is not known
    for _ in 0..500 {
        if child.try_wait().unwrap().is_some() {
            break;
        }
        let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).stderr(Stdio::null()).status();
    }
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_killed_run_has_saved_what_its_journal_tells_and_is_gone_on_with() {
    let bench = planned();
    for _ in 0..3 {
        let mut child = match bench.path("sim/runs").exists() {
            false => begun(&bench),
            true => {
                let mut command = bench.command(&[&APPLY[..], &["--resume"]].concat());
                let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
                let child = child.spawn().unwrap();
                sleep(Duration::from_millis(300));
                child
            }
        };
        child.kill().unwrap();
        child.wait().unwrap();
        let (journal, saved) = (journal(&bench), bench.read("sim/access-entries.json"));
        let records = journal.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        for step in records
            .filter(|record| record["kind"] == "applied")
            .map(|record| record["step"].as_str().unwrap().to_owned())
        {
            let Some(principal) = step.strip_prefix("entries/") else { continue };
            assert!(saved.contains(&format!("{principal}\"")), "{principal} is in the journal alone");
        }
    }
    let resumed = bench.run(&[&APPLY[..], &["--resume"]].concat());
    assert_eq!(resumed.code, Some(0), "{}", resumed.told());
    assert_eq!(bench.run(&["verify", "plan.json", "--simulate", "sim"]).code, Some(0));
}

#[test]
fn one_run_at_a_time_has_the_folder() {
    let bench = planned();
    let child = begun(&bench);
    for args in
        [&["rollback", "--simulate", "sim", "--yes"][..], &APPLY, &[&APPLY[..], &["--resume"]].concat()]
    {
        let second = bench.run(args);
        assert_eq!(second.code, Some(5), "{args:?}: {}", second.told());
        assert!(second.stderr.contains("sim/runs is in use by another run"), "{}", second.stderr);
    }
    for args in [&["status", "--simulate", "sim"][..], &["rollback", "--simulate", "sim"]] {
        let looked = bench.run(args);
        assert_eq!(looked.code, Some(0), "{args:?}: {}", looked.told());
    }
    interrupt(&child);
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
}

#[test]
fn before_a_run_has_begun_a_signal_ends_it_with_130_and_leaves_nothing() {
    for (signal, args) in [
        ("-TERM", &["apply", "-", "--simulate", "sim"][..]),
        ("-INT", &["apply", "-", "--simulate", "sim"]),
        ("-TERM", &["apply", "-", "--simulate", "sim", "--resume"]),
    ] {
        let bench = planned();
        let mut command = bench.command(args);
        // it waits for its plan
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut ended = None;
        for _ in 0..200 {
            sleep(Duration::from_millis(50));
            let _ =
                Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status();
            ended = child.try_wait().unwrap();
            // one that came before the program had caught it is none of the program's
            if ended.is_some() {
                break;
            }
        }
        assert_eq!(ended.and_then(|status| status.code()), Some(130), "{signal} {args:?}");
        assert!(!bench.path("sim/runs").exists());
    }
}
