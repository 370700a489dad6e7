//! Logging in as somebody else: another role of the cluster, and another account's IAM.

use std::path::Path;
use std::process::{Command, Output};

use crate::servers::simulated::{Simulated, quickstart};

const ROLE: &str = "arn:aws:iam::111122223333:role/ci/deployer";

fn eksodus(server: &Simulated, folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eksodus"));
    command.args(arguments).args(["--cluster", "prod-eu", "--quiet"]).current_dir(folder).env_clear();
    command.envs(server.environment()).env("HOME", folder);
    command.output().expect("the program runs")
}

/// What it said on stdout, each item on one line.
fn unwrapped(output: &Output) -> String {
    text(&output.stdout).replace("\n    ", " ")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_role_that_is_taken_on_is_who_the_plan_says() {
    let folder = quickstart();
    let server = Simulated::start(folder.path(), &["--update-time", "50"]);
    let run = |arguments: &[&str]| eksodus(&server, folder.path(), arguments);
    assert!(run(&["plan", "--out", "plan.json"]).status.success());
    // before the migration aws-auth lets it in, under the same name and groups
    let early = run(&["verify", "plan.json", "--through", "preflight", "--login-as", ROLE]);
    let said = unwrapped(&early);
    assert!(
        said.contains("  passed   login of role/ci/deployer: authenticates as \"deployer\" in "),
        "{said}"
    );

    let applied = run(&["apply", "plan.json", "--allow-irreversible", "--yes"]);
    assert!(applied.status.success(), "{}", text(&applied.stderr));
    let verified = run(&["verify", "plan.json", "--login-as", ROLE]);
    let said = unwrapped(&verified);
    assert!(verified.status.success(), "{said}{}", text(&verified.stderr));
    let logged_in = "  passed   login of role/ci/deployer: \
                     authenticates as \"deployer\" in [\"deployers\", \"system:authenticated\"], as planned";
    assert!(said.contains(logged_in), "{said}");
    // the caller's own login beside it is somebody else's
    assert!(said.contains("authenticates as \"platform:"), "{said}");
    // no token in anything that was printed
    assert!(!said.contains("k8s-aws-v1.") && !text(&verified.stderr).contains("k8s-aws-v1."));
}

#[test]
fn a_role_of_the_caller_is_assumed_before_anything_else() {
    let folder = quickstart();
    let server = Simulated::start(folder.path(), &[]);
    let status = eksodus(&server, folder.path(), &["plan", "-o", "json", "--role-arn", ROLE]);
    assert!(status.stderr.is_empty(), "{}", text(&status.stderr));
    let plan: serde_json::Value = serde_json::from_slice(&status.stdout).expect("a plan");
    let caller = plan["caller"].to_string();
    assert!(caller.contains("assumed-role/deployer/eksodus") || caller.contains(ROLE), "{caller}");

    let nobody = "arn:aws:iam::111122223333:role/nobody-knows";
    let refused = eksodus(&server, folder.path(), &["status", "--role-arn", nobody]);
    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused.stdout));
    assert!(text(&refused.stderr).contains("nobody-knows"), "{}", text(&refused.stderr));
}

#[test]
fn a_cluster_named_by_its_arn_is_that_one_or_none() {
    let folder = quickstart();
    let server = Simulated::start(folder.path(), &[]);
    let named = |account: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_eksodus"));
        command.args(["status", "--quiet", "--cluster"]).current_dir(folder.path()).env_clear();
        command.arg(format!("arn:aws:eks:eu-west-1:{account}:cluster/prod-eu"));
        command.envs(server.environment()).env("HOME", folder.path());
        command.output().expect("the program runs")
    };
    let right = named("111122223333");
    assert!(right.status.success(), "{}", text(&right.stderr));
    assert!(text(&right.stdout).contains("--cluster prod-eu --region eu-west-1"), "{}", text(&right.stdout));
    let other = named("999988887777");
    assert_eq!(other.status.code(), Some(5), "{}", text(&other.stdout));
    assert!(text(&other.stderr).contains("but your credentials lead to"), "{}", text(&other.stderr));
}

#[test]
fn another_accounts_refusal_is_told_and_hides_nothing_of_the_own_account() {
    let folder = quickstart();
    let server = Simulated::start(folder.path(), &[]);
    let other = "444455556666=arn:aws:iam::444455556666:role/reader";
    let refused = eksodus(&server, folder.path(), &["plan", "--assume-role-for", other]);
    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused.stdout));
    let said = text(&refused.stderr);
    assert!(
        said.contains("iam:ListRoles: in account 444455556666: ") && said.contains("not authorized"),
        "{said}"
    );
    assert!(refused.stdout.is_empty());
}
