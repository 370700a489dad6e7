use serde_json::{Value, json};

use super::ground::Ground;
use super::objects::{self, RBAC};
use crate::servers::apiserver::ADMIN;
use crate::servers::http::ask;

/// The ConfigMap without what every write changes.
fn bare(mut config_map: Value) -> Value {
    let metadata = config_map["metadata"].as_object_mut().expect("metadata");
    for field in ["resourceVersion", "managedFields"] {
        metadata.remove(field);
    }
    config_map
}

/// What phase `prune` leaves: comments, and the two lines that have no entry.
const PRUNED: &str = "\
# node groups; do not touch\r

    # people, by way of Identity Center
- {rolearn: arn:aws:iam::111122223333:role/ci/deployer, username: ci, groups: [system:masters]}
- rolearn: arn:aws:iam::111122223333:role/retired-jenkins # gone since May
  username: jenkins
  groups: [system:masters]";

const MADE_BY_EKS: [&str; 3] = [
    "arn:aws:iam::111122223333:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS",
    "arn:aws:iam::111122223333:role/prod-eu-fargate",
    "arn:aws:iam::111122223333:role/prod-eu-workers",
];

#[test]
fn a_cluster_is_migrated_undone_and_migrated_to_the_end() {
    let test = "journey::a_cluster_is_migrated_undone_and_migrated_to_the_end";
    let Some(ground) = Ground::new(test, &[]) else { return };
    let start = bare(ground.aws_auth());
    insta::assert_snapshot!("snapshot", ground.run(&["snapshot", "--out", "seen"]).shown());
    // the folder is a cluster to plan on without a network
    let here = ground.ends(0, &["plan", "--out", "plan.json"]).stdout;
    assert!(
        here.starts_with("✓ prod-eu (111122223333, eu-west-1): ready: 6 entries to create; 6 of 8 mappings"),
        "{here}"
    );
    let seen = std::fs::read_to_string(ground.path("seen/aws-auth.yaml")).expect("a manifest");
    assert!(seen.contains("# gone since May") && seen.contains("not read by anybody"), "{seen}");

    let applied = ground.run(&["apply", "plan.json", "--allow-irreversible", "--yes"]);
    insta::assert_snapshot!("apply", applied.shown());
    assert_eq!((ground.mode().as_str(), ground.entries().len()), ("API_AND_CONFIG_MAP", 7));
    assert_eq!(bare(ground.aws_auth()), start);
    insta::assert_snapshot!("status_before_prune", ground.run(&["status"]).shown());
    insta::assert_snapshot!("verify", ground.run(&["verify", "plan.json"]).shown());

    let pruned = ground.run(&["apply", "plan.json", "--resume", "--through", "prune"]);
    insta::assert_snapshot!("prune", pruned.shown());
    let mut expected = start.clone();
    expected["data"]["mapRoles"] = PRUNED.into();
    expected["data"]["mapUsers"] = "".into();
    assert_eq!(bare(ground.aws_auth()), expected);
    insta::assert_snapshot!("status_before_api_mode", ground.run(&["status"]).shown());

    // shown, and nothing done
    assert!(ground.ends(0, &["rollback"]).stdout.contains("5 steps to undo the run of plan"));
    assert_eq!(ground.entries().len(), 7);
    let undone = ground.run(&["rollback", "--yes"]);
    insta::assert_snapshot!("rollback", undone.shown());
    assert_eq!(bare(ground.aws_auth()), start);
    assert_eq!(ground.entries(), MADE_BY_EKS);
    insta::assert_snapshot!("status_after_rollback", ground.run(&["status"]).shown());

    let all = ["apply", "--yes", "--quiet", "--through", "api-mode", "--allow-irreversible"];
    let last = ground.ends(0, &all);
    assert!(last.stdout.contains(": completed through api-mode: "), "{}", last.shown());
    // quiet, but not about somebody who may restore removed mappings
    assert!(last.stderr.starts_with("warning: kubectl-create manages aws-auth too"), "{}", last.stderr);
    assert_eq!(last.stderr.lines().count(), 1, "{}", last.stderr);
    assert_eq!((ground.mode().as_str(), ground.entries().len()), ("API", 7));
    insta::assert_snapshot!("status_at_the_end", ground.run(&["status"]).shown());
    let refused = ground.ends(5, &["rollback", "--yes"]);
    let said = "error: there is no rollback from API mode: nothing else gives access to ";
    assert_eq!(refused.stderr.matches(said).count(), 1, "{}", refused.stderr);
    assert!(refused.stdout.contains(": refused: nothing was changed\n"), "{}", refused.stdout);
    assert_eq!(ground.entries().len(), 7);
}

