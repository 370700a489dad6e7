//! A cluster to run the real binary on, in a scrubbed environment, and what has become of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use super::cluster::{self, Served};
use super::shape::{CLUSTER, Entry, Shape};

/// An empty working directory with a plan in `plan.json`, and the cluster that it is of.
pub struct Ground {
    pub dir: TempDir,
    /// The snapshot folder `sim` is the cluster where there is none.
    pub served: Option<Served>,
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
    /// The cluster is a folder.
    pub fn folder(shape: Shape) -> Self {
        let ground = Self { dir: tempfile::tempdir().expect("a folder"), served: None };
        shape.save(&ground.path("sim"));
        ground.plan();
        ground
    }

    /// The cluster is played by a server, behind a relay.
    pub fn served(shape: Shape, options: &[&str]) -> Self {
        let mut ground = Self { dir: tempfile::tempdir().expect("a folder"), served: None };
        shape.save(&ground.path("sim"));
        ground.served = Some(Served::start(&ground.path("sim"), options));
        ground.plan();
        ground
    }

    fn plan(&self) {
        let planned = self.on_cluster(&["plan", "--out", "plan.json", "--quiet"]);
        assert_eq!(planned.code, Some(0), "{planned:?}");
    }

    /// The same folder, as it is now, elsewhere.
    pub fn again(&self) -> Self {
        assert!(self.served.is_none(), "a server is not copied");
        let again = Self { dir: tempfile::tempdir().expect("a folder"), served: None };
        copy(self.dir.path(), again.dir.path());
        again
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_eksodus"));
        command.env_clear().current_dir(self.dir.path()).args(args).stdin(Stdio::null());
        if let Some(served) = &self.served {
            command.env("HOME", self.dir.path()).envs(served.environment());
        }
        command
    }

    /// With the options that name the cluster.
    pub fn command_on_cluster(&self, args: &[&str]) -> Command {
        let plans = args.first() == Some(&"plan");
        let cluster: &[&str] = match &self.served {
            Some(_) => &["--cluster", CLUSTER],
            None if plans => &["--snapshot", "sim"],
            None => &["--simulate", "sim"],
        };
        self.command(&[args, cluster].concat())
    }

    pub fn on_cluster(&self, args: &[&str]) -> Ran {
        self.ran(self.command_on_cluster(args).output().expect("the binary runs"))
    }

    /// What it printed, without what is another each time.
    pub fn ran(&self, output: Output) -> Ran {
        let dir = self.dir.path().to_string_lossy().into_owned();
        let port = self.served.as_ref().map(|served| format!("127.0.0.1:{}", served.relay.port));
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8_lossy(&bytes).replace(&dir, "[DIR]");
            port.as_ref().map_or(text.clone(), |port| text.replace(port, "[SERVER]"))
        };
        Ran { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code() }
    }

    /// The access entries by principal; none is there twice.
    pub fn entries(&self) -> BTreeMap<String, Entry> {
        match &self.served {
            Some(served) => served.entries(),
            None => cluster::entries_of(&self.path("sim")),
        }
    }

    /// What `aws-auth` says, without its resourceVersion, which counts every write.
    pub fn aws_auth(&self) -> String {
        if let Some(served) = &self.served {
            return served.aws_auth();
        }
        let text = fs::read_to_string(self.path("sim/aws-auth.yaml")).unwrap_or_default();
        text.lines()
            .filter(|line| !line.contains("resourceVersion"))
            .map(|line| format!("{line}\n"))
            .collect()
    }

    /// The folders of all runs, oldest first.
    pub fn runs(&self) -> Vec<PathBuf> {
        let base = self.path(if self.served.is_some() { ".eksodus" } else { "sim/runs" });
        let found =
            fs::read_dir(base.join("111122223333/eu-west-1").join(CLUSTER)).into_iter().flatten().flatten();
        let mut runs: Vec<PathBuf> = found.map(|entry| entry.path()).collect();
        runs.retain(|run| number(run).is_some());
        runs.sort_by_key(|run| number(run));
        runs
    }

    /// Every record was written long ago: nobody waits for what a call that died may show yet.
    pub fn a_while_later(&self) {
        for run in self.runs() {
            let path = run.join("journal.jsonl");
            let Ok(text) = fs::read_to_string(&path) else { continue };
            let dated = |line: &str| match serde_json::from_str::<serde_json::Value>(line) {
                Ok(mut record) => {
                    record["at"] = "2020-01-01T00:00:00.000Z".into();
                    format!("{record}\n")
                }
                // cut, when it was killed
                Err(_) => line.to_owned(),
            };
            let older: String = text.split_inclusive('\n').map(dated).collect();
            fs::write(path, older).expect("it can be written");
        }
    }

    /// The journal of the newest run.
    pub fn journal(&self) -> String {
        let run = self.runs().pop().expect("there is a run");
        fs::read_to_string(run.join("journal.jsonl")).expect("it has a journal")
    }

    /// `status` knows of each run, and finds nothing wrong with it.
    pub fn journals_are_readable(&self, when: &str) {
        let status = self.on_cluster(&["status", "-o", "json"]);
        let told: serde_json::Value = serde_json::from_str(&status.stdout).expect("status is JSON");
        let runs = told["runs"].as_array().expect("a list of runs");
        assert_eq!(runs.len(), self.runs().len(), "{when}: {status:?}");
        assert!(runs.iter().all(|run| run["problem"].is_null()), "{when}: {status:?}");
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

/// `-7` behind the digest.
fn number(run: &Path) -> Option<usize> {
    run.file_name()?.to_str()?.rsplit_once('-')?.1.parse().ok()
}
