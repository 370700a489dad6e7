//! The script, run by bash with the AWS CLI against the served simulator: the world afterwards is the plan's.

use std::collections::BTreeSet;
use std::process::Command;

use eksodus::model::AccessEntry;
use eksodus::planner::{Plan, Standing};
use eksodus::snapshot::Snapshot;

use super::eksodus;
use crate::servers::simulated::{Simulated, quickstart};
use crate::servers::{TOOLS, program};

/// One with a policy on the whole cluster, one with a policy in some namespaces, and one of nodes.
const AWS_AUTH: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: aws-auth, namespace: kube-system}
data:
  mapRoles: |
    - rolearn: arn:aws:iam::111122223333:role/prod-eu-workers
      username: system:node:{{EC2PrivateDNSName}}
      groups: [system:bootstrappers, system:nodes]
    - rolearn: arn:aws:iam::111122223333:role/deployer
      username: deployer
      groups: [deployers, system:masters]
  mapUsers: |
    - userarn: arn:aws:iam::111122223333:user/ops/maria
      username: maria
      groups: [\"it's $(id) `id`\"]
";

const DECISIONS: &str = "
version: 1
principals:
  - principal: arn:aws:iam::111122223333:user/ops/maria
    policies:
      - {policy: AmazonEKSViewPolicy, scope: {namespaces: [shop, \"team-*\"]}}
";

fn planned(folder: &std::path::Path) -> Plan {
    let args = ["plan", "--snapshot", ".", "--config", "decisions.yaml", "--out", "plan.json"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_eksodus"));
    let output = command.env_clear().current_dir(folder).args(args).output().expect("the binary runs");
    assert!(matches!(output.status.code(), Some(0 | 4)), "{}", String::from_utf8_lossy(&output.stdout));
    Plan::parse(&std::fs::read_to_string(folder.join("plan.json")).expect("the plan")).expect("a plan")
}

#[test]
fn the_script_makes_the_world_that_the_plan_leads_to() {
    let test = "exports::the_script_makes_the_world_that_the_plan_leads_to";
    let Some(aws) = program(TOOLS, "aws", test) else { return };
    let folder = quickstart();
    let at = folder.path();
    let dual = std::fs::read_to_string(at.join("cluster.json")).expect("the cluster");
    std::fs::write(at.join("cluster.json"), dual.replace("CONFIG_MAP", "API_AND_CONFIG_MAP")).expect("it");
    std::fs::write(at.join("aws-auth.yaml"), AWS_AUTH).expect("it");
    std::fs::write(at.join("decisions.yaml"), DECISIONS).expect("it");
    std::fs::write(at.join("access-entries.json"), "[]").expect("it");
    let plan = planned(at);
    assert!(plan.targets.iter().all(|target| target.standing == Standing::Create), "{:?}", plan.targets);
    let script = eksodus(at, &["export", "plan.json", "--to", "aws-cli"]);
    std::fs::write(at.join("entries.sh"), script).expect("the script");

    let run = || {
        let server = Simulated::start(at, &["--save"]);
        let mut command = Command::new("bash");
        let tools = aws.parent().expect("its folder").display().to_string();
        command.arg("entries.sh").current_dir(at).env_clear().envs(server.environment());
        command.env("PATH", format!("{tools}:/usr/bin:/bin")).env("HOME", at);
        let output = command.output().expect("bash runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let told = |done: &str, text: &str| text.lines().filter(|line| line.starts_with(done)).count();
    let world = || -> BTreeSet<AccessEntry> {
        let entries = Snapshot::load(at).expect("the folder").access_entries.expect("entries");
        entries.iter().map(|it| it.as_entry().expect("an entry of ours")).collect()
    };
    let made = run();
    let policies: usize = plan.targets.iter().map(|target| target.entry.policies.len()).sum();
    assert_eq!(
        (told("created ", &made), told("set policy ", &made)),
        (plan.targets.len(), policies),
        "{made}"
    );
    assert_eq!(made.lines().count(), plan.targets.len() + policies, "{made}");
    let wanted: BTreeSet<AccessEntry> = plan.targets.iter().map(|target| target.entry.clone()).collect();
    assert_eq!(world(), wanted);
    assert!(planned(at).targets.iter().all(|target| target.standing == Standing::Equal));

    // somebody gave one of them another group, another policy and another scope; it gets its own again
    let file = at.join("access-entries.json");
    let made = std::fs::read_to_string(&file).expect("the entries");
    let changed = made.replace("\"deployers\"", "\"others\"").replace("ClusterAdminPolicy", "AdminPolicy");
    let changed = changed.replace("\"team-*\"", "\"kube-system\"");
    std::fs::write(&file, changed).expect("it");
    assert_eq!(world().difference(&wanted).count(), 2);
    let made = run();
    assert_eq!((told("created ", &made), told("removed policy ", &made)), (0, 1), "{made}");
    assert_eq!(world(), wanted);
}
