//! A working directory, a cluster, and the program run in the one on the other.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::MutexGuard;

use serde_json::Value;
use tempfile::TempDir;

use super::between::{Hook, before};
use super::objects::{self, AWS_AUTH};
use super::scrub::scrub;
use crate::servers::apiserver::{ADMIN, ApiServer};
use crate::servers::http::ask;
use crate::servers::simulated::{Simulated, quickstart};

pub const CLUSTER: &str = "prod-eu";

/// The only one of its time: the API server has one `aws-auth` and one Lease.
pub struct Ground {
    pub server: &'static ApiServer,
    /// Where the program finds the API server.
    pub endpoint: String,
    pub aws: Simulated,
    pub dir: TempDir,
    _aws_auth: MutexGuard<'static, ()>,
}

/// What a user saw.
#[derive(Debug)]
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
    pub code: Option<i32>,
}

impl Ground {
    /// `None`, said on the terminal, where there is no API server. Options of `simulate serve`, such as faults.
    pub fn new(test: &str, options: &[&str]) -> Option<Self> {
        let server = ApiServer::of_journeys(test)?;
        Some(Self::at(server, server.endpoint().to_owned(), options))
    }

    /// With somebody who may be faster than the program.
    pub fn with(test: &str, hook: impl FnOnce(&'static ApiServer) -> Hook) -> Option<Self> {
        let server = ApiServer::of_journeys(test)?;
        Some(Self::at(server, before(server, hook(server)), &[]))
    }

    fn at(server: &'static ApiServer, endpoint: String, options: &[&str]) -> Self {
        let aws_auth = server.aws_auth();
        objects::put(server);
        let folder = quickstart();
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::write(dir.path().join("ca.crt"), server.ca()).expect("a certificate");
        let ca = dir.path().join("ca.crt").display().to_string();
        let at = ["--update-time", "200", "--kubernetes", &endpoint, "--kubernetes-ca", &ca];
        let aws = Simulated::start(folder.path(), &[&at, options].concat());
        let ground = Self { server, endpoint, aws, dir, _aws_auth: aws_auth };
        ground.log_in_as(ADMIN);
        ground
    }

    /// Into `kubeconfig`, which every command is given.
    pub fn log_in_as(&self, user: &str) {
        let own = std::fs::read_to_string(self.server.kubeconfig(user)).expect("a kubeconfig");
        let own = own.replace(self.server.endpoint(), &self.endpoint);
        std::fs::write(self.path("kubeconfig"), own).expect("a kubeconfig");
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// With the options that name the cluster.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_eksodus"));
        command.env_clear().current_dir(self.dir.path()).stdin(Stdio::null());
        command.envs(self.aws.environment()).env("HOME", self.dir.path());
        command.env("USER", "maria").env("HOSTNAME", "workstation").env("EKSODUS_HASTE", "50");
        command.args(args).args(["--cluster", CLUSTER, "--kubeconfig", "kubeconfig"]);
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.ran(self.command(args).output().expect("the binary runs"))
    }

    /// With an exit code that is meant.
    pub fn ends(&self, code: i32, args: &[&str]) -> Ran {
        let ran = self.run(args);
        assert_eq!(ran.code, Some(code), "{args:?}\n{}\n{}", ran.stdout, ran.stderr);
        ran
    }

    pub fn ran(&self, output: Output) -> Ran {
        let replaced = [
            (self.dir.path().display().to_string(), "[DIR]"),
            (self.endpoint.clone(), "[API-SERVER]"),
            (self.aws.origin.clone(), "[AWS]"),
        ];
        let text = |bytes: Vec<u8>| scrub(&String::from_utf8(bytes).expect("UTF-8"), &replaced);
        Ran { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code() }
    }

    /// The ConfigMap as the server has it.
    pub fn aws_auth(&self) -> Value {
        self.server.request(ADMIN, "GET", AWS_AUTH, None).1
    }

    fn eks(&self, path: &str) -> Value {
        let (status, answer) = ask(self.aws.port(), "GET", path, "").expect("the simulator answers");
        assert_eq!(status, 200, "{answer}");
        serde_json::from_str(&answer).expect("JSON")
    }

    pub fn mode(&self) -> String {
        let cluster = self.eks(&format!("/clusters/{CLUSTER}"));
        cluster["cluster"]["accessConfig"]["authenticationMode"].as_str().expect("a mode").to_owned()
    }

    /// The principals that have entries.
    pub fn entries(&self) -> Vec<String> {
        let listed = self.eks(&format!("/clusters/{CLUSTER}/access-entries"));
        let texts = listed["accessEntries"].as_array().expect("a list");
        texts.iter().map(|text| text.as_str().expect("an ARN").to_owned()).collect()
    }

    pub fn bindings(&self) -> Vec<String> {
        let path = format!("{}/namespaces/shop/rolebindings", objects::RBAC);
        let (_, all) = self.server.request(ADMIN, "GET", &path, None);
        let names = all["items"].as_array().expect("a list").iter();
        names.map(|item| item["metadata"]["name"].as_str().expect("a name").to_owned()).collect()
    }
}

impl Ran {
    /// All that a terminal shows, and the exit code.
    pub fn shown(&self) -> String {
        format!("{}--- stdout\n{}--- exit {}", self.stderr, self.stdout, self.code.unwrap_or(-1))
    }

    /// The lines of stdout, each whole again that was wrapped: its rest stands further in than what it is of.
    pub fn items(&self) -> Vec<String> {
        let mut items: Vec<String> = Vec::new();
        for line in self.stdout.lines() {
            match items.last_mut().filter(|_| line.starts_with("    ")) {
                Some(item) => *item += &line[3..],
                None => items.push(line.to_owned()),
            }
        }
        items
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}
