//! Instructions and memory of proving who loses and gains what, by the size of each thing that there is much of.
//!
//! As `plan`: each size is a plan of its own process under valgrind's callgrind. Every principal of these clusters gives up a
//! group by decision, so that none is equal for free.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench talks, and stops when it cannot go on"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::{Command, Stdio};

use eksodus::planner::{Decisions, GroupDecision, plan};
use eksodus::rbac::{Binding, PolicyRule, Rbac, Role, RoleRef, Subject, SubjectKind};
use eksodus::reader::Manifest;
use eksodus::snapshot::Snapshot;

const INSTRUCTIONS: u64 = 10_000_000_000;
const KILOBYTES: u64 = 500 * 1024;

#[derive(Debug, Clone, Copy)]
struct Size {
    principals: usize,
    cluster_roles: usize,
    roles: usize,
    bindings: usize,
    namespaces: usize,
}

const WHOLE: Size =
    Size { principals: 3_000, cluster_roles: 2_000, roles: 5_000, bindings: 10_000, namespaces: 1_000 };

impl Size {
    fn args(self) -> [String; 5] {
        let Self { principals, cluster_roles, roles, bindings, namespaces } = self;
        [principals, cluster_roles, roles, bindings, namespaces].map(|n| n.to_string())
    }

    fn of(args: &[String]) -> Self {
        let n: Vec<usize> = args.iter().map(|arg| arg.parse().expect("a number")).collect();
        let [principals, cluster_roles, roles, bindings, namespaces] = n[..] else { panic!("five numbers") };
        Self { principals, cluster_roles, roles, bindings, namespaces }
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.first().map(String::as_str) {
        Some("--child") => child(Size::of(&args[1..])),
        // `cargo test --benches` only wants to know that it runs
        Some("--test") => {
            child(Size { principals: 10, cluster_roles: 10, roles: 10, bindings: 50, namespaces: 5 });
        }
        _ => parent(),
    }
}

fn child(size: Size) {
    let (snapshot, decisions) = world(size);
    let plan = plan(&snapshot, &decisions);
    let summary = plan.parity.expect("a plan of mappings").summary;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB").trim();
    println!("{} lose {}, peak {peak}", summary.lose, summary.permissions_lost);
}

fn parent() {
    if Command::new("valgrind").arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("skipped: valgrind is not installed");
        return;
    }
    type Scaled = fn(usize) -> Size;
    let dimensions: [(&str, Scaled); 5] = [
        ("principals", |part| Size { principals: WHOLE.principals / part, ..WHOLE }),
        ("ClusterRoles", |part| Size { cluster_roles: WHOLE.cluster_roles / part, ..WHOLE }),
        ("Roles", |part| Size { roles: WHOLE.roles / part, ..WHOLE }),
        ("bindings", |part| Size { bindings: WHOLE.bindings / part, ..WHOLE }),
        ("namespaces", |part| Size { namespaces: WHOLE.namespaces / part, ..WHOLE }),
    ];
    for (name, scaled) in dimensions {
        let mut before: Option<u64> = None;
        for part in [8, 4, 2, 1] {
            let size = scaled(part);
            let (instructions, said) = measured(size);
            println!("1/{part} of the {name:<12} {instructions:>14} instructions; {said}");
            // fewer Roles for as many bindings are more places for each permission, and more to tell
            assert!(part > 1 || instructions < INSTRUCTIONS, "over the limit of {INSTRUCTIONS} instructions");
            let grown = before.is_some_and(|before| instructions > before * 5 / 2);
            assert!(!grown, "growth is not linear in the {name}");
            before = Some(instructions);
        }
    }
}

