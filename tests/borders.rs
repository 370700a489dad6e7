//! Which folder of `src` may use which, and which file may name which library: the layout of `docs/architecture.md`, held.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each folder or file of `src`, with those of the others that it may use, the lowest first. `cli` is the program, and may
/// use all.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("hidden", &[]),
    ("json", &["hidden"]),
    ("files", &[]),
    ("nearest", &[]),
    ("audit", &["model"]),
    ("reader", &["model"]),
    ("documents", &["reader"]),
    ("rbac", &["model"]),
    ("snapshot", &["audit", "documents", "files", "model", "rbac", "reader"]),
    ("facts", &["model", "rbac", "reader", "snapshot"]),
    ("parity", &["model", "rbac"]),
    ("findings", &["audit", "facts", "model", "rbac", "reader", "snapshot"]),
    (
        "planner",
        &[
            "audit",
            "documents",
            "facts",
            "findings",
            "hidden",
            "json",
            "model",
            "parity",
            "rbac",
            "reader",
            "snapshot",
        ],
    ),
    (
        "access",
        &[
            "audit",
            "documents",
            "facts",
            "hidden",
            "model",
            "parity",
            "planner",
            "rbac",
            "reader",
            "snapshot",
        ],
    ),
    ("export", &["facts", "findings", "hidden", "json", "model", "planner", "rbac", "snapshot"]),
    ("calls", &["model", "planner", "rbac", "snapshot"]),
    ("lint", &["calls", "facts", "findings", "model", "planner", "rbac", "reader", "snapshot"]),
    ("network", &[]),
    ("carrier", &[]),
    ("kube", &["carrier", "model", "network", "rbac"]),
    ("eks", &["carrier", "files", "kube", "model", "network", "snapshot"]),
    ("world", &["eks", "kube"]),
    ("simulator", &["eks", "facts", "kube", "model", "nearest", "rbac", "reader", "snapshot", "world"]),
    ("observe", &["calls", "eks", "kube", "model", "rbac", "reader", "snapshot", "world"]),
    ("journal", &["calls", "files", "model", "observe", "planner"]),
    ("lease", &["kube", "observe", "world"]),
    ("preflight", &["calls", "eks", "kube", "model", "observe", "planner", "rbac", "snapshot", "world"]),
    ("checks", &["eks", "facts", "kube", "model", "observe", "parity", "planner", "rbac", "world"]),
    (
        "executor",
        &[
            "calls", "eks", "facts", "findings", "journal", "kube", "model", "observe", "parity", "planner",
            "rbac", "reader", "snapshot", "world",
        ],
    ),
    (
        "session",
        &[
            "calls",
            "checks",
            "eks",
            "executor",
            "facts",
            "findings",
            "journal",
            "kube",
            "lease",
            "lint",
            "model",
            "observe",
            "parity",
            "planner",
            "preflight",
            "rbac",
            "reader",
            "simulator",
            "snapshot",
            "world",
        ],
    ),
    (
        "render",
        &[
            "access", "audit", "calls", "facts", "findings", "hidden", "journal", "json", "lint", "model",
            "parity", "planner", "rbac", "reader", "snapshot",
        ],
    ),
    ("schemas", &["access", "files", "journal", "parity", "planner", "render"]),
];

/// What stands in the sources, and where alone it may: libraries, and what only the program does.
const NAMED_IN: &[(&str, &[&str])] = &[
    ("aws_config::", &["eks/aws"]),
    ("aws_credential_types::", &["eks/aws"]),
    ("aws_sdk_cloudwatchlogs::", &["eks/aws"]),
    ("aws_sdk_eks::", &["eks/aws"]),
    ("aws_sdk_iam::", &["eks/aws"]),
    ("aws_sdk_sts::", &["eks/aws"]),
    ("aws_sigv4::", &["eks/aws"]),
    ("aws_smithy_http_client::", &["eks/aws"]),
    ("aws_smithy_runtime_api::", &["eks/aws"]),
    // base64, for `simulate`
    ("aws_smithy_types::", &["eks/aws", "cli/commands/simulate.rs"]),
    ("aws_types::", &["eks/aws"]),
    ("k8s_openapi::", &["kube/client"]),
    ("object_store::", &["journal/s3"]),
    ("tokio::", &["cli", "journal/s3", "kube/client", "simulator/http"]),
    ("serde_saphyr::", &["cli/completing.rs", "documents.rs"]),
    ("flate2::", &["audit"]),
    ("memchr::", &["audit"]),
    ("strsim::", &["nearest.rs", "planner", "rbac"]),
    ("unicode_normalization::", &["export"]),
    ("annotate_snippets::", &["render"]),
    ("anstyle::", &["cli", "render"]),
    ("similar::", &["render"]),
    ("anstream::", &["cli"]),
    ("clap::", &["cli", "main.rs"]),
    ("ctrlc::", &["cli"]),
    ("indicatif::", &["cli"]),
    ("std::env::var", &["cli/host.rs", "schemas"]),
    ("print!(", &["cli"]),
    ("println!(", &["cli"]),
];

