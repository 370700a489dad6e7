//! What the live commands cost: calls, time and memory, against `eksodus simulate serve`.
//!
//! `cargo bench --bench live` measures everything, `-- calls`, `-- apply` or `-- snapshot` one part. `EKSODUS_BIN` names a
//! program to measure in place of the one that is built with it. `docs/performance.md` has the figures.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench talks, measures time, and stops when it cannot go on"
)]

mod folder;
mod ground;
#[path = "../../tests/kit/mod.rs"]
mod kit;

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use folder::{ADMIN, CLUSTER, Size, arn};
use ground::Ground;

const PAGE: usize = 100;
/// Reads of an `apply --through entries` that do not grow with the number of entries.
const CONSTANT: usize = 45;
const LATENCY: u64 = 50;
/// `STEPS_AT_ONCE` and `READS_AT_ONCE` of the executor.
const WRITERS: f64 = 8.0;
const READERS: f64 = 16.0;
/// How far from the time that latency and concurrency alone would take.
const SLACK: f64 = 1.2;
/// The best of so many counts: what else the machine does makes a run slower, and none faster.
const RUNS: usize = 3;
const FASTER: f64 = 8.0;
const KILOBYTES: u64 = 250 * 1000;

fn main() {
    let parts: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--bench")).collect();
    if parts.iter().any(|part| part == "--test") {
        // `cargo test --benches` only wants to know that it runs
        return calls(3, 2);
    }
    let is_wanted = |part: &str| parts.is_empty() || parts.iter().any(|it| it == part);
    if is_wanted("calls") {
        for (entries, masters) in [(10, 2), (100, 10), (500, 50), (1_000, 100)] {
            calls(entries, masters);
        }
    }
    if is_wanted("apply") {
        apply(500, 50);
    }
    if is_wanted("snapshot") {
        snapshot(Size {
            lines: 3_000,
            masters: 100,
            entries: 3_000,
            cluster_roles: 2_000,
            role_bindings: 10_000,
        });
    }
}

fn ground(lines: usize, masters: usize, latency: u64) -> Ground {
    let ground = Ground::new(Size { lines, masters, ..Size::default() }, latency);
    ground.run(&["plan", "--out", "plan.json", "--quiet"]);
    ground
}

/// A fresh cluster in dual mode: entries are written and seen, then verified, then observed.
fn calls(entries: usize, masters: usize) {
    let ground = ground(entries, masters, 0);
    let before = ground.calls(0).all();
    ground.run(&["apply", "plan.json", "--yes", "--quiet", "--through", "entries"]);
    let applied = ground.calls(before);
    let (writes, reads) = (applied.writes(), applied.reads());
    println!("{entries} entries, {masters} of them administrators");
    println!("  apply --through entries: {writes} writes, {reads} reads");
    println!("    {:?}", applied.0);
    assert!(writes <= entries + masters, "more writes than entries and policies");
    assert!(reads <= entries.div_ceil(PAGE) + CONSTANT, "more reads than pages and {CONSTANT}");

    let before = before + applied.all();
    ground.run(&["apply", "plan.json", "--yes", "--quiet", "--resume"]);
    let verified = ground.calls(before);
    let each = |calls: &ground::Calls| {
        let (described, listed) =
            (calls.of("eks:DescribeAccessEntry"), calls.of("eks:ListAssociatedAccessPolicies"));
        println!(
            "    {described} entries described, {listed} lists of their policies, {} calls",
            calls.all()
        );
        (described, listed)
    };
    println!("  the same to its end, phase verify:");
    each(&verified);

    let before = before + verified.all();
    ground.run(&["snapshot", "--out", "snapshot", "--quiet"]);
    let seen = ground.calls(before);
    println!("  snapshot:");
    assert_eq!(each(&seen), (entries, entries), "one look at each entry, and one list of its policies");
    assert!(seen.all() <= 2 * entries + entries.div_ceil(PAGE) + CONSTANT, "{seen:?}");
}

