//! `--audit-log`: what it adds, what is told of it, and that the plan needs it no more.

use std::io::Write as _;

use eksodus::planner::Plan;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use crate::bench::{Bench, Ran};

const PARTNER: &str = "arn:aws:iam::444455556666:role/partner-writer";
const PLAN: [&str; 4] = ["plan", "--snapshot", "snapshot", "--audit-log"];

fn bench() -> Bench {
    let bench = Bench::new();
    bench.copy("quickstart", "snapshot");
    // nobody has decided who else of the account there is
    let decisions = bench
        .read("snapshot/eksodus.yaml")
        .replace("    skip-others: the partner uses this one role only\n", "");
    // both are there, so that nothing is guessed
    let role = |name: &str| {
        format!(
            "{{\"Path\": \"/\", \"RoleName\": \"{name}\", \"RoleId\": \"AROA{name}\", \"Arn\": \"arn:aws:iam::444455556666:role/{name}\", \"CreateDate\": \"2022-01-01T00:00:00+00:00\"}},"
        )
    };
    let roles = format!("\"Roles\": [{}{}", role("partner-reader"), role("partner-writer"));
    let iam = bench.read("snapshot/iam-roles.json").replacen("\"Roles\": [", &roles, 1);
    assert!(iam.contains("partner-writer"));
    bench.write("snapshot/eksodus.yaml", decisions);
    bench.write("snapshot/iam-roles.json", iam);
    bench
}

fn event(n: u32, arn: &str, username: &str, session: &str) -> String {
    let event = json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "auditID": format!("id-{n}"), "stage": "ResponseComplete",
        "verb": "list", "requestURI": "/api/v1/pods", "objectRef": {"resource": "pods"},
        "user": {
            "username": username, "uid": "aws-iam-authenticator:111122223333:AROAX", "groups": ["system:authenticated"],
            "extra": {"canonicalArn": [arn], "sessionName": [session]},
        },
        "responseStatus": {"code": 200}, "requestReceivedTimestamp": format!("2026-05-{n:02}T10:00:00.000000Z"),
    });
    event.to_string() + "\n"
}

