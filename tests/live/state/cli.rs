//! The program itself, on two machines that share nothing but a bucket.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use super::bucket::Bucket;
use crate::servers::{Server, free_port, listens};

struct Machine<'a> {
    directory: tempfile::TempDir,
    simulated: u16,
    bucket: &'a Bucket,
}

impl Machine<'_> {
    fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_eksodus"));
        let url = |port: u16| format!("http://127.0.0.1:{port}");
        command
            .env_clear()
            .current_dir(self.directory.path())
            .env("HOME", self.directory.path())
            .env("AWS_ENDPOINT_URL", url(self.simulated))
            .env("AWS_ENDPOINT_URL_S3", url(self.bucket.port))
            .env("AWS_ACCESS_KEY_ID", "111122223333")
            .env("AWS_SECRET_ACCESS_KEY", super::bucket::SECRET)
            .env("AWS_REGION", "eu-west-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .args(args)
            .args(["--cluster", "prod-eu"]);
        let output = command.output().unwrap();
        let _ = std::io::stdout().write_all(&output.stderr);
        output
    }

    /// What it prints when all is well.
    fn done(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}: {text}");
        text
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn a_migration_is_gone_on_with_and_undone_on_another_machine() {
    let test = "a_migration_is_gone_on_with_and_undone_on_another_machine";
    let Some(bucket) = Bucket::new("machines", test) else { return };
    let (cluster, simulated) = (tempfile::tempdir().unwrap(), free_port());
    copy(Path::new("fixtures/quickstart"), cluster.path());
    let address = format!("127.0.0.1:{simulated}");
    let serve = [env!("CARGO_BIN_EXE_eksodus"), "simulate", "serve", "--listen", &address, "--snapshot"];
    let serve: Vec<&OsStr> = serve.iter().map(OsStr::new).chain([cluster.path().as_os_str()]).collect();
    let mut server = Server::start(&serve, &[]);
    server.wait_until("eksodus simulate serve", || listens(simulated));
    let machine = || {
        let directory = tempfile::tempdir().unwrap();
        copy(Path::new("fixtures/quickstart/"), directory.path());
        Machine { directory, simulated, bucket: &bucket }
    };
    // the bucket is not where the cluster is
    let state = ["--state", "s3://machines/eksodus?region=us-east-1"];

    let one = machine();
    one.done(&["plan", "--out", "plan.json", "--quiet"]);
    let first = ["apply", "plan.json", "--through", "dual-mode", "--allow-irreversible", "--yes"];
    one.done(&[&first[..], &state].concat());
    drop(one);

    let two = machine();
    let status = two.done(&[&["status", "-o", "json"][..], &state].concat());
    let journal = status.split('"').find(|text| text.starts_with("s3://")).unwrap();
    let run = journal.strip_suffix("/journal").unwrap();
    let plan = format!("{run}/plan.json");
    let told = two.done(&[&["apply", &plan, "--resume", "--yes"][..], &state].concat());
    assert!(told.contains(&format!("journal {journal}\n")), "{told}");
    let told = two.done(&[&["rollback", journal, "--yes"][..], &state].concat());
    assert!(told.contains("-2/journal\n"), "{told}");
    let lines = two.done(&[&["status"][..], &state].concat());
    assert_eq!(
        lines
            .lines()
            .filter(|line| line.contains("s3://machines/eksodus/111122223333/eu-west-1/prod-eu/"))
            .count(),
        2,
        "{lines}"
    );

    let nowhere = two.run(&["apply", &plan, "--yes", "--state", "s3://no-bucket/x?region=us-east-1"]);
    assert_eq!(nowhere.status.code(), Some(1));
    let text = String::from_utf8_lossy(&nowhere.stderr).into_owned();
    assert!(
        text.contains("is not under s3://no-bucket/x") && text.contains("hint: pass its --state"),
        "{text}"
    );
}
