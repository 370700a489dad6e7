//! Servers that tests start, one of each for all tests of the process, gone with it however it ends.

pub mod apiserver;
pub mod aws_cli;
pub mod http;
pub mod microburst;
pub mod ministack;
pub mod relay;
pub mod simulated;

use std::ffi::OsStr;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Where programs such as `ministack` and `aws` are: the `bin` of a Python environment.
pub const TOOLS: &str = "EKSODUS_TOOLS";
/// Where `kube-apiserver` and `etcd` are, as `setup-envtest use` prints it.
pub const ASSETS: &str = "KUBEBUILDER_ASSETS";

/// When it is set, a test that cannot run fails: what lands a change has run them all.
const NO_SKIP: &str = "EKSODUS_NO_SKIP";

/// A program of the folder that a variable names; without it, `test` says on the terminal that it is skipped.
pub fn program(variable: &str, name: &str, test: &str) -> Option<PathBuf> {
    let found = std::env::var_os(variable).map(|folder| PathBuf::from(folder).join(name));
    let found = found.filter(|path| path.is_file());
    if found.is_none() {
        skipped(test, &format!("no {name} in {variable} (see CONTRIBUTING.md)"));
    }
    found
}

/// Says on the terminal that `test` does not run here, or fails it.
pub fn skipped(test: &str, why: &str) {
    let must_run = std::env::var_os(NO_SKIP).is_some();
    assert!(!must_run, "{test}: {why}, and {NO_SKIP} lets nothing be skipped");
    // straight to the terminal: a captured line is a silent skip
    let _ = std::io::stderr().write_all(format!("SKIPPED {test}: {why}\n").as_bytes());
}

/// A port of loopback that nobody listens on now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// A process that ends with this value, or with the test process, whichever is first.
#[derive(Debug)]
pub struct Server(Child);

impl Server {
    /// The command must not read its standard input: it ends when that is closed.
    pub fn start(command: &[&OsStr], environment: &[(&str, &OsStr)]) -> Self {
        Self::watched("kill -9 $server", command, environment)
    }

    /// Its data goes with it.
    pub fn start_in(data: &Path, command: &[&OsStr], environment: &[(&str, &OsStr)]) -> Self {
        let mut environment = environment.to_vec();
        environment.push(("DATA", data.as_os_str()));
        Self::watched("kill -9 $server; wait; rm -rf \"$DATA\"", command, &environment)
    }

    fn watched(end: &str, command: &[&OsStr], environment: &[(&str, &OsStr)]) -> Self {
        let watch = &format!("\"$@\" </dev/null & server=$!; trap '{end}' EXIT; cat >/dev/null");
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", watch, "sh"]).args(command).env_clear().stdin(Stdio::piped());
        shell.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        for (name, value) in environment {
            shell.env(name, value);
        }
        let quiet = std::env::var_os("EKSODUS_SERVER_LOGS").is_none();
        if quiet {
            shell.stdout(Stdio::null()).stderr(Stdio::null());
        }
        Self(shell.spawn().expect("the server starts"))
    }

    /// Waits until `ready`, for a minute at most.
    pub fn wait_until(&mut self, what: &str, mut ready: impl FnMut() -> bool) {
        let start = Instant::now();
        while !ready() {
            assert!(start.elapsed() < Duration::from_secs(60), "{what} is not ready after a minute");
            assert!(matches!(self.0.try_wait(), Ok(None)), "{what} ended; EKSODUS_SERVER_LOGS=1 shows why");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// Whether somebody listens there.
pub fn listens(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}