fn measured(size: Size) -> (u64, String) {
    let program = std::env::current_exe().expect("a running program has a path");
    let plain = Command::new(&program).arg("--child").args(size.args()).output().expect("it runs");
    let said = String::from_utf8_lossy(&plain.stdout).trim().to_owned();
    let peak = said.rsplit(' ').nth(1).and_then(|n| n.parse::<u64>().ok()).unwrap_or(u64::MAX);
    assert!(peak < KILOBYTES, "over the limit of {KILOBYTES} kB: {said}");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(&program)
        .arg("--child")
        .args(size.args())
        .output()
        .expect("valgrind is installed");
    let stderr = String::from_utf8_lossy(&output.stderr);
    let refs = stderr.lines().find_map(|line| line.split_once("Collected : ")).map(|(_, n)| n.trim());
    (refs.and_then(|n| n.parse().ok()).expect("callgrind says how many"), said)
}

/// Each principal has three groups, one of which is given up; each binding names a group, and each tenth a session.
fn world(size: Size) -> (Snapshot, Decisions) {
    let Size { principals, cluster_roles, roles, bindings, namespaces } = size;
    let mut text = String::from(
        "kind: ConfigMap\nmetadata: {name: aws-auth, namespace: kube-system}\ndata:\n  mapRoles: |\n",
    );
    for i in 0..principals {
        writeln!(
            text,
            "    - rolearn: arn:aws:iam::111122223333:role/r{i}\n      username: r{i}:{{{{SessionName}}}}\n      \
             groups: [team-{}, own-{i}, dropped-{}]",
            i % 200,
            i % 100
        )
        .expect("a string takes all");
    }
    let groups = (0..100).map(|i| (format!("dropped-{i}"), GroupDecision::Drop)).collect::<BTreeMap<_, _>>();
    let role = |namespace: Option<String>, name: String, i: usize| {
        let list = |items: &[&str]| items.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let rules = (0..10).map(|k| PolicyRule {
            api_groups: vec![format!("g{}.example.com", (i + k) % 50)],
            resources: vec![format!("things{}", (i * 7 + k) % 300), format!("things{}/status", i % 300)],
            verbs: list(&["get", "list", "watch", "update"]),
            ..PolicyRule::default()
        });
        Role { namespace, name, labels: BTreeMap::new(), aggregation: None, rules: rules.collect() }
    };
    let cluster = (0..cluster_roles).map(|i| role(None, format!("cr{i}"), i));
    let namespaced = (0..roles).map(|i| role(Some(format!("ns{}", i % namespaces)), format!("role{i}"), i));
    let binding = |i: usize| {
        let (kind, name) = match i % 10 {
            0 => (SubjectKind::User, format!("r{}:alice", i % principals.max(1))),
            1..=4 => (SubjectKind::Group, format!("dropped-{}", i % 100)),
            5..=7 => (SubjectKind::Group, format!("team-{}", i % 200)),
            _ => (SubjectKind::Group, format!("own-{}", i % principals.max(1))),
        };
        let at = i % roles.max(1);
        let (namespace, role_ref) = match i % 4 {
            0 => (None, ("ClusterRole", format!("cr{}", i % cluster_roles.max(1)))),
            1 => (
                Some(format!("ns{}", i % namespaces)),
                ("ClusterRole", format!("cr{}", i % cluster_roles.max(1))),
            ),
            _ => (Some(format!("ns{}", at % namespaces)), ("Role", format!("role{at}"))),
        };
        Binding {
            namespace,
            name: format!("b{i}"),
            role_ref: RoleRef { kind: role_ref.0.to_owned(), name: role_ref.1 },
            subjects: vec![Subject { kind, name, namespace: None }],
        }
    };
    let rbac =
        Rbac { roles: cluster.chain(namespaced).collect(), bindings: (0..bindings).map(binding).collect() };
    let aws_auth = Manifest::parse("aws-auth.yaml", text.as_bytes()).expect("it is a ConfigMap");
    let snapshot = Snapshot { aws_auth: Some(aws_auth), rbac: Some(rbac), ..Snapshot::default() };
    (snapshot, Decisions { groups, ..Decisions::default() })
}
