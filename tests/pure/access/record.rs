//! What is recorded of a cluster holds on that cluster.

use std::collections::BTreeSet;

use eksodus::access::Sides;
use eksodus::access::assertions::{Assertions, Ground, When};
use eksodus::facts::Facts;
use eksodus::model::AuthenticationMode;
use eksodus::planner::{Decisions, plan};
use eksodus::rbac::{Rbac, SubjectKind, default_rbac};
use eksodus::snapshot::Snapshot;
use proptest::prelude::*;

use crate::kit::cluster::{With as _, binding, cluster, observed, role};
use crate::kit::clusters;

/// With the roles that every cluster has.
fn with_defaults(mut snapshot: Snapshot) -> Snapshot {
    let rbac = snapshot.rbac.get_or_insert_default();
    let there: BTreeSet<_> =
        rbac.roles.iter().map(|role| (role.namespace.clone(), role.name.clone())).collect();
    let more =
        default_rbac().roles.iter().filter(|it| !there.contains(&(it.namespace.clone(), it.name.clone())));
    rbac.roles.extend(more.cloned());
    rbac.bindings.extend(default_rbac().bindings.iter().cloned());
    snapshot
}

/// As YAML and as JSON; how many were recorded.
fn recorded_holds(snapshot: &Snapshot, decisions: &Decisions) -> usize {
    let plan = plan(snapshot, decisions);
    let facts = Facts::of(snapshot);
    let both = plan.before_after(&facts);
    let sides = Sides::of(&facts, &plan, &both);
    let ground = Ground::from(&sides);
    let recording = ground.record();
    assert_eq!(recording, ground.record());
    if recording.is_empty() {
        return 0;
    }
    let yaml = Assertions::parse("recorded", &recording.yaml()).unwrap();
    let json = Assertions::parse("recorded", &serde_json::to_string(&recording).unwrap()).unwrap();
    let without_places = |assertions: &Assertions| -> Vec<_> {
        assertions.list.iter().map(|it| (it.who.clone(), it.when, it.what.clone(), it.expected)).collect()
    };
    assert_eq!(without_places(&yaml), without_places(&json));
    assert_eq!(yaml.list.len(), recording.assertions().len());
    let report = ground.check(&yaml).unwrap();
    assert!(
        report.failed().next().is_none(),
        "{:#?}\n{}",
        report.failed().collect::<Vec<_>>(),
        recording.yaml()
    );
    yaml.list.len()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn on_any_cluster_what_is_recorded_holds(snapshot in clusters::cluster(), decisions in clusters::decisions()) {
        recorded_holds(&with_defaults(snapshot), &decisions);
    }
}

const MAPPINGS: &str = "- rolearn: arn:aws:iam::111122223333:role/Dev
  username: dev:{{SessionName}}
  groups: [devs]
- rolearn: arn:aws:iam::111122223333:role/Ops
  username: ops
  groups: [system:masters]
- rolearn: arn:aws:iam::111122223333:role/Ci
  username: ci
  groups: [system:ci]
- rolearn: arn:aws:iam::111122223333:role/Node
  username: system:node:{{EC2PrivateDNSName}}
  groups: [system:bootstrappers, system:nodes]
";

fn lab() -> Snapshot {
    let snapshot = cluster(AuthenticationMode::ApiAndConfigMap, &[("mapRoles", MAPPINGS)])
        .iam(&["Dev", "Ops", "Ci", "Node"].map(role))
        .entry(observed(&role("Reader"), "reader", &[], &["AmazonEKSViewPolicy"]))
        .iam(&[role("Reader")])
        .bound(SubjectKind::Group, "system:ci", "edit")
        .bound(SubjectKind::User, "dev:ann", "view");
    let mut snapshot = with_defaults(snapshot);
    let mut devs = binding("devs", SubjectKind::Group, "devs", "edit");
    devs.namespace = Some("shop".to_owned());
    snapshot.rbac.as_mut().unwrap().bindings.push(devs);
    snapshot
}

#[test]
fn each_principal_has_what_matters_and_what_it_uses() {
    let snapshot = lab();
    let decisions = Decisions::parse("x", "version: 1\ngroups: {'system:ci': drop}\n").unwrap();
    assert!(recorded_holds(&snapshot, &decisions) > 20);
    let plan = plan(&snapshot, &decisions);
    let facts = Facts::of(&snapshot);
    let both = plan.before_after(&facts);
    let sides = Sides::of(&facts, &plan, &both);
    insta::assert_snapshot!(Ground::from(&sides).record().yaml());
}

#[test]
fn what_the_plan_changes_is_recorded_as_it_is_before_it() {
    let snapshot = lab();
    let decisions = Decisions::parse("x", "version: 1\ngroups: {'system:ci': drop}\n").unwrap();
    let plan = plan(&snapshot, &decisions);
    let facts = Facts::of(&snapshot);
    let both = plan.before_after(&facts);
    let sides = Sides::of(&facts, &plan, &both);
    let recording = Ground::from(&sides).record();
    let before: BTreeSet<_> = recording
        .assertions()
        .iter()
        .filter(|it| it.when == Some(When::Before))
        .map(|it| it.principal.as_deref().unwrap())
        .collect();
    // not cluster-admin's: its policy and system:masters answer alike
    assert_eq!(before, BTreeSet::from([role("Ci").as_str()]));
    assert!(recording.assertions().iter().any(|it| it.session.as_deref() == Some("ann")));
    let left_out: Vec<&str> = recording.left_out.iter().map(|(who, _)| who.as_str()).collect();
    assert_eq!(left_out, [role("Node")]);
}

#[test]
fn of_rbac_alone_users_and_groups_are_recorded() {
    let odd = "a\u{202e}b: {#\"\\\u{1f600}\u{e0041}'yes";
    let mut rbac: Rbac = default_rbac().clone();
    for (kind, name) in [
        (SubjectKind::Group, "devs"),
        (SubjectKind::User, odd),
        (SubjectKind::User, "yes"),
        (SubjectKind::Group, "1e3"),
        (SubjectKind::Group, "~"),
        (SubjectKind::User, "a:"),
        (SubjectKind::User, "system:mine"),
    ] {
        rbac.bindings.push(binding(&format!("to {name}"), kind, name, "edit"));
    }
    let ground = Ground::from(&rbac);
    let text = ground.record().yaml();
    let assertions = Assertions::parse("recorded", &text).unwrap();
    let report = ground.check(&assertions).unwrap();
    assert!(report.failed().next().is_none(), "{report:#?}");
    let named: BTreeSet<String> = assertions
        .list
        .iter()
        .filter_map(|it| match &it.who {
            eksodus::access::assertions::Asserted::User(user) => {
                Some(user.groups.iter().next().unwrap_or(&user.username).clone())
            }
            eksodus::access::assertions::Asserted::Principal { .. } => None,
        })
        .collect();
    let all = ["devs", odd, "yes", "1e3", "~", "a:"].map(str::to_owned);
    assert_eq!(named, BTreeSet::from(all));
    assert!(text.chars().all(|c| c == '\n' || !eksodus::hidden::is_hidden(c)), "{text}");
}