fn sources() -> Vec<(PathBuf, String)> {
    files("src")
}

fn files(of: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(of);
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(&root).unwrap().to_owned(), text));
            }
        }
    }
    found
}

/// What stands after each `crate::`.
fn used(text: &str) -> BTreeSet<&str> {
    let name =
        |rest: &'_ str| rest.find(|c: char| !(c.is_ascii_lowercase() || c == '_')).unwrap_or(rest.len());
    text.split("crate::").skip(1).map(|rest| &rest[..name(rest)]).filter(|name| !name.is_empty()).collect()
}

/// Whether it stands there, and not as the end of a longer name or of another path.
fn names(text: &str, name: &str) -> bool {
    let goes_on = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    text.match_indices(name).any(|(at, _)| !text[..at].ends_with(goes_on))
}

/// How many modules a path climbs at most, of those in the text.
fn climbs(text: &str) -> usize {
    (1..).take_while(|times| text.contains(&"super::".repeat(*times))).last().unwrap_or_default()
}

/// How many modules stand above that of a file, the crate among them.
fn depth(path: &Path) -> usize {
    path.iter().count() - usize::from(path.ends_with("mod.rs"))
}

/// The folder or file right below `src`.
fn room(path: &Path) -> String {
    path.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned()
}

#[test]
fn no_folder_uses_one_that_stands_above_it() {
    let rooms: BTreeSet<&str> = MAY_USE.iter().map(|(room, _)| *room).collect();
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let own = room(&path);
        seen.insert(own.clone());
        let Some((_, allowed)) = MAY_USE.iter().find(|(room, _)| *room == own) else { continue };
        for other in used(&text) {
            if rooms.contains(other) && other != own && !allowed.contains(&other) {
                wrong.push(format!("{} uses {other}", path.display()));
            }
        }
        // a list in braces would go unread
        if text.contains("crate::cli") || text.contains("crate::{") {
            wrong.push(format!("{} uses cli, or a list", path.display()));
        }
        let (outer, inner) = text.split_once("\nmod tests {").unwrap_or((&text, ""));
        if climbs(outer) >= depth(&path) || climbs(inner) > depth(&path) {
            wrong.push(format!("{} climbs out of its folder", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // a new folder gets its line in the table
    let known: BTreeSet<String> = rooms
        .iter()
        .map(|room| (*room).to_owned())
        .chain(["cli", "lib", "main"].map(str::to_owned))
        .collect();
    assert_eq!(seen, known);
}

#[test]
fn a_library_is_named_where_it_belongs_and_only_the_program_prints() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for (name, places) in NAMED_IN {
            if names(&text, name) && !places.iter().any(|place| path.starts_with(place)) {
                wrong.push(format!("{} names {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_folder_stands_below_those_that_may_use_it() {
    for (index, (room, allowed)) in MAY_USE.iter().enumerate() {
        let below: Vec<&str> = MAY_USE[..index].iter().map(|(room, _)| *room).collect();
        assert!(allowed.iter().all(|room| below.contains(room)), "{room}");
    }
}

#[test]
fn the_oracle_of_the_worlds_shares_no_code_with_what_it_judges() {
    let runs_it = ["apply.rs", "cases.rs", "edits.rs", "facts.rs", "proof.rs", "said.rs"];
    for (path, text) in files("tests/worlds") {
        let is_apart = !text.contains("eksodus::") || runs_it.iter().any(|file| path.ends_with(file));
        assert!(is_apart && !text.contains("kit"), "{}", path.display());
    }
}

/// What it may have of `rbac` is data: objects, requests, and the rules of access policies.
#[test]
fn the_second_evaluator_shares_nothing_that_decides_with_the_first() {
    const DATA: &[&str] = &[
        "AccessPolicy",
        "Attributes",
        "Binding",
        "PolicyRule",
        "Rbac",
        "Role",
        "RoleRef",
        "Subject",
        "SubjectKind",
        "UserInfo",
        "access_policy",
    ];
    let mut used = BTreeSet::new();
    for (path, text) in files("src/parity/exhaustive") {
        for after in text.split("crate::rbac::").skip(1) {
            let list = after.split(';').next().unwrap();
            let names = list.split(|c: char| !c.is_alphanumeric() && c != '_');
            used.extend(names.filter(|name| !name.is_empty()).map(str::to_owned));
        }
        let elsewhere = text.split("crate::parity::").skip(1).chain(text.split("use super::").skip(1));
        for after in elsewhere {
            let is_own = ["Identity;", "authorizer::", "request::"].iter().any(|it| after.starts_with(it));
            assert!(is_own, "{}", path.display());
        }
        assert!(!text.contains(".index(") && !text.contains(".covers("), "{}", path.display());
    }
    assert!(used.contains("Rbac") && used.iter().all(|name| DATA.contains(&name.as_str())), "{used:?}");
}
