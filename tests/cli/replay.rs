//! `replay`: an audit log of the quickstart's cluster, decided again.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::bench::{Bench, Ran, fixture_path};

/// What the team decided, without what it wants to be different.
const UNCHANGED: &str = "version: 1
principals:
  - principal: arn:aws:iam::111122223333:role/AWSReservedSSO_Developer_*
    username: dev:{{SessionName}}
accounts:
  \"444455556666\":
    principals: [arn:aws:iam::444455556666:role/partner-reader]
    skip-others: the partner uses this one role only
";

fn log() -> String {
    std::fs::read_to_string(fixture_path("quickstart/audit.jsonl")).unwrap()
}

fn bench() -> Bench {
    let bench = Bench::new();
    bench.copy("quickstart", "lab");
    bench.write("unchanged.yaml", UNCHANGED);
    bench
}

fn replay(bench: &Bench, args: &[&str]) -> Ran {
    bench.run(&[&["replay", "--snapshot", "lab", "--quiet"], args].concat())
}

#[test]
fn nothing_that_was_asked_for_changes() {
    let ran = replay(&bench(), &["lab/audit.jsonl", "--config", "unchanged.yaml"]);
    assert_eq!(ran.code, Some(0));
    insta::assert_snapshot!(ran.all());
}

#[test]
fn who_would_be_denied_and_allowed_is_told_with_the_request() {
    let ran = replay(&bench(), &["lab/audit.jsonl"]);
    assert_eq!(ran.code, Some(3));
    insta::assert_snapshot!(ran.all());
}

#[test]
fn json_has_each_row_with_its_question() {
    let bench = bench();
    let ran = replay(&bench, &["lab/audit.jsonl", "-o", "json"]);
    assert_eq!(ran.code, Some(3));
    insta::assert_snapshot!(ran.all());
    let redacted = replay(&bench, &["lab/audit.jsonl", "-o", "json", "--redact"]);
    assert!(!redacted.stdout.contains("111122223333"), "{}", redacted.stdout);
}

#[test]
fn that_the_snapshot_is_of_another_time_is_said_first() {
    let bench = bench();
    let rbac = bench.read("lab/rbac.yaml").replace("name: viewers\n", "name: others\n");
    bench.write("lab/rbac.yaml", rbac);
    let aws_auth = bench.read("lab/aws-auth.yaml").replace("- deployers", "- releasers");
    bench.write("lab/aws-auth.yaml", aws_auth);
    let ran = replay(&bench, &["lab/audit.jsonl"]);
    assert_eq!(ran.code, Some(3));
    assert!(ran.stdout.starts_with("✗ the snapshot is not the cluster at the time of this log"));
    insta::assert_snapshot!(ran.all());
}

#[test]
fn a_log_comes_in_any_form_and_in_parts() {
    let bench = bench();
    let whole = replay(&bench, &["lab/audit.jsonl", "-o", "json"]);
    let summary = |ran: &Ran| serde_json::from_str::<Value>(&ran.stdout).unwrap()["summary"].clone();
    let lines: Vec<String> = log().lines().map(str::to_owned).collect();
    let (first, second) = lines.split_at(9);
    bench.write("first.jsonl", first.join("\n"));
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    for line in second {
        let wrapped = serde_json::json!({"timestamp": 1_778_000_000_000_i64, "message": line});
        writeln!(packed, "{wrapped}").unwrap();
    }
    bench.write("second.gz", packed.finish().unwrap());
    let parts = replay(&bench, &["first.jsonl", "second.gz", "-o", "json"]);
    assert_eq!(summary(&parts), summary(&whole));
    let args = ["replay", "-", "--snapshot", "lab", "-o", "json", "--quiet"];
    let piped = bench.run_with(bench.command(&args), log().as_bytes());
    assert_eq!(summary(&piped), summary(&whole));

    let with_system = replay(&bench, &["lab/audit.jsonl", "-o", "json", "--system"]);
    let of = |ran: &Ran| (summary(ran)["system"].as_u64(), summary(ran)["replayed"]["requests"].as_u64());
    let ((skipped, fewer), (left, more)) = (of(&whole), of(&with_system));
    assert_eq!((skipped, left, more), (Some(2), Some(0), fewer.map(|fewer| fewer + 2)));
}

#[test]
fn what_could_not_be_read_is_told_with_its_place() {
    let bench = bench();
    let text = log();
    let (head, tail) = text.split_at(text.find('\n').unwrap() + 1);
    bench.write("broken.jsonl", format!("{head}no json\n{{\"log\": \"other\"}}\n{tail}"));
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(text.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    bench.write("cut.gz", &packed[..packed.len() - 60]);
    bench.write("empty.jsonl", "");
    let args = ["broken.jsonl", "cut.gz", "empty.jsonl", "--config", "unchanged.yaml"];
    let ran = replay(&bench, &args);
    assert_eq!(ran.code, Some(0));
    // how much of a cut block is unpacked is the library's
    let shown: Vec<&str> = ran.stdout.lines().filter(|line| line.starts_with("  ")).collect();
    let said = shown.iter().filter(|line| line.contains(".jsonl") || line.starts_with("    line"));
    insta::assert_snapshot!(said.copied().collect::<Vec<_>>().join("\n"));
    assert!(ran.stdout.contains("cut.gz: it ends early, after "), "{}", ran.stdout);
}

#[test]
fn what_cannot_be_replayed_is_an_error() {
    let bench = bench();
    std::fs::create_dir(bench.path("folder")).unwrap();
    let of = |args: &[&str]| {
        let ran = bench.run(&[&["replay"], args].concat());
        assert_eq!(ran.stdout, "", "{args:?}");
        ran.told()
    };
    let told = [
        &["lab/audit.jsonl"][..],
        &["lab/audit.jsonl", "--aws-auth", "lab/aws-auth.yaml"],
        &["--snapshot", "lab"],
        &["nothing", "--snapshot", "lab", "--quiet"],
        &["folder", "--snapshot", "lab", "--quiet"],
        &["-", "-", "--snapshot", "lab"],
        &["-", "--aws-auth", "-", "--snapshot", "lab"],
        &["lab/audit.jsonl", "--snapshot", "lab", "-o", "markdown"],
    ];
    insta::assert_snapshot!(told.map(of).join("\n"));
}
