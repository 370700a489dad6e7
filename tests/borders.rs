//! Which folder of `src` may use which, and which file may name which library: the layout of `docs/architecture.md`, held.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each folder or file of `src`, with those of the others that it may use. `cli` is the program, and may use all.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("hidden", &[]),
    ("json", &["hidden"]),
    ("files", &[]),
    ("reader", &["model"]),
    ("documents", &["reader"]),
    ("rbac", &["model"]),
    ("snapshot", &["documents", "files", "model", "rbac", "reader"]),
    ("facts", &["model", "rbac", "reader", "snapshot"]),
    ("planner", &["documents", "facts", "hidden", "json", "model", "rbac", "reader", "snapshot"]),
    ("lint", &["facts", "model", "planner", "reader", "snapshot"]),
    ("network", &[]),
    ("kube", &["model", "network", "rbac"]),
    ("eks", &["files", "kube", "model", "network", "snapshot"]),
    ("world", &["eks", "kube"]),
    ("simulator", &["eks", "facts", "kube", "model", "rbac", "reader", "snapshot", "world"]),
    ("calls", &["model", "planner", "rbac", "snapshot"]),
    ("observe", &["calls", "eks", "kube", "reader", "snapshot", "world"]),
    ("journal", &["calls", "files", "model", "observe", "planner"]),
    ("lease", &["kube", "observe", "world"]),
    ("preflight", &["calls", "eks", "kube", "model", "observe", "planner", "rbac", "snapshot", "world"]),
    ("checks", &["eks", "facts", "kube", "model", "observe", "planner", "rbac", "world"]),
    (
        "executor",
        &[
            "calls", "eks", "facts", "journal", "kube", "model", "observe", "planner", "rbac", "reader",
            "snapshot", "world",
        ],
    ),
    ("render", &["facts", "hidden", "json", "lint", "model", "planner", "rbac", "reader", "snapshot"]),
];

/// Libraries, and where alone their names may stand.
const NAMED_IN: &[(&str, &[&str])] = &[
    ("aws_config", &["eks/aws"]),
    ("aws_sdk_eks", &["eks/aws"]),
    ("aws_sdk_iam", &["eks/aws"]),
    ("aws_sdk_sts", &["eks/aws"]),
    ("k8s_openapi", &["kube/client"]),
    ("object_store", &["journal/s3"]),
    ("serde_saphyr", &["documents.rs"]),
    ("strsim", &["planner", "rbac"]),
    ("clap", &["cli", "main.rs"]),
];

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
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
        if text.contains("crate::cli") {
            wrong.push(format!("{} uses cli", path.display()));
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
fn a_library_is_named_where_it_belongs() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for (library, places) in NAMED_IN {
            let is_named = text.contains(&format!("{library}::"));
            if is_named && !places.iter().any(|place| path.starts_with(place)) {
                wrong.push(format!("{} names {library}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
