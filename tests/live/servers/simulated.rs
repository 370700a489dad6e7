use std::ffi::{OsStr, OsString};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// `eksodus simulate serve` on a snapshot folder, ended with the value, or with the test process.
#[derive(Debug)]
pub struct Simulated {
    process: Child,
    /// Such as `http://127.0.0.1:8080`.
    pub origin: String,
}

impl Simulated {
    /// With options such as `--fault`, and a snapshot folder that it may change with `--save`.
    pub fn start(folder: &Path, options: &[&str]) -> Self {
        // ended by a shell that waits for the end of its input, which comes with the end of this process
        let watch = "\"$@\" </dev/null & server=$!; trap 'kill $server; wait $server' EXIT; cat >/dev/null";
        let mut command = Command::new("/bin/sh");
        command.args(["-c", watch, "sh", env!("CARGO_BIN_EXE_eksodus"), "simulate", "serve", "--quiet"]);
        command.arg("--snapshot").arg(folder).args(options).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("the simulator starts");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let origin = line.trim().strip_prefix("listening on ").expect("it says where it listens");
        Self { process, origin: origin.to_owned() }
    }

    pub fn port(&self) -> u16 {
        self.origin.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port")
    }

    /// What the AWS CLI and SDKs need to find it.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        let text = |text: &str| OsStr::new(text).to_owned();
        vec![
            ("AWS_ENDPOINT_URL", text(&self.origin)),
            ("AWS_REGION", text("eu-west-1")),
            ("AWS_DEFAULT_REGION", text("eu-west-1")),
            ("AWS_ACCESS_KEY_ID", text("simulated")),
            ("AWS_SECRET_ACCESS_KEY", text("simulated")),
            ("AWS_EC2_METADATA_DISABLED", text("true")),
        ]
    }
}

impl Drop for Simulated {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// A copy of the quick start.
pub fn quickstart() -> tempfile::TempDir {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/quickstart");
    for file in std::fs::read_dir(from).expect("the quick start") {
        let file = file.expect("a file");
        std::fs::copy(file.path(), folder.path().join(file.file_name())).expect("a copy");
    }
    folder
}
