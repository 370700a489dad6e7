//! What the tests of the browser need of the machine.

#![expect(clippy::disallowed_methods, reason = "the surroundings say where the tools are")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder with `node_modules`, as `.ci/browser-tools` makes it; without it that of `tests/browser`.
const TOOLS: &str = "EKSODUS_BROWSER_TOOLS";
/// When it is set, a test that cannot run fails: what lands a change has run them all.
const NO_SKIP: &str = "EKSODUS_NO_SKIP";

pub struct Tools {
    chromium: PathBuf,
    modules: PathBuf,
    node: PathBuf,
}

impl Tools {
    /// `None`, and a line on the terminal, when something is not there.
    pub fn find(test: &str) -> Option<Self> {
        let missing = |what: &str| skipped(test, &format!("no {what} (see CONTRIBUTING.md)"));
        let node = of_path(&["node"]).or_else(|| missing("node"))?;
        let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
        let chromium = of_path(&names).or_else(|| missing("Chromium"))?;
        let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
        let modules = std::env::var_os(TOOLS).map_or_else(own, PathBuf::from).join("node_modules");
        let is_there = ["playwright-core", "axe-core"].iter().all(|name| modules.join(name).is_dir());
        let modules =
            is_there.then_some(modules).or_else(|| missing(&format!("playwright-core in {TOOLS}")))?;
        Some(Self { chromium, modules, node })
    }

    /// One of the scripts of this folder, in an environment with nothing else in it.
    pub fn node(&self, script: &str) -> Command {
        let mut command = Command::new(&self.node);
        command.env_clear().env("NODE_PATH", &self.modules).env("EKSODUS_CHROMIUM", &self.chromium);
        for kept in ["HOME", "PATH", "TMPDIR"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser").join(script));
        command
    }
}

fn of_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().find_map(|name| folders.iter().map(|it| it.join(name)).find(|it| it.is_file()))
}

fn skipped<T>(test: &str, why: &str) -> Option<T> {
    let must_run = std::env::var_os(NO_SKIP).is_some();
    assert!(!must_run, "{test}: {why}, and {NO_SKIP} lets nothing be skipped");
    // straight to the terminal: a captured line is a silent skip
    let _ = std::io::stderr().write_all(format!("SKIPPED {test}: {why}\n").as_bytes());
    None
}
