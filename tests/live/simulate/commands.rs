use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::shape::{check, check_whole};
use crate::servers::aws_cli::AwsCli;
use crate::servers::simulated::{Simulated, quickstart};

const USER: &str = "arn:aws:iam::111122223333:user/break-glass";
const NODES: &str = "arn:aws:iam::111122223333:role/prod-eu-workers";
const VIEW: &str = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy";

/// Waits until the update has ended, as `aws eks describe-update` tells.
fn ended(aws: &AwsCli, id: &str) -> Value {
    let start = Instant::now();
    loop {
        let update = aws.run(&["eks", "describe-update", "--name", "prod-eu", "--update-id", id]).unwrap();
        if update["update"]["status"] != "InProgress" {
            return update;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{update}");
    }
}

#[test]
fn every_call_of_a_migration_looks_as_aws_recorded_it() {
    let test = "simulate::commands";
    let folder = quickstart();
    let server = Simulated::start(folder.path(), &["--update-time", "100"]);
    let Some(aws) = AwsCli::of(server.environment(), test) else { return };
    let eks = |command: &str, options: &[&str]| {
        let name = if matches!(command, "describe-cluster" | "update-cluster-config") {
            ["--name", "prod-eu"]
        } else {
            ["--cluster-name", "prod-eu"]
        };
        let arguments = [&["eks", command], name.as_slice(), options].concat();
        aws.run(&arguments).unwrap_or_else(|error| panic!("{command}: {error}"))
    };

    let cluster = eks("describe-cluster", &[]);
    let recorded = aws.recorded("describe-cluster");
    for key in
        ["name", "arn", "version", "endpoint", "status", "platformVersion", "certificateAuthority", "tags"]
    {
        check(&cluster["cluster"][key], &recorded["cluster"][key], key);
    }
    assert_eq!(cluster["cluster"]["endpoint"], format!("{}/kubernetes", server.origin));
    assert_eq!(cluster["cluster"]["accessConfig"], json!({"authenticationMode": "CONFIG_MAP"}));

    let dual = ["--access-config", "authenticationMode=API_AND_CONFIG_MAP"];
    let started = eks("update-cluster-config", &dual);
    let update = &started["update"];
    assert_eq!((&update["type"], &update["status"]), (&json!("AccessConfigUpdate"), &json!("InProgress")));
    let update = ended(&aws, update["id"].as_str().unwrap());
    check_whole(&update, &aws.recorded("describe-update"), "");
    assert_eq!(update["update"]["status"], "Successful");

    let user = ["--principal-arn", USER];
    let made = eks("create-access-entry", &[&user, ["--kubernetes-groups", "ops"].as_slice()].concat());
    check_whole(&made, &aws.recorded("create-access-entry"), "");
    let shown = eks("describe-access-entry", &user);
    assert_eq!(shown, made);
    check_whole(&shown, &aws.recorded("describe-access-entry"), "");
    let changed = eks("update-access-entry", &[&user, ["--username", "bg"].as_slice()].concat());
    check_whole(&changed, &aws.recorded("update-access-entry"), "");
    assert_eq!(changed["accessEntry"]["kubernetesGroups"], json!(["ops"]));

    let scope = ["--policy-arn", VIEW, "--access-scope", "type=namespace,namespaces=a,b"];
    let associated = eks("associate-access-policy", &[user.as_slice(), &scope].concat());
    check_whole(&associated, &aws.recorded("associate-access-policy"), "");
    let policies = eks("list-associated-access-policies", &user);
    check_whole(&policies, &aws.recorded("list-associated-access-policies"), "");
    eks("disassociate-access-policy", &[user.as_slice(), &["--policy-arn", VIEW]].concat());
    assert_eq!(eks("list-associated-access-policies", &user)["associatedAccessPolicies"], json!([]));
    check_whole(&eks_policies(&aws), &aws.recorded("list-access-policies"), "");

    let all = eks("list-access-entries", &[])["accessEntries"].clone();
    assert!(
        all.as_array().unwrap().contains(&json!(USER)) && all.as_array().unwrap().contains(&json!(NODES))
    );
    // one entry a page, put together by the CLI
    assert_eq!(eks("list-access-entries", &["--page-size", "1"])["accessEntries"], all);
    let first = eks("list-access-entries", &["--max-items", "1"]);
    assert_eq!((&first["accessEntries"][0], first["NextToken"].is_string()), (&all[0], true));
    eks("delete-access-entry", &user);
    assert!(!eks("list-access-entries", &[])["accessEntries"].as_array().unwrap().contains(&json!(USER)));

    check(&eks("list-nodegroups", &[]), &aws.recorded("list-nodegroups"), "");
    let nodegroup = eks("describe-nodegroup", &["--nodegroup-name", "workers-a"]);
    check(&nodegroup, &aws.recorded("describe-nodegroup"), "");
    assert_eq!(nodegroup["nodegroup"]["nodeRole"], NODES);
    check(&eks("list-fargate-profiles", &[]), &aws.recorded("list-fargate-profiles"), "");
    let profile = eks("describe-fargate-profile", &["--fargate-profile-name", "jobs"]);
    check(&profile, &aws.recorded("describe-fargate-profile"), "");
}

fn eks_policies(aws: &AwsCli) -> Value {
    aws.run(&["eks", "list-access-policies"]).unwrap()
}

#[test]
fn iam_and_sts_answer_in_their_own_protocol() {
    let folder = quickstart();
    let server = Simulated::start(folder.path(), &["--fault", "deny:eks:CreateAccessEntry"]);
    let Some(aws) = AwsCli::of(server.environment(), "simulate::iam") else { return };
    let file = |name: &str| -> Value {
        serde_json::from_slice(&std::fs::read(folder.path().join(name)).unwrap()).unwrap()
    };
    let arns = |value: &Value| -> Vec<String> {
        let roles = value["Roles"].as_array().unwrap().iter();
        let mut arns: Vec<String> = roles.map(|role| role["Arn"].as_str().unwrap().to_owned()).collect();
        // their order is IAM's own
        arns.sort();
        arns
    };
    let roles = aws.run(&["iam", "list-roles", "--page-size", "2"]).unwrap();
    assert_eq!(arns(&roles), arns(&file("iam-roles.json")));
    assert_eq!(aws.run(&["sts", "get-caller-identity"]).unwrap(), file("caller.json"));
    let actions = ["eks:CreateAccessEntry", "eks:DescribeCluster"];
    let source = ["iam", "simulate-principal-policy", "--policy-source-arn", NODES, "--action-names"];
    let judged = aws.run(&[source.as_slice(), &actions].concat()).unwrap();
    let decisions: Vec<&str> = judged["EvaluationResults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["EvalDecision"].as_str().unwrap())
        .collect();
    assert_eq!(decisions, ["implicitDeny", "allowed"]);
    let role = "arn:aws:iam::444455556666:role/partner-reader";
    let assume = ["sts", "assume-role", "--role-arn", role, "--role-session-name", "test"];
    let assumed = aws.run(&assume).unwrap();
    let mut environment = server.environment();
    for (name, key) in [
        ("AWS_ACCESS_KEY_ID", "AccessKeyId"),
        ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
        ("AWS_SESSION_TOKEN", "SessionToken"),
    ] {
        environment.push((name, assumed["Credentials"][key].as_str().unwrap().into()));
    }
    let other = AwsCli::of(environment, "simulate::iam").unwrap();
    assert_eq!(other.run(&["sts", "get-caller-identity"]).unwrap()["Account"], "444455556666");
}