fn log() -> String {
    let developer = "arn:aws:iam::111122223333:role/AWSReservedSSO_Developer_fedcba9876543210";
    [
        event(1, PARTNER, PARTNER, "nightly"),
        event(2, developer, "ann", "ann"),
        event(3, developer, "bob\u{202e}", "bob\u{202e}"),
        "{\"kind\": \"Event\", \"stage\n".to_owned(),
        "{\"message\": \"another stream\"}\n".to_owned(),
    ]
    .concat()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_log_adds_what_it_shows_and_says_what_could_not_be_read() {
    let bench = bench();
    bench.write("audit.log", log());
    let ran = bench.run(&[&PLAN[..], &["audit.log", "--verbose"]].concat());
    assert_eq!(ran.code, Some(4), "{}", ran.all());
    // of a plan that has much else to say
    let about = ["audit", "seen]", "unused", "partner"];
    let lines: Vec<&str> =
        ran.stdout.lines().filter(|line| about.iter().any(|word| line.contains(word))).collect();
    insta::assert_snapshot!(format!("{}\n--- stderr\n{}", lines.join("\n"), ran.stderr));
}

#[test]
fn lint_tells_what_nobody_used_and_which_sessions_there_were() {
    let bench = bench();
    bench.write("audit.log", log());
    let ran = bench.run(&["lint", "--snapshot", "snapshot", "--audit-log", "audit.log"]);
    assert!(ran.stdout.contains("unused-mapping") && ran.stdout.contains("sessions-seen"), "{}", ran.all());
    assert!(!ran.all().contains('\u{202e}'));
    // of an aws-auth alone, too
    let alone = bench.run(&["lint", "--aws-auth", "snapshot/aws-auth.yaml", "--audit-log", "audit.log"]);
    assert!(alone.stdout.contains("unused-mapping"), "{}", alone.all());
    let without = bench.run(&["lint", "--aws-auth", "snapshot/aws-auth.yaml"]);
    assert!(!without.stdout.contains("unused-mapping"), "{}", without.all());
}

#[test]
fn a_plan_is_the_same_from_a_file_from_a_pipe_and_packed() {
    let bench = bench();
    bench.write("audit.log", log());
    bench.write("audit.log.gz", gzip(&log()));
    let json = |log: &str, stdin: &[u8]| {
        bench.run_with(bench.command(&[&PLAN[..], &[log, "-o", "json"]].concat()), stdin)
    };
    let plain = json("audit.log", b"");
    let plan = Plan::parse(&plain.stdout).unwrap();
    assert!(plan.targets.iter().any(|target| target.entry.principal.as_str() == PARTNER));
    assert_eq!(plan.evidence.unwrap().requests, 3);
    for other in [json("audit.log.gz", b""), json("-", log().as_bytes()), json("-", &gzip(&log()))] {
        assert_eq!((other.code, other.stdout), (plain.code, plain.stdout.clone()), "{}", other.stderr);
    }
}

#[test]
fn a_log_that_ends_early_or_has_nothing_is_told_and_no_error() {
    let bench = bench();
    let whole: String = (1..29).map(|n| event(n, PARTNER, PARTNER, &format!("{}", n * 7_919))).collect();
    let packed = gzip(&whole);
    bench.write("cut.gz", &packed[..packed.len() / 2]);
    bench.write("empty.log", "");
    let cut = bench.run(&[&PLAN[..], &["cut.gz"]].concat());
    assert!(cut.stderr.contains("warning: cut.gz: it ends early, after "), "{}", cut.told());
    assert_eq!(cut.code, Some(4), "{}", cut.told());
    let empty = bench.run(&[&PLAN[..], &["empty.log"]].concat());
    assert!(empty.stderr.contains("there is no audit event in it"), "{}", empty.told());
    assert!(!empty.stdout.contains("audit log of"), "{}", empty.stdout);
}

#[test]
fn what_is_no_log_is_an_error_and_stdin_is_one_file() {
    let bench = bench();
    let missing = bench.run(&[&PLAN[..], &["missing.log"]].concat());
    assert_eq!((missing.code, missing.stdout.as_str()), (Some(1), ""), "{}", missing.told());
    assert!(missing.stderr.contains("missing.log"), "{}", missing.told());
    let folder = bench.run(&[&PLAN[..], &["snapshot"]].concat());
    assert!(folder.stderr.contains("it is a directory"), "{}", folder.told());
    let twice = |args: &[&str]| -> Ran { bench.run_with(bench.command(args), b"{}") };
    for args in [
        &["plan", "--aws-auth", "-", "--audit-log", "-"][..],
        &["lint", "-", "--audit-log", "-"],
        &["lint", "--aws-auth", "/dev/stdin", "--audit-log", "-"],
    ] {
        let ran = twice(args);
        assert_eq!(ran.code, Some(2), "{args:?}: {}", ran.all());
        assert!(ran.stderr.contains("standard input can be one file"), "{}", ran.told());
    }
}

#[test]
fn the_last_days_are_those_of_a_live_cluster_and_of_no_file() {
    let bench = bench();
    bench.write("audit.log", log());
    for (args, says) in [
        (&["plan", "--snapshot", "snapshot", "--audit-days", "7"][..], "cannot be used with"),
        (&["lint", "--aws-auth", "snapshot/aws-auth.yaml", "--audit-days", "7"], "--cluster <NAME>"),
        (&["replay", "--audit-days", "7"], "--cluster <NAME>"),
        (&["replay", "--snapshot", "snapshot", "--audit-days", "7"], "cannot be used with"),
        (&["plan", "--cluster", "c", "--audit-days", "7", "--audit-log", "audit.log"], "cannot be used with"),
        (&["replay", "audit.log", "--cluster", "c", "--audit-days", "7"], "cannot be used with"),
        (&["plan", "--cluster", "c", "--audit-days", "0"], "0 is not in 1..=3653"),
        (&["replay", "--cluster", "c"], "<FILE>..."),
    ] {
        let ran = bench.run(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{args:?}: {}", ran.all());
        assert!(ran.stderr.contains(says), "{}", ran.told());
    }
}

#[test]
fn a_saved_plan_is_applied_and_verified_where_the_log_is_not() {
    let bench = bench();
    bench.write("audit.log", log());
    let saved = bench.run(&[&PLAN[..], &["audit.log", "--out", "plan.json"]].concat());
    assert_eq!(saved.code, Some(4), "{}", saved.told());
    std::fs::remove_file(bench.path("audit.log")).unwrap();
    let on = ["plan.json", "--simulate", "snapshot"];
    let applied = bench.run(&[&["apply"], &on[..], &["--yes", "--allow-irreversible"]].concat());
    assert_eq!(applied.code, Some(0), "{}", applied.all());
    let verified = bench.run(&[&["verify"], &on[..]].concat());
    assert_eq!(verified.code, Some(0), "{}", verified.all());
    let status = bench.run(&["status", "--simulate", "snapshot"]);
    assert!(
        !status.stdout.contains("has changed") && !status.stdout.contains("is not what"),
        "{}",
        status.all()
    );
    let entries = bench.run(&["whois", PARTNER, "--snapshot", "snapshot"]);
    assert!(entries.stdout.contains("access entry"), "{}", entries.all());
    // without the log another plan is made, which does not know them
    let again = bench.run(&["plan", "--snapshot", "snapshot", "-o", "json"]);
    assert_eq!(Plan::parse(&again.stdout).unwrap().evidence, None);
}

#[test]
fn the_next_command_keeps_the_log() {
    let bench = Bench::new();
    bench.copy("quickstart", "snapshot");
    bench.write("audit log", log());
    let ran = bench.run(&[&PLAN[..], &["audit log"]].concat());
    let next = "eksodus plan --snapshot snapshot --audit-log 'audit log' --out plan.json";
    assert!(ran.stdout.contains(next), "{}", ran.all());
}
