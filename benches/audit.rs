//! Time and memory of reading an audit log, beside `jq` selecting the same fields of the same file in the same run.
//!
//! `cargo bench --bench audit` writes a log of 1 GB below `TMPDIR`, of events as they come (level Metadata, some with bodies), and
//! reads it plain; and a tenth of it in the other forms. What is measured is all that `plan --audit-log` and a replay keep:
//! distinct requests and logins. `EKSODUS_AUDIT_MB=N` writes N million bytes.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench talks, measures time, and stops when it cannot go on"
)]

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use eksodus::audit::{DistinctRequests, Evidence, Logins, Whom, read_events};
use flate2::Compression;
use flate2::write::GzEncoder;

const KILOBYTES: u64 = 200 * 1000;
/// As much of a processor as jq takes, in what this takes: whoever else is at work on the machine changes it little. The time
/// that passes is printed, and is the target's: two threads have it lower still.
const TIMES_JQ: f64 = 5.0;
const FILTER: &str = r#"{u:.user.username,g:.user.groups,v:.verb,o:.objectRef,d:.annotations["authorization.k8s.io/decision"]}"#;

fn main() {
    let mut args = std::env::args().skip(1);
    match (args.next().as_deref(), args.next()) {
        (Some("--child"), Some(file)) => child(Path::new(&file)),
        // `cargo test --benches` only wants to know that it runs
        (Some("--test"), _) => with_log(1_000_000, Form::Plain, child),
        _ => parent(),
    }
}

fn child(file: &Path) {
    let began = Instant::now();
    let mut requests = DistinctRequests::new(Whom::WithoutTheSystem);
    let mut logins = Logins::default();
    let file = File::open(file).expect("the bench wrote it");
    let reading = read_events(file, |event| {
        requests.add(event);
        logins.add(event);
    });
    let reading = reading.expect("the bench wrote it");
    assert_eq!((reading.broken, reading.others), (0, 0), "{reading:?}");
    let evidence = Evidence::of(&reading, logins);
    let elapsed = began.elapsed();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB").trim();
    println!(
        "{} events, {} distinct of people, {} beyond, {} logins; {} ms, peak {peak}",
        reading.events,
        requests.len(),
        requests.beyond(),
        evidence.logins.len(),
        elapsed.as_millis()
    );
}

fn parent() {
    let megabytes: u64 = match std::env::var("EKSODUS_AUDIT_MB") {
        Ok(number) => number.parse().expect("EKSODUS_AUDIT_MB is a number"),
        Err(_) => 1_000,
    };
    with_log(megabytes * 1_000_000, Form::Plain, |file| {
        let ours = measured(Form::Plain, file);
        let Some(jq) = jq(file) else {
            println!("SKIPPED: jq is not installed, so that nothing is compared with it");
            return;
        };
        let (times, of_processor) = (jq.elapsed / ours.elapsed, jq.processor / ours.processor);
        println!(
            "{:>9} {:>8.2} s, {:.2} s of a processor: {times:.1} times as long, {of_processor:.1} times as much",
            "jq -c", jq.elapsed, jq.processor
        );
        assert!(
            of_processor >= TIMES_JQ || of_processor.is_nan(),
            "less than {TIMES_JQ} times less of a processor than jq"
        );
    });
    for form in [Form::CloudWatch, Form::S3, Form::S3Gzip] {
        with_log(megabytes * 100_000, form, |file| {
            measured(form, file);
        });
    }
}

/// One after the other with jq, as each has both cores then.
fn measured(form: Form, file: &Path) -> Took {
    let begun = Begun::now();
    let program = std::env::current_exe().expect("a running program has a path");
    let output = Command::new(program).arg("--child").arg(file).output().expect("it starts");
    let took = begun.took();
    let said = String::from_utf8_lossy(&output.stdout);
    let peak = said.rsplit("peak ").next().and_then(|peak| peak.split_whitespace().next());
    let peak: u64 = peak.and_then(|peak| peak.parse().ok()).unwrap_or_else(|| panic!("no peak in {said:?}"));
    let size = std::fs::metadata(file).map_or(0, |it| it.len());
    let Took { elapsed, processor } = took;
    let rate = size as f64 / 1e6 / elapsed;
    let form = format!("{form:?}");
    println!("{form:>9} {elapsed:>8.2} s, {processor:.2} s of a processor, {rate:.0} MB/s: {}", said.trim());
    assert!(peak < KILOBYTES, "over the limit of {KILOBYTES} kB");
    took
}

