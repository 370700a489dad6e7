//! `--audit-days`: the audit log of the last days, from a CloudWatch Logs that is simulated.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tempfile::TempDir;

use crate::hostile::{CLUSTER, Hostile, answer};
use crate::servers::relay::Act;
use crate::servers::simulated::{Simulated, quickstart};

/// The quick start's cluster, with a log.
struct World {
    aws: Simulated,
    dir: TempDir,
}

#[derive(Debug)]
struct Ran {
    stdout: String,
    stderr: String,
    code: Option<i32>,
}

impl World {
    fn new(log: Option<&str>, options: &[&str]) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("audit.jsonl").display().to_string();
        let calls = dir.path().join("calls.jsonl").display().to_string();
        let mut all = vec!["--log", &calls];
        if let Some(log) = log {
            std::fs::write(&file, log).expect("a file");
            all.extend(["--audit-log", &file]);
        }
        let aws = Simulated::start(quickstart().path(), &[&all, options].concat());
        Self { aws, dir }
    }

    fn run(&self, args: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_eksodus"));
        command.env_clear().current_dir(self.dir.path()).stdin(Stdio::null());
        command.envs(self.aws.environment()).env("HOME", self.dir.path()).env("EKSODUS_HASTE", "50");
        let output = command.args(args).args(["--cluster", CLUSTER]).output().expect("the binary runs");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Ran { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code() }
    }

    fn calls(&self, operation: &str) -> usize {
        let log = std::fs::read_to_string(self.dir.path().join("calls.jsonl")).expect("a log of calls");
        log.lines().filter(|line| line.contains(operation)).count()
    }
}

/// The quick start's log so many times over, the last of it some minutes ago, and each event with an id of its own.
fn log(times: usize, age: SignedDuration) -> String {
    let fixture = include_str!("../../fixtures/quickstart/audit.jsonl");
    let now = Timestamp::now();
    let mut log = String::new();
    for copy in 0..times {
        for (line, text) in fixture.lines().enumerate() {
            let mut event: Value = serde_json::from_str(text).expect("JSON");
            let second = i64::try_from(copy + line).expect("few");
            let time = now.checked_sub(age).and_then(|it| it.checked_sub(SignedDuration::from_secs(second)));
            event["auditID"] = format!("{copy}-{line}").into();
            event["requestReceivedTimestamp"] = time.expect("a time").to_string().into();
            log.push_str(&format!("{event}\n"));
        }
    }
    log
}

const MINUTES: SignedDuration = SignedDuration::from_mins(5);

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"))
}

#[test]
fn the_log_of_the_last_days_is_read_as_its_file_would_be() {
    let new = log(300, MINUTES);
    let old = log(1, SignedDuration::from_hours(24 * 20));
    let world = World::new(Some(&format!("{old}not of the audit log\n{new}")), &[]);
    std::fs::write(world.dir.path().join("new.jsonl"), &new).expect("a file");
    let events = new.lines().count();

    let of_days = world.run(&["replay", "--audit-days", "2", "-o", "json"]);
    let of_file = world.run(&["replay", "new.jsonl", "-o", "json"]);
    assert_eq!(of_days.code, of_file.code, "{of_days:?}");
    let (mut of_days, mut of_file) = (json(&of_days), json(&of_file));
    assert_eq!(of_days["logs"][0]["name"], "/aws/eks/prod-eu/cluster");
    assert_eq!(of_days["logs"][0]["lines"], events);
    for replay in [&mut of_days, &mut of_file] {
        replay["logs"][0]["name"] = Value::Null;
        assert!(replay["logs"][0]["requests"].as_u64().is_some_and(|count| count > 300), "{replay}");
    }
    assert_eq!(of_days, of_file);
    assert_eq!(world.calls("logs:FilterLogEvents"), events.div_ceil(1_000), "a page is 1,000 events there");

    let all = json(&world.run(&["replay", "--audit-days", "30", "-o", "json"]));
    assert_eq!(all["logs"][0]["lines"], events + old.lines().count());

    let evidence = |args: &[&str], file: &str| -> Value {
        let ran = world.run(&[&["plan", "--out", file], args].concat());
        assert!(matches!(ran.code, Some(0 | 4)), "{ran:?}");
        let plan = std::fs::read_to_string(world.dir.path().join(file)).expect("a plan");
        serde_json::from_str::<Value>(&plan).expect("JSON")["evidence"].clone()
    };
    let of_days = evidence(&["--audit-days", "2"], "days.json");
    assert!(of_days["logins"].as_array().is_some_and(|logins| !logins.is_empty()), "{of_days}");
    assert_eq!(of_days, evidence(&["--audit-log", "new.jsonl"], "file.json"));
    let lint = world.run(&["lint", "--audit-days", "2"]);
    assert!(lint.stderr.contains("reading /aws/eks/prod-eu/cluster of the last 2 days"), "{lint:?}");
    let plan = world.run(&["plan", "--audit-days", "2"]);
    assert!(
        plan.stdout.contains("--cluster prod-eu --audit-days 2 --out plan.json") || plan.code == Some(4),
        "{plan:?}"
    );
}

