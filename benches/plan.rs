//! Instructions and memory of reading and planning, by the number of lines in `aws-auth`.
//!
//! `cargo bench` builds with optimisation and runs itself under valgrind's callgrind, which counts instructions: the same
//! number every time, whatever else the machine does. Memory is the kernel's high-water mark of a run without valgrind.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench talks, and stops when it cannot go on"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use eksodus::planner::{Decisions, plan};
use eksodus::snapshot::Snapshot;

const LINES: [usize; 4] = [750, 1_500, 3_000, 6_000];
/// What EKS allows a cluster.
const ENTRIES: usize = 3_000;
const INSTRUCTIONS: u64 = 1_200_000_000;
const KILOBYTES: u64 = 100 * 1024;
/// What 10 ms of a slow core amount to.
const START: u64 = 20_000_000;

fn main() {
    let mut args = std::env::args().skip(1);
    match (args.next().as_deref(), args.next()) {
        (Some("--child"), Some(folder)) => child(Path::new(&folder)),
        // `cargo test --benches` only wants to know that it runs
        (Some("--test"), _) => child_of(10, child),
        _ => parent(),
    }
}

fn child(folder: &Path) {
    let snapshot = Snapshot::load(folder).expect("the bench wrote it");
    let plan = plan(&snapshot, &Decisions::default());
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB").trim();
    println!("{} targets, {} steps, peak {peak}", plan.targets.len(), plan.steps.len());
}

fn parent() {
    if Command::new("valgrind").arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("skipped: valgrind is not installed");
        return;
    }
    for args in [&["--version"][..], &["plan", "--snapshot", "fixtures/quickstart", "--quiet"]] {
        let instructions = instructions(env!("CARGO_BIN_EXE_eksodus"), args);
        println!("{instructions:>14} instructions: eksodus {}", args.join(" "));
        assert!(instructions < START, "over the limit of {START} instructions");
    }
    println!("{:>6} {:>14} {:>13} {:>10}", "lines", "instructions", "per line", "peak");
    let mut first = None;
    for lines in LINES {
        child_of(lines, |folder| {
            let folder = folder.to_string_lossy();
            let instructions = instructions(&this_program(), &["--child", &folder]);
            let peak = peak(&folder);
            let per_line = instructions / lines as u64;
            println!("{lines:>6} {instructions:>14} {per_line:>13} {peak:>7} kB");
            assert!(instructions < INSTRUCTIONS, "over the limit of {INSTRUCTIONS} instructions");
            assert!(peak < KILOBYTES, "over the limit of {KILOBYTES} kB");
            let base = *first.get_or_insert(per_line);
            // the 3,000 entries weigh on every size alike, so more lines must only get cheaper each
            assert!(
                per_line <= base,
                "growth is not linear: {per_line} a line, {base} with {} lines",
                LINES[0]
            );
        });
    }
}

fn instructions(program: &str, args: &[&str]) -> u64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", program])
        .args(args)
        .output()
        .expect("valgrind starts");
    let report = String::from_utf8_lossy(&output.stderr);
    let count = report.lines().find_map(|line| line.split_once("Collected :")).map(|(_, count)| count.trim());
    count.and_then(|count| count.parse().ok()).unwrap_or_else(|| panic!("callgrind says nothing:\n{report}"))
}

fn peak(folder: &str) -> u64 {
    let output = Command::new(this_program()).args(["--child", folder]).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let peak = said.rsplit("peak ").next().and_then(|peak| peak.split_whitespace().next());
    peak.and_then(|peak| peak.parse().ok()).unwrap_or_else(|| panic!("no peak in {said:?}"))
}

fn this_program() -> String {
    std::env::current_exe().expect("a running program has a path").to_string_lossy().into_owned()
}

/// A snapshot folder with that many mappings, and 3,000 entries for half of them and for others: every other entry gives less
/// than its mapping.
fn child_of(lines: usize, run: impl FnOnce(&Path)) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: String| {
        #[expect(clippy::disallowed_methods, reason = "a scratch folder needs no write-and-rename")]
        std::fs::write(folder.path().join(name), text).expect("a temporary file");
    };
    let mut aws_auth = String::from(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: aws-auth\n  namespace: kube-system\ndata:\n  mapRoles: |\n",
    );
    let mut roles = String::from("{\"Roles\": [");
    for n in 0..lines {
        let groups = if n % 10 == 1 { "[system:masters]" } else { "[developers, viewers]" };
        let _ = write!(
            aws_auth,
            "    - rolearn: arn:aws:iam::111122223333:role/application-team-{n:05}\n      username: application-team-{n:05}:{{{{SessionName}}}}\n      groups: {groups}\n",
        );
        let comma = if n == 0 { "" } else { "," };
        let _ = write!(
            roles,
            "{comma}{{\"Path\":\"/teams/\",\"RoleName\":\"application-team-{n:05}\",\"RoleId\":\"AROA{n:017}\",\"Arn\":\"arn:aws:iam::111122223333:role/teams/application-team-{n:05}\",\"CreateDate\":\"2022-01-01T00:00:00+00:00\"}}",
        );
    }
    roles.push_str("]}");
    let mut entries = String::from("[");
    for n in 0..ENTRIES {
        let comma = if n == 0 { "" } else { "," };
        let groups = if n % 2 == 0 { "\"developers\",\"viewers\"" } else { "\"developers\"" };
        let _ = write!(
            entries,
            "{comma}{{\"accessEntry\":{{\"clusterName\":\"big\",\"principalArn\":\"arn:aws:iam::111122223333:role/teams/application-team-{:05}\",\"kubernetesGroups\":[{groups}],\"accessEntryArn\":\"arn:aws:eks:eu-west-1:111122223333:access-entry/big/role/111122223333/x/{n}\",\"createdAt\":\"2024-01-01T00:00:00+00:00\",\"modifiedAt\":\"2024-01-01T00:00:00+00:00\",\"tags\":{{}},\"username\":\"application-team-{:05}:{{{{SessionName}}}}\",\"type\":\"STANDARD\"}},\"associatedAccessPolicies\":[]}}",
            n * 2,
            n * 2,
        );
    }
    entries.push(']');
    write("aws-auth.yaml", aws_auth);
    write("iam-roles.json", roles);
    write("access-entries.json", entries);
    write(
        "cluster.json",
        "{\"cluster\":{\"name\":\"big\",\"arn\":\"arn:aws:eks:eu-west-1:111122223333:cluster/big\",\"version\":\"1.30\",\"platformVersion\":\"eks.12\",\"status\":\"ACTIVE\",\"accessConfig\":{\"authenticationMode\":\"API_AND_CONFIG_MAP\"}}}".to_owned(),
    );
    run(folder.path());
}
