use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::{TOOLS, program};

/// The AWS CLI: a client that nobody here has written.
#[derive(Debug)]
pub struct AwsCli {
    program: PathBuf,
    environment: Vec<(&'static str, OsString)>,
}

impl AwsCli {
    /// `None`, said on the terminal, where the program is not there.
    pub fn of(environment: Vec<(&'static str, OsString)>, test: &str) -> Option<Self> {
        program(TOOLS, "aws", test).map(|program| Self { program, environment })
    }

    /// The JSON that it prints, or its error text. A call is made once.
    pub fn run(&self, arguments: &[&str]) -> Result<Value, String> {
        let mut command = Command::new(&self.program);
        command.args(arguments).args(["--output", "json"]).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", env!("CARGO_TARGET_TMPDIR")).env("AWS_MAX_ATTEMPTS", "1");
        command.env("AWS_CLI_HISTORY_FILE", "/dev/null").env("AWS_PAGER", "");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let output = command.output().expect("the AWS CLI runs");
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
        }
        if output.stdout.is_empty() {
            return Ok(Value::Null);
        }
        Ok(serde_json::from_slice(&output.stdout).expect("JSON"))
    }

    /// The first answer that the CLI's own examples show for an EKS command, as AWS gave it.
    pub fn recorded(&self, command: &str) -> Value {
        let lib = self.program.parent().and_then(|bin| bin.parent()).expect("an environment").join("lib");
        let packages = std::fs::read_dir(lib).expect("its lib").filter_map(Result::ok);
        let mut examples = packages.map(|it| it.path().join("site-packages/awscli/examples/eks"));
        let folder = examples.find(|path| path.is_dir()).expect("the examples");
        let text = std::fs::read_to_string(folder.join(format!("{command}.rst"))).expect("an example");
        let (_, output) = text.split_once("Output::").expect("an output");
        let from = output.find('{').expect("an object");
        let mut values = serde_json::Deserializer::from_str(&output[from..]).into_iter();
        values.next().expect("a value").expect("JSON")
    }
}
