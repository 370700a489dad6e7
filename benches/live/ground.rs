//! A served cluster, and the tool and the AWS CLI that are run on it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::folder::{CLUSTER, Size};

/// `eksodus simulate serve`, and an empty folder to work in.
pub struct Ground {
    dir: TempDir,
    server: Child,
    origin: String,
}

/// What a run took.
pub struct Ran {
    pub elapsed: Duration,
    /// The most memory it had resident, in kB.
    pub peak: u64,
    pub stderr: String,
}

/// Calls by operation.
#[derive(Debug, Default)]
pub struct Calls(pub BTreeMap<String, usize>);

impl Ground {
    pub fn new(size: Size, latency: u64) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        size.save(&dir.path().join("cluster"));
        let mut command = Command::new(tool());
        command.current_dir(dir.path()).args(["simulate", "serve", "--quiet", "--snapshot", "cluster"]);
        command.args(["--log", "calls.jsonl", "--latency", &latency.to_string()]);
        let mut server = command.env_clear().stdout(Stdio::piped()).spawn().expect("the simulator starts");
        let mut line = String::new();
        BufReader::new(server.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let origin = line.trim().strip_prefix("listening on ").expect("where it listens").to_owned();
        Self { dir, server, origin }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The tool on the cluster, which must do what it is asked to.
    pub fn run(&self, args: &[&str]) -> Ran {
        let mut command = self.command(&tool());
        command.args(args).args(["--cluster", CLUSTER]);
        let start = Instant::now();
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        let mut pipe = process.stderr.take().expect("a pipe");
        let told = thread::spawn(move || {
            let mut text = String::new();
            pipe.read_to_string(&mut text).expect("text");
            text
        });
        let mut peak = 0;
        let status = loop {
            if let Some(status) = process.try_wait().expect("it runs") {
                break status;
            }
            peak = peak.max(high_water(process.id()));
            sleep(Duration::from_millis(5));
        };
        let elapsed = start.elapsed();
        let stderr = told.join().expect("it is read");
        assert!(status.success(), "{args:?}: {status}\n{stderr}");
        Ran { elapsed, peak, stderr }
    }

    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(self.dir.path()).env("HOME", self.dir.path());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        for (name, value) in [
            ("AWS_ENDPOINT_URL", self.origin.as_str()),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_DEFAULT_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "simulated"),
            ("AWS_SECRET_ACCESS_KEY", "simulated"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ] {
            command.env(name, value);
        }
        command
    }

    /// The calls since there were `first`.
    pub fn calls(&self, first: usize) -> Calls {
        let text = fs::read_to_string(self.path("calls.jsonl")).expect("the log of calls");
        let mut calls = Calls::default();
        for line in text.lines().skip(first) {
            let call: serde_json::Value = serde_json::from_str(line).expect("a call");
            let operation = call["operation"].as_str().expect("its name").to_owned();
            *calls.0.entry(operation).or_default() += 1;
        }
        calls
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Calls {
    pub fn of(&self, operation: &str) -> usize {
        self.0.get(operation).copied().unwrap_or_default()
    }

    pub fn all(&self) -> usize {
        self.0.values().sum()
    }

    /// Those that change the cluster; the Lease is not part of what is migrated.
    pub fn writes(&self) -> usize {
        let writes = ["Create", "Update", "Delete", "Associate", "Disassociate", "Replace"];
        let is_write = |operation: &str| {
            let name = operation.split_once(':').map_or(operation, |(_, name)| name);
            writes.iter().any(|verb| name.starts_with(verb)) && !name.ends_with("Lease")
        };
        self.0.iter().filter(|(operation, _)| is_write(operation)).map(|(_, count)| count).sum()
    }

    pub fn reads(&self) -> usize {
        self.all() - self.writes()
    }
}

/// `EKSODUS_BIN`, or what this bench was built with.
pub fn tool() -> PathBuf {
    std::env::var_os("EKSODUS_BIN").map_or_else(|| env!("CARGO_BIN_EXE_eksodus").into(), PathBuf::from)
}

fn high_water(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
