//! Servers that never end an answer, say nothing, lead elsewhere, or answer for another cluster.

mod bodies;
mod endpoint;
mod lists;
mod names;
mod silence;
mod tls;

use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::servers::relay::{Act, Asked, Relay};
use crate::servers::simulated::{Simulated, quickstart};

pub const CLUSTER: &str = "prod-eu";

/// The simulated AWS and Kubernetes of the quick start, behind somebody who may do anything.
pub struct Hostile {
    aws: Simulated,
    pub relay: Relay,
    pub dir: TempDir,
}

/// What a user saw, and after what time.
#[derive(Debug)]
pub struct Ran {
    pub stderr: String,
    pub code: Option<i32>,
    pub took: Duration,
    /// The most memory that the process had, in MiB; 0 where the system does not tell.
    pub memory: usize,
}

impl Hostile {
    pub fn new(judge: impl FnMut(&Asked<'_>) -> Act + Send + 'static) -> Self {
        let folder = quickstart();
        let aws = Simulated::start(folder.path(), &[]);
        let relay = Relay::start(aws.port());
        relay.judge(judge);
        Self { aws, relay, dir: tempfile::tempdir().expect("a folder") }
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_eksodus"));
        command.env_clear().current_dir(self.dir.path()).stdin(Stdio::null());
        command.envs(self.aws.environment()).env("AWS_ENDPOINT_URL", self.relay.url());
        command.env("HOME", self.dir.path());
        command.args(args).args(["--cluster", CLUSTER]);
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::of(&mut self.command(args))
    }

    /// Retries and waits are a fiftieth of what they are.
    pub fn run_in_haste(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).env("EKSODUS_HASTE", "50"))
    }
}

impl Ran {
    pub fn of(command: &mut Command) -> Self {
        let begin = Instant::now();
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the binary runs");
        let status = format!("/proc/{}/status", child.id());
        let ended = Arc::new(AtomicBool::new(false));
        let watching = Arc::clone(&ended);
        let memory = std::thread::spawn(move || {
            let mut most = 0;
            while !watching.load(Ordering::SeqCst) {
                most = most.max(high_water(&status).unwrap_or_default());
                std::thread::sleep(Duration::from_millis(20));
            }
            most
        });
        let Output { status, stdout: _, stderr } = child.wait_with_output().expect("the binary ends");
        let took = begin.elapsed();
        ended.store(true, Ordering::SeqCst);
        let memory = memory.join().expect("no panic");
        let stderr = String::from_utf8(stderr).expect("UTF-8");
        Self { stderr, code: status.code(), took, memory }
    }
}

fn high_water(status: &str) -> Option<usize> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<usize>().ok()? >> 10)
}

/// A whole answer, of a type and with a body.
pub fn answer(status: &str, headers: &str, body: &str) -> Act {
    let length = body.len();
    let text =
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}");
    Act::Answer(Box::leak(text.into_boxed_str()))
}
