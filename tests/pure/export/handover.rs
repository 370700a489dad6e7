//! What is exported of a plan and of a cluster, and what is there already.

use std::collections::BTreeMap;

use eksodus::export::{ExportError, Handover, Leaves, Seen, TerraformForm, terraform};
use eksodus::model::{AuthenticationMode, EntryType};
use eksodus::planner::{Decisions, Plan, plan};
use eksodus::snapshot::Snapshot;

use super::snapshot;
use crate::kit::cluster::{With, cluster, entry, node, observed, observed_node, role};

fn mapped(roles: &[&str]) -> String {
    let mapping = |name: &&str| format!("- rolearn: {}\n  username: {name}\n  groups: [ops]\n", role(name));
    roles.iter().map(mapping).collect()
}

fn dual(roles: &[&str]) -> Snapshot {
    cluster(AuthenticationMode::ApiAndConfigMap, &[("mapRoles", &mapped(roles))])
        .iam(&roles.iter().map(|name| role(name)).collect::<Vec<_>>())
        .admin("Admin")
}

fn planned(snapshot: &Snapshot) -> Plan {
    plan(snapshot, &Decisions::default())
}

fn exist(handover: &Handover) -> Vec<(String, bool)> {
    handover.entries.iter().map(|it| (it.key.clone(), it.exists)).collect()
}

#[test]
fn a_plan_is_exported_with_what_it_leads_to() {
    let before = dual(&["Ann", "Bob"]);
    let plan = planned(&before);
    let at_plan = Handover::of_plan(&plan, Seen::AtThePlan).unwrap();
    assert_eq!(exist(&at_plan), [("role_Ann".to_owned(), false), ("role_Bob".to_owned(), false)]);
    let entries: Vec<_> = plan.targets.iter().map(|target| &target.entry).collect();
    assert_eq!(at_plan.entries.iter().map(|it| &it.entry).collect::<Vec<_>>(), entries);
    let applied = Handover::of_plan(&plan, Seen::Applied(&BTreeMap::new())).unwrap();
    assert_eq!(exist(&applied), [("role_Ann".to_owned(), true), ("role_Bob".to_owned(), true)]);
    // one of them was made since
    let now = before.entry(observed(&role("Bob"), "Bob", &["ops"], &[]));
    let seen = Handover::of_plan(&plan, Seen::Observed(&now)).unwrap();
    assert_eq!(exist(&seen), [("role_Ann".to_owned(), false), ("role_Bob".to_owned(), true)]);
    assert_eq!(seen.cluster, plan.cluster);
}

#[test]
fn what_another_cluster_has_says_nothing_of_this_plan() {
    let plan = planned(&dual(&["Ann"]));
    let other = dual(&["Ann"]).named("other");
    let error = Handover::of_plan(&plan, Seen::Observed(&other)).unwrap_err();
    assert!(matches!(error, ExportError::OtherCluster { .. }), "{error}");
}

#[test]
fn a_mapping_that_waits_is_named_as_left_out() {
    let roles =
        format!("{}- rolearn: {}\n  username: \"{{{{SessionName}}}}\"\n", mapped(&["Ann"]), role("Bob"));
    let snapshot = cluster(AuthenticationMode::ApiAndConfigMap, &[("mapRoles", &roles)])
        .iam(&[role("Ann"), role("Bob")])
        .admin("Admin");
    let handover = Handover::of_plan(&planned(&snapshot), Seen::AtThePlan).unwrap();
    assert_eq!(exist(&handover), [("role_Ann".to_owned(), false)]);
    let left: Vec<&str> = handover.left_out.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(left, [role("Bob")]);
}

/// It authenticates nobody, or has another type: no tool can be told to delete it and create it again.
#[test]
fn an_entry_that_has_to_be_recreated_is_nobodys_until_it_is() {
    let roles = mapped(&["Ann"]);
    let before = cluster(AuthenticationMode::ApiAndConfigMap, &[("mapRoles", &roles)])
        .recreated(&role("Ann"))
        .admin("Admin")
        .entry(observed(&role("Ann"), "Ann", &["ops"], &[]));
    let plan = planned(&before);
    for seen in [Seen::AtThePlan, Seen::Observed(&before)] {
        let handover = Handover::of_plan(&plan, seen).unwrap();
        let error = terraform(&handover, &TerraformForm::Resources, false).unwrap_err();
        assert!(matches!(error, ExportError::Recreate { .. }), "{error}");
        assert!(error.to_string().contains(&role("Ann")), "{error}");
    }
    let applied = Handover::of_plan(&plan, Seen::Applied(&BTreeMap::new())).unwrap();
    assert!(terraform(&applied, &TerraformForm::Resources, false).is_ok());
}

#[test]
fn of_a_cluster_all_is_exported_that_somebody_can_own() {
    let dev = entry(&role("Dev"), "dev", &["devs"], &["AmazonEKSViewPolicy"]);
    let nodes = node(&role("Node"), EntryType::Ec2Linux);
    let slr = "arn:aws:iam::111122223333:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS";
    let snapshot = snapshot(&[dev.clone(), nodes.clone()])
        .iam(&[role("Dev"), role("Node"), slr.to_owned()])
        .entry(observed_node(&role("Gone"), EntryType::Ec2Linux))
        .entry(observed(slr, "eks:service", &[], &[]))
        .entry(observed(&role("Odd"), "odd", &["system:masters"], &[]))
        .iam(&[role("Odd")]);
    let handover = Handover::of_cluster(&snapshot).unwrap();
    assert_eq!(handover.entries.iter().map(|it| it.entry.clone()).collect::<Vec<_>>(), [dev, nodes]);
    assert!(handover.entries.iter().all(|it| it.exists && !it.recreate));
    assert_eq!(handover.aws_auth, Leaves::Unsaid);
    let left: Vec<(&str, &str)> = handover.left_out.iter().map(|it| (it.name.as_str(), it.why)).collect();
    let (gone, odd) = (role("Gone"), role("Odd"));
    assert_eq!(
        left,
        [
            (gone.as_str(), "it authenticates nobody: its principal is gone, or recreated"),
            (slr, "EKS made it and keeps it"),
            (odd.as_str(), "EKS takes no such value from customers"),
        ]
    );
}

#[test]
fn a_cluster_that_shows_no_entries_is_an_error_and_so_is_no_cluster() {
    let hidden = cluster(AuthenticationMode::ConfigMap, &[]);
    assert_eq!(Handover::of_cluster(&hidden), Err(ExportError::NoEntries));
    assert_eq!(Handover::of_cluster(&Snapshot::default()), Err(ExportError::NoCluster));
    let file = Snapshot { cluster: None, ..dual(&["Ann"]) };
    let handover = Handover::of_plan(&planned(&file), Seen::AtThePlan).unwrap();
    assert_eq!(terraform(&handover, &TerraformForm::Resources, false), Err(ExportError::NoCluster));
}