fn jq(file: &Path) -> Option<Took> {
    let begun = Begun::now();
    let status = Command::new("jq").arg("-c").arg(FILTER).arg(file).stdout(Stdio::null()).status().ok()?;
    assert!(status.success(), "jq could not read the log");
    Some(begun.took())
}

/// Of a process, in seconds.
#[derive(Debug, Clone, Copy)]
struct Took {
    elapsed: f64,
    /// Of all its threads; 0 where the system does not tell.
    processor: f64,
}

struct Begun(Instant, f64);

impl Begun {
    fn now() -> Self {
        Self(Instant::now(), of_children())
    }

    fn took(&self) -> Took {
        Took { elapsed: self.0.elapsed().as_secs_f64(), processor: of_children() - self.1 }
    }
}

/// The processor time of the children that have ended, in user mode and in the kernel (proc(5): cutime and cstime, in
/// hundredths of a second).
fn of_children() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or_default().split_whitespace();
    fields.skip(13).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    CloudWatch,
    S3,
    S3Gzip,
}

/// A log of about so many bytes, before it is packed.
fn with_log(bytes: u64, form: Form, run: impl FnOnce(&Path)) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("audit.log");
    let file = BufWriter::with_capacity(1 << 20, File::create(&path).expect("a temporary file"));
    if form == Form::S3Gzip {
        let mut packed = GzEncoder::new(file, Compression::fast());
        write_log(&mut packed, bytes, form);
        packed.finish().and_then(|mut file| file.flush()).expect("a temporary file");
    } else {
        let mut file = file;
        write_log(&mut file, bytes, form);
        file.flush().expect("a temporary file");
    }
    run(&path);
}

fn write_log(to: &mut impl Write, bytes: u64, form: Form) {
    let mut random = Random(7);
    let (mut written, mut number, mut line) = (0, 0_u64, String::new());
    while written < bytes {
        line.clear();
        number += 1;
        match form {
            Form::Plain => event(&mut line, number, &mut random),
            Form::S3 | Form::S3Gzip => {
                line.push_str("2026-05-06T12:53:20.123Z ");
                event(&mut line, number, &mut random);
            }
            Form::CloudWatch => {
                let mut inner = String::new();
                event(&mut inner, number, &mut random);
                let escaped = inner.replace('\\', "\\\\").replace('"', "\\\"");
                let _ = write!(line, "{{\"timestamp\":1778072000000,\"message\":\"{escaped}\"}}");
            }
        }
        line.push('\n');
        to.write_all(line.as_bytes()).expect("a temporary file");
        written += line.len() as u64;
    }
}