#[test]
fn verify_sees_nodes_that_are_not_ready_and_rights_that_are_gone() {
    let test = "journey::verify_sees_nodes_that_are_not_ready_and_rights_that_are_gone";
    let Some(ground) = Ground::new(test, &[]) else { return };
    ground.ends(0, &["plan", "--out", "plan.json"]);
    ground.ends(0, &["apply", "plan.json", "--allow-irreversible", "--yes"]);
    ground.ends(0, &["verify", "plan.json"]);
    objects::node(ground.server, "ip-10-0-1-17.ec2.internal", false);
    let failed = ground.ends(3, &["verify", "plan.json"]);
    let failing = failed.items().into_iter().find(|item| item.starts_with("  failed "));
    insta::assert_snapshot!("verify_node", failing.expect("of nodes"));
    objects::node(ground.server, "ip-10-0-1-17.ec2.internal", true);
    ground.ends(0, &["verify", "plan.json"]);

    // somebody gives the entry another group
    let entry = "/clusters/prod-eu/access-entries/arn%3Aaws%3Aiam%3A%3A111122223333%3Auser%2Fops%2Fmaria";
    let change = json!({"kubernetesGroups": ["guests"]}).to_string();
    let (status, answer) = ask(ground.aws.port(), "POST", entry, &change).unwrap();
    assert_eq!(status, 200, "{answer}");
    let failed = ground.ends(3, &["verify", "plan.json"]);
    let differing = failed.items().into_iter().find(|item| item.contains("user/ops/maria"));
    insta::assert_snapshot!("verify_group", differing.expect("a difference"));
}

#[test]
fn a_binding_that_the_plan_made_is_missed_and_undone() {
    let test = "journey::a_binding_that_the_plan_made_is_missed_and_undone";
    let Some(ground) = Ground::new(test, &[]) else { return };
    let decisions = "version: 1\nprincipals:\n  - principal: arn:aws:iam::111122223333:user/ops/maria\n    username: people:maria\n";
    std::fs::write(ground.path("eksodus.yaml"), decisions).expect("decisions");
    let planned = ground.ends(0, &["plan", "--out", "plan.json"]);
    assert!(planned.stderr.starts_with("decisions from eksodus.yaml\n"), "{}", planned.stderr);
    ground.ends(0, &["apply", "plan.json", "--allow-irreversible", "--yes"]);
    let made = "maria-deploys:eksodus:people:maria";
    assert_eq!(ground.bindings(), ["maria-deploys", made]);
    ground.ends(0, &["verify", "plan.json"]);

    let binding = format!("{RBAC}/namespaces/shop/rolebindings/{made}");
    let (status, answer) = ground.server.request(ADMIN, "DELETE", &binding, None);
    assert_eq!(status, 200, "{answer}");
    let failed = ground.ends(3, &["verify", "plan.json"]);
    let items: Vec<String> = failed.items().into_iter().filter(|item| item.contains("maria")).collect();
    insta::assert_snapshot!("verify_binding", items.join("\n"));
    // the entry is what counts today, and it gives maria no more than this: a new plan adds nothing to it
    let drifted = ground.ends(0, &["status"]).items().join("\n");
    assert!(drifted.contains(&format!("RoleBinding shop/{made} is missing")), "{drifted}");
    ground.ends(0, &["plan", "--out", "again.json"]);
    ground.ends(0, &["apply", "again.json", "--yes"]);
    assert_eq!(ground.bindings(), ["maria-deploys"]);
    // undone, it is there to be migrated again
    ground.ends(0, &["rollback", "--yes"]);
    assert_eq!(ground.entries(), MADE_BY_EKS);
    assert!(ground.ends(0, &["rollback", "--yes"]).stdout.contains(": nothing to roll back\n"));
}