/// Latency on each call, against a script that makes the same calls one after another.
fn apply(entries: usize, masters: usize) {
    println!("apply of {entries} entries, {masters} of them administrators, {LATENCY} ms for each call");
    let mut whole = Vec::new();
    for through in ["entries", "verify"] {
        let mut best: Option<(Duration, usize, f64)> = None;
        for _ in 0..RUNS {
            let ground = ground(entries, masters, LATENCY);
            let before = ground.calls(0).all();
            let ran = ground.run(&["apply", "plan.json", "--yes", "--quiet", "--through", through]);
            let calls = ground.calls(before);
            let (writes, reads) = (calls.writes(), calls.reads());
            let ideal = LATENCY as f64 / 1_000.0 * (writes as f64 / WRITERS + reads as f64 / READERS);
            let ratio = ran.elapsed.as_secs_f64() / ideal;
            println!(
                "  --through {through}: {:.2} s; {writes} writes, {reads} reads, by latency alone {ideal:.2} s: {ratio:.2} times",
                ran.elapsed.as_secs_f64()
            );
            if best.is_none_or(|(least, ..)| ran.elapsed < least) {
                best = Some((ran.elapsed, calls.all(), ratio));
            }
        }
        whole.extend(best);
    }
    let ratios: Vec<f64> = whole.iter().map(|(_, _, ratio)| *ratio).collect();
    assert!(
        ratios.iter().all(|ratio| *ratio <= SLACK),
        "more than {SLACK} times what latency takes: {ratios:?}"
    );
    let Some(script) = script(20) else {
        println!("  skipped: there is no aws, see EKSODUS_TOOLS");
        return;
    };
    for (through, (elapsed, calls, _)) in ["entries", "verify"].into_iter().zip(whole) {
        let alone = script.as_secs_f64() * calls as f64;
        let faster = alone / elapsed.as_secs_f64();
        println!("  --through {through}: the {calls} calls by script {alone:.0} s, {faster:.0} times slower");
        assert!(faster >= FASTER, "less than {FASTER} times faster");
    }
}

/// What a call takes in a shell script over the AWS CLI that creates so many entries, half of them administrators.
fn script(entries: usize) -> Option<Duration> {
    let folder = std::env::var_os("EKSODUS_TOOLS").map(PathBuf::from)?;
    let aws = folder.join("aws");
    if !aws.exists() {
        return None;
    }
    let aws = aws.display();
    let ground = Ground::new(Size { lines: entries, masters: entries / 2, ..Size::default() }, LATENCY);
    let before = ground.calls(0).all();
    let mut text = "set -e\n".to_owned();
    for n in 0..entries {
        let options = format!("--cluster-name {CLUSTER} --principal-arn {}", arn(n));
        text +=
            &format!("{aws} eks create-access-entry {options} --username u{n} --kubernetes-groups viewers\n");
        if n < entries / 2 {
            text += &format!(
                "{aws} eks associate-access-policy {options} --policy-arn {ADMIN} --access-scope type=cluster\n"
            );
        }
    }
    let mut shell = ground.command("/bin/sh".as_ref());
    let start = Instant::now();
    let status = shell.args(["-c", &text]).stdout(Stdio::null()).status().expect("a shell");
    let elapsed = start.elapsed();
    assert!(status.success(), "the script fails");
    let calls = ground.calls(before).all();
    println!("  by script, {entries} entries: {:.1} s for {calls} calls", elapsed.as_secs_f64());
    Some(elapsed / u32::try_from(calls).expect("few calls"))
}

fn snapshot(size: Size) {
    println!("{size:?}");
    let ground = Ground::new(size, 0);
    for args in [&["snapshot", "--out", "snapshot"][..], &["plan", "--out", "plan.json"], &["status"]] {
        let before = ground.calls(0).all();
        let ran = ground.run(args);
        let calls = ground.calls(before);
        println!(
            "  {}: {:.1} s, peak {:.0} MB, {} calls, {} of them lists of RBAC",
            args[0],
            ran.elapsed.as_secs_f64(),
            ran.peak as f64 / 1_000.0,
            calls.all(),
            calls.of("kube:ListRbac"),
        );
        let told = ran.stderr.lines().filter(|line| line.starts_with("looking at the cluster")).count();
        println!("    told {told} times how far it is");
        assert!(ran.peak < KILOBYTES, "over the limit of {KILOBYTES} kB");
        assert!(
            args[0] == "status" || told > size.entries / 1_000,
            "nobody sees how far it is:\n{}",
            ran.stderr
        );
    }
}
