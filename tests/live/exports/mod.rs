//! What is exported, given to the tools that it is for.

mod aws_cli;
mod cdk;
mod python;
mod terraform;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use eksodus::export::{Entry, Handover, Seen};
use eksodus::model::{AccessEntry, EntryUsername, GroupName, Username};
use eksodus::planner::Plan;
use tempfile::TempDir;

use crate::kit::cluster::{arn, role};
use crate::kit::seen::payloads;
use crate::servers::simulated::quickstart;

/// A folder with the quick start in `sim`, and its plan in `plan.json`.
struct Exported {
    dir: TempDir,
    plan: Plan,
}

impl Exported {
    fn new() -> Self {
        let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        std::fs::rename(quickstart().keep(), dir.path().join("sim")).expect("the quick start");
        eksodus(dir.path(), &["plan", "--snapshot", "sim", "--out", "plan.json"]);
        let text = std::fs::read_to_string(dir.path().join("plan.json")).expect("the plan");
        Self { plan: Plan::parse(&text).expect("a plan"), dir }
    }

    /// Into a file of the folder.
    fn write(&self, name: &str, args: &[&str]) {
        let text = eksodus(self.dir.path(), &[&["export", "plan.json"], args].concat());
        std::fs::write(self.dir.path().join(name), text).expect("a file");
    }
}

/// What it prints.
fn eksodus(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eksodus"));
    let output = command.env_clear().current_dir(folder).args(args).output().expect("the binary runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {told}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Texts that could be taken for more, for one tool or another.
fn hostile_texts() -> Vec<String> {
    let odd =
        ["${path.module}", "$${x}", "$$${x}", "%{ if true }x%{ endif }", "%%{x}", "a\\u0041", "\u{1f600}"];
    odd.map(str::to_owned).into_iter().chain(payloads()).collect()
}

/// An entry with each of them for its username, its group and its tag, named `r0`, `r1`, …; of the plan's cluster.
fn hostile(plan: &Plan) -> Handover {
    let entry = |(nth, text): (usize, String)| {
        let key = format!("r{nth}");
        let entry = AccessEntry {
            username: EntryUsername::Custom(Username::new(format!("u:{text}")).expect("a username")),
            groups: [GroupName::new(text.clone()).expect("a group")].into(),
            tags: [(text.clone(), text)].into(),
            ..AccessEntry::standard(arn(&role(&key)))
        };
        Entry { key, entry, reserved: BTreeMap::new(), exists: false, recreate: false, is_caller: false }
    };
    let entries = hostile_texts().into_iter().enumerate().map(entry).collect();
    Handover { entries, ..Handover::of_plan(plan, Seen::AtThePlan).expect("of the plan") }
}