#[test]
fn throttling_is_waited_for() {
    let faults =
        ["--fault", "throttle:logs:FilterLogEvents:2-4", "--fault", "half-answer:logs:FilterLogEvents:5"];
    let new = log(150, MINUTES);
    let world = World::new(Some(&new), &faults);
    let ran = world.run(&["replay", "--audit-days", "1", "-o", "json"]);
    assert_eq!(json(&ran)["logs"][0]["lines"], new.lines().count(), "{ran:?}");
    assert_eq!(world.calls("logs:FilterLogEvents"), new.lines().count().div_ceil(1_000) + 4);
}

#[test]
fn a_log_that_is_off_or_denied_or_empty_is_told_with_what_to_do() {
    let off = World::new(None, &[]);
    for command in [["plan"].as_slice(), &["lint"], &["replay"]] {
        let ran = off.run(&[command, &["--audit-days", "7"]].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran:?}");
        for says in [
            "cannot read the audit log in /aws/eks/prod-eu/cluster",
            "The specified log group does not exist.",
            r#"aws eks update-cluster-config --region eu-west-1 --name prod-eu --logging '{"clusterLogging":[{"types":["audit"],"enabled":true}]}'"#,
        ] {
            assert!(ran.stderr.contains(says), "{says}: {}", ran.stderr);
        }
    }

    let denied = World::new(Some(&log(1, MINUTES)), &["--fault", "deny:logs:FilterLogEvents"]);
    let ran = denied.run(&["plan", "--audit-days", "7"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let statement = r#"{"Effect":"Allow","Action":"logs:FilterLogEvents","Resource":"arn:aws:logs:eu-west-1:111122223333:log-group:/aws/eks/prod-eu/cluster:*"}"#;
    assert!(ran.stderr.contains(statement), "{}", ran.stderr);
    assert_eq!(denied.calls("logs:FilterLogEvents"), 1);

    let old = World::new(Some(&log(1, SignedDuration::from_hours(24 * 9))), &[]);
    let ran = old.run(&["plan", "--audit-days", "7"]);
    assert!(ran.stderr.contains("/aws/eks/prod-eu/cluster: there is no audit event in it"), "{}", ran.stderr);
    assert!(ran.stderr.contains("is audit logging on?"), "{}", ran.stderr);
}

#[test]
fn a_log_without_an_end_takes_no_more_than_its_time_and_no_memory() {
    let number = AtomicUsize::new(0);
    let world = Hostile::new(move |asked| match asked.body.starts_with(b"{\"logGroupName\"") {
        true => {
            let at = number.fetch_add(1, Ordering::SeqCst);
            let event = serde_json::json!({"message": "x".repeat(1_000)});
            let events = vec![event; 200];
            answer(
                "200 OK",
                "",
                &serde_json::json!({"events": events, "nextToken": at.to_string()}).to_string(),
            )
        }
        false => Act::Pass,
    });
    let ran = world.run(&["replay", "--audit-days", "1", "--timeout", "4"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("the --timeout of 4 s is over"), "{}", ran.stderr);
    assert!(ran.stderr.contains("pass a longer --timeout or fewer --audit-days"), "{}", ran.stderr);
    assert!(world.relay.requests() > 20 && ran.memory < 200 && ran.took.as_secs() < 60, "{ran:?}");
}
