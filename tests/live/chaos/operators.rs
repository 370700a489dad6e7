//! Who else is at work on the cluster, or is told to stop.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::ground::{Ground, Ran};
use super::network::is_complete;
use super::shape::Shape;
use crate::servers::relay::{Act, Relay};

const APPLY: [&str; 3] = ["apply", "plan.json", "--yes"];
/// Journals of their own, as on another machine.
const ELSEWHERE: [&str; 2] = ["--state", "elsewhere"];
const SHAPE: Shape = Shape { people: 20, ..Shape::SMALL };

fn relay(ground: &Ground) -> &Relay {
    &ground.served.as_ref().expect("it is served").relay
}

fn command(ground: &Ground, args: &[&str]) -> Command {
    let mut command = ground.command_on_cluster(args);
    // calls that are held must not run out of time
    command.env("EKSODUS_HASTE", "10").stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A run in the middle of its calls, and no further until the relay lets them go.
fn under_way(ground: &Ground, args: &[&str]) -> Child {
    relay(ground).judge(|asked| if asked.is_write() { Act::Hold } else { Act::Pass });
    let first = command(ground, args).spawn().expect("the binary runs");
    let start = Instant::now();
    while !ground.runs().pop().is_some_and(|run| {
        std::fs::read_to_string(run.join("journal.jsonl"))
            .is_ok_and(|text| text.contains("\"kind\":\"intended\""))
    }) {
        assert!(start.elapsed() < Duration::from_secs(60), "the run does not begin");
        std::thread::sleep(Duration::from_millis(10));
    }
    first
}

fn end(ground: &Ground, child: Child) -> Ran {
    ground.ran(child.wait_with_output().expect("it ends"))
}

#[test]
fn of_two_at_once_the_second_says_who_is_at_work() {
    let ground = Ground::served(SHAPE, &[]);
    let first = under_way(&ground, &APPLY);
    let holder = ground.served.as_ref().and_then(|served| served.operator()).expect("a holder");
    let elsewhere: Vec<&str> = [&APPLY[..], &ELSEWHERE].concat();
    let second = ground.ran(command(&ground, &elsewhere).output().expect("the binary runs"));
    assert_eq!(second.code, Some(5), "{second:?}");
    let told = format!("error: {holder} holds the lock (Lease kube-system/eksodus)");
    assert!(second.stderr.contains(&told), "{second:?}");
    assert!(second.stderr.contains("hint: wait until it is done, or ask who runs it"), "{second:?}");
    let same_folder = ground.ran(command(&ground, &APPLY).output().expect("the binary runs"));
    assert_eq!(same_folder.code, Some(5), "{same_folder:?}");
    assert!(
        same_folder.stderr.contains(".eksodus/111122223333/eu-west-1/chaos is in use by another run"),
        "{same_folder:?}"
    );
    relay(&ground).release();
    let first = end(&ground, first);
    assert_eq!(first.code, Some(0), "{first:?}");
    is_complete(&ground, SHAPE, "the first");
}

#[test]
fn the_lease_of_a_killed_run_is_waited_out() {
    let ground = Ground::served(SHAPE, &[]);
    let mut first = under_way(&ground, &APPLY);
    first.kill().expect("it is killed");
    first.wait().expect("it ends");
    relay(&ground).release();
    let began = Instant::now();
    let args = [&APPLY[..], &["--resume"]].concat();
    let second = ground.ran(command(&ground, &args).output().expect("the binary runs"));
    assert_eq!(second.code, Some(0), "{second:?}");
    assert!(
        second
            .stderr
            .contains("holds the lock (Lease kube-system/eksodus); checking whether it is still active"),
        "{second:?}"
    );
    assert!(began.elapsed() >= Duration::from_secs(30), "it was not waited out");
    assert_eq!(ground.runs().len(), 1, "the same run");
    is_complete(&ground, SHAPE, "after the killed one");
}

#[test]
fn two_without_a_lease_end_in_the_same_place() {
    let ground = Ground::served(SHAPE, &[]);
    let no_lock = [&APPLY[..], &["--no-lock"]].concat();
    let elsewhere = [&no_lock[..], &ELSEWHERE].concat();
    let first = under_way(&ground, &no_lock);
    let second = command(&ground, &elsewhere).spawn().expect("the binary runs");
    relay(&ground).release();
    let ended = [end(&ground, first), end(&ground, second)];
    for ran in &ended {
        assert!(matches!(ran.code, Some(0 | 5 | 6)), "{ran:?}");
        assert_eq!(ran.code == Some(0), ran.stdout.contains(" through verify"), "{ran:?}");
        assert_eq!(ran.code == Some(0), !ran.stderr.contains("error: "), "{ran:?}");
    }
    if ended[0].code != Some(0) {
        let resumed = ground.on_cluster(&[&no_lock[..], &["--resume"]].concat());
        assert_eq!(resumed.code, Some(0), "{resumed:?} after {ended:?}");
    }
    is_complete(&ground, SHAPE, "both");
    let status = ground.on_cluster(&[&["status", "-o", "json"][..], &ELSEWHERE].concat());
    let told: serde_json::Value = serde_json::from_str(&status.stdout).expect("status is JSON");
    let runs = told["runs"].as_array().expect("a list of runs");
    assert!(runs.iter().all(|run| run["problem"].is_null() && run["inDoubt"] == false), "{status:?}");
}

#[test]
fn a_run_that_is_told_to_stop_does_so_between_two_calls_and_gives_the_lease_back() {
    for signal in ["-INT", "-TERM"] {
        let ground = Ground::served(SHAPE, &[]);
        let first = under_way(&ground, &APPLY);
        let pid = first.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().expect("kill").success());
        // so that it has been told before the calls that are under way end
        std::thread::sleep(Duration::from_millis(200));
        relay(&ground).release();
        let first = end(&ground, first);
        assert_eq!(first.code, Some(130), "{signal}: {first:?}");
        for words in [": interrupted", "--resume", "eksodus rollback --cluster chaos"] {
            assert!(first.stdout.contains(words), "{signal}: {first:?}");
        }
        let last = ground.journal();
        assert!(!last.lines().last().unwrap_or_default().contains("intended"), "{signal}: {last}");
        let there = ground.entries().len();
        assert!(there < SHAPE.target().len(), "{signal}: it did not stop");
        let operator = ground.served.as_ref().and_then(|served| served.operator());
        assert_eq!(operator, None, "{signal}");
        let resumed = ground.on_cluster(&[&APPLY[..], &["--resume"]].concat());
        assert_eq!(resumed.code, Some(0), "{signal}: {resumed:?}");
        assert!(!resumed.stderr.contains("is theirs"), "{signal}: nobody is waited for: {resumed:?}");
        is_complete(&ground, SHAPE, signal);
    }
}
