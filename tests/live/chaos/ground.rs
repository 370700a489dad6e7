//! A cluster to run the real binary on, in a scrubbed environment, and what has become of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::shape::{Entry, Shape};

/// An empty working directory with a cluster in `sim`.
pub struct Ground {
    pub dir: TempDir,
    pub shape: Shape,
}

/// What a run printed and ended with.
#[derive(Debug)]
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
    /// `None`: killed.
    pub code: Option<i32>,
}

impl Ground {
    /// With a plan of it in `plan.json`.
    pub fn planned(shape: Shape) -> Self {
        let ground = Self { dir: tempfile::tempdir().expect("a folder"), shape };
        shape.save(&ground.path("sim"));
        let planned = ground.run(&["plan", "--snapshot", "sim", "--out", "plan.json", "--quiet"]);
        assert_eq!(planned.code, Some(0), "{planned:?}");
        ground
    }

    /// The same, as it is now, elsewhere.
    pub fn again(&self) -> Self {
        let again = Self { dir: tempfile::tempdir().expect("a folder"), shape: self.shape };
        copy(self.dir.path(), again.dir.path());
        again
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_eksodus"));
        command.env_clear().current_dir(self.dir.path()).args(args).stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.ran(self.command(args).output().expect("the binary runs"))
    }

    pub fn ran(&self, output: Output) -> Ran {
        let dir = self.dir.path().to_string_lossy();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).replace(&*dir, "[DIR]");
        Ran { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code() }
    }

    /// The access entries of the folder.
    pub fn entries(&self) -> BTreeMap<String, Entry> {
        let Ok(text) = fs::read_to_string(self.path("sim/access-entries.json")) else {
            return BTreeMap::new();
        };
        let documents: Vec<Value> = serde_json::from_str(&text).expect("a list of entries");
        let entries: BTreeMap<_, _> =
            documents.iter().map(|it| entry(&it["accessEntry"], &it["associatedAccessPolicies"])).collect();
        assert_eq!(entries.len(), documents.len(), "a principal is there twice");
        entries
    }

    /// Without its resourceVersion, which counts every write.
    pub fn aws_auth(&self) -> String {
        let text = fs::read_to_string(self.path("sim/aws-auth.yaml")).unwrap_or_default();
        text.lines()
            .filter(|line| !line.contains("resourceVersion"))
            .map(|line| format!("{line}\n"))
            .collect()
    }

    pub fn journal(&self) -> String {
        self.journals().pop().unwrap_or_default()
    }

    /// Of all runs, in order.
    pub fn journals(&self) -> Vec<String> {
        let runs = self.path("sim/runs").join(super::shape::CLUSTER);
        let mut folders: Vec<PathBuf> =
            fs::read_dir(runs).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        folders.retain(|folder| !folder.file_name().is_some_and(|name| name == ".new"));
        folders.sort_by_key(|folder| number(folder));
        folders.iter().map(|run| fs::read_to_string(run.join("journal.jsonl")).unwrap_or_default()).collect()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        match entry.path().is_dir() {
            true => copy(&entry.path(), &to.join(entry.file_name())),
            false => drop(fs::copy(entry.path(), to.join(entry.file_name())).expect("a file")),
        }
    }
}

fn number(run: &Path) -> Option<usize> {
    run.to_str()?.rsplit_once('-')?.1.parse().ok()
}

/// As DescribeAccessEntry and ListAssociatedAccessPolicies show it.
fn entry(shown: &Value, policies: &Value) -> (String, Entry) {
    let text = |name: &str| shown[name].as_str().unwrap_or_default().to_owned();
    let texts = |values: &Value, of: &dyn Fn(&Value) -> Option<String>| -> BTreeSet<String> {
        values.as_array().into_iter().flatten().filter_map(of).collect()
    };
    let entry = Entry {
        kind: text("type"),
        username: text("username"),
        groups: texts(&shown["kubernetesGroups"], &|group| Some(group.as_str()?.to_owned())),
        policies: texts(policies, &|policy| Some(policy["policyArn"].as_str()?.to_owned())),
    };
    (text("principalArn"), entry)
}