/// xorshift64: the same log every time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// One in three is somebody's who authenticated by IAM, of 300 roles; the others are nodes' and service accounts', in a cluster where pods
/// come and go.
fn event(line: &mut String, number: u64, random: &mut Random) {
    let (verb, resource, group) = [
        ("get", "pods", ""),
        ("list", "deployments", "apps"),
        ("update", "leases", "coordination.k8s.io"),
        ("watch", "configmaps", ""),
        ("create", "events", ""),
        ("patch", "nodes", ""),
    ][random.below(6) as usize];
    let who = random.below(300);
    let (mut namespace, mut name) = (random.below(40), random.below(30_000));
    let user = match random.below(3) {
        0 => {
            // somebody who works looks at the same few things all day
            (namespace, name) = (who % 40, name % 10);
            format!(
                "{{\"username\":\"team-{who}:session-{0}\",\"uid\":\"aws-iam-authenticator:111122223333:AROA{who:017}\",\"groups\":[\"developers\",\"team-{who}\",\"system:authenticated\"],\"extra\":{{\"accessKeyId\":[\"ASIA{number:016}\"],\"arn\":[\"arn:aws:sts::111122223333:assumed-role/application-team-{who}/session-{0}\"],\"canonicalArn\":[\"arn:aws:iam::111122223333:role/application-team-{who}\"],\"principalId\":[\"AROA{who:017}\"],\"sessionName\":[\"session-{0}\"],\"sigs.k8s.io/aws-iam-authenticator/principalId\":[\"AROA{who:017}\"]}}}}",
                random.below(3)
            )
        }
        1 => format!(
            "{{\"username\":\"system:node:ip-10-0-{0}-1.eu-west-1.compute.internal\",\"uid\":\"aws-iam-authenticator:111122223333:AROANODE\",\"groups\":[\"system:bootstrappers\",\"system:nodes\",\"system:authenticated\"],\"extra\":{{\"accessKeyId\":[\"ASIA{number:016}\"],\"arn\":[\"arn:aws:sts::111122223333:assumed-role/nodes/i-{0:017}\"],\"canonicalArn\":[\"arn:aws:iam::111122223333:role/nodes\"],\"principalId\":[\"AROANODE\"],\"sessionName\":[\"i-{0:017}\"]}}}}",
            random.below(200)
        ),
        _ => format!(
            "{{\"username\":\"system:serviceaccount:ns-{namespace}:controller\",\"uid\":\"0a1b2c3d-0000-4000-8000-000000000001\",\"groups\":[\"system:serviceaccounts\",\"system:serviceaccounts:ns-{namespace}\",\"system:authenticated\"]}}"
        ),
    };
    let _ = write!(
        line,
        "{{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\",\"auditID\":\"{number:08x}-1111-4222-8333-{:012x}\",\"stage\":\"ResponseComplete\",\"requestURI\":\"/apis/{group}/v1/namespaces/ns-{namespace}/{resource}/object-{name}?timeout=10s\",\"verb\":\"{verb}\",\"user\":{user},\"sourceIPs\":[\"10.0.0.1\"],\"userAgent\":\"kubectl/v1.30.0 (linux/amd64) kubernetes/7c48c2b\",\"objectRef\":{{\"resource\":\"{resource}\",\"namespace\":\"ns-{namespace}\",\"name\":\"object-{name}\",\"apiGroup\":\"{group}\",\"apiVersion\":\"v1\"}},\"responseStatus\":{{\"metadata\":{{}},\"code\":200}},",
        random.below(1 << 40)
    );
    // an object and its answer, now and then
    if number.is_multiple_of(20) {
        line.push_str("\"requestObject\":{\"kind\":\"Pod\",\"spec\":{\"containers\":[");
        for n in 0..random.below(30) {
            let comma = if n == 0 { "" } else { "," };
            let _ = write!(
                line,
                "{comma}{{\"name\":\"container-{n}\",\"image\":\"registry.example.com/team/app:v{n}\",\"env\":[{{\"name\":\"KEY\",\"value\":\"a \\\"quoted\\\" value\"}}],\"resources\":{{\"limits\":{{\"cpu\":\"500m\",\"memory\":\"1Gi\"}}}},\"ports\":[{{\"containerPort\":8080}}]}}"
            );
        }
        line.push_str("]}},");
    }
    let second = number / 20 % 60;
    let _ = write!(
        line,
        "\"requestReceivedTimestamp\":\"2026-05-06T12:53:{second:02}.123456Z\",\"stageTimestamp\":\"2026-05-06T12:53:{second:02}.223456Z\",\"annotations\":{{\"authorization.k8s.io/decision\":\"allow\",\"authorization.k8s.io/reason\":\"RBAC: allowed by ClusterRoleBinding \\\"team\\\" of ClusterRole \\\"team\\\" to Group \\\"developers\\\"\"}}}}"
    );
}
