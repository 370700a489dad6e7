//! What of RBAC gives the plan's principals other than it seems.

use eksodus::findings::{Finding, RuleId, Severity};
use eksodus::model::AuthenticationMode;
use eksodus::rbac::{Binding, PolicyRule, Rbac, Role, RoleRef, SubjectKind};
use eksodus::snapshot::Snapshot;

use super::planned;
use crate::kit::cluster::{With as _, binding, cluster, observed, role};

const RULES: [RuleId; 6] = [
    RuleId::AggregationDrift,
    RuleId::AggregationUnsettled,
    RuleId::BindingGivesNothing,
    RuleId::RuleGivesNothing,
    RuleId::SubjectMatchesNobody,
    RuleId::UnknownVerb,
];

fn rule(verbs: &[&str]) -> PolicyRule {
    PolicyRule {
        verbs: verbs.iter().map(|verb| (*verb).to_owned()).collect(),
        ..PolicyRule::every_resource()
    }
}

fn cluster_role(name: &str, rules: Vec<PolicyRule>) -> Role {
    Role { name: name.to_owned(), rules, ..Role::default() }
}

fn world(rbac: Rbac) -> Snapshot {
    let text = format!(
        "- rolearn: {}\n  username: dev:{{{{SessionName}}}}\n  groups: [devs]\n- rolearn: {}\n  username: ops\n",
        role("Dev"),
        role("Ops")
    );
    let dual = AuthenticationMode::ApiAndConfigMap;
    let other = observed(&role("Other"), "other", &["others"], &[]);
    let names = [role("Dev"), role("Ops"), role("Other")];
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Snapshot { rbac: Some(rbac), ..cluster(dual, &[("mapRoles", &text)]).iam(&names).entry(other) }
}

fn found(roles: Vec<Role>, bindings: Vec<Binding>) -> Vec<Finding> {
    let plan = planned(&world(Rbac { roles, bindings }));
    plan.notices.into_iter().filter(|it| RULES.contains(&it.rule)).collect()
}

#[test]
fn bindings_without_a_role_are_one_finding_however_many_they_are() {
    let mut bindings: Vec<Binding> =
        (0..500).map(|n| binding(&format!("b{n:03}"), SubjectKind::Group, "devs", "gone")).collect();
    bindings.push(binding("ops", SubjectKind::User, "ops", "gone"));
    bindings.push(binding("alice", SubjectKind::User, "dev:alice", "gone"));
    bindings.push(binding("others", SubjectKind::Group, "others", "gone"));
    bindings.push(binding("stranger", SubjectKind::Group, "strangers", "gone"));
    bindings.push(binding("not-a-user", SubjectKind::ServiceAccount, "ops", "gone"));
    let found = found(vec![], bindings);
    let [it] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((it.rule, it.severity), (RuleId::BindingGivesNothing, Severity::Warning));
    assert_eq!(
        it.words().title,
        "503 bindings refer to missing roles, and give nothing: ClusterRoleBinding b000 (ClusterRole gone), \
         ClusterRoleBinding b001 (ClusterRole gone), ClusterRoleBinding b002 (ClusterRole gone) and 500 more"
    );
}

#[test]
fn what_is_wrong_elsewhere_is_no_matter_of_the_plan() {
    let roles = vec![cluster_role("fine", vec![rule(&["get"])]), cluster_role("idle", vec![rule(&[])])];
    let mut odd = binding("odd", SubjectKind::Other("group".to_owned()), "strangers", "idle");
    odd.role_ref = RoleRef { kind: "role".to_owned(), name: "r".to_owned() };
    let bindings = vec![binding("a", SubjectKind::Group, "devs", "fine"), odd];
    assert_eq!(found(roles, bindings), []);
}

#[test]
fn a_subject_in_another_case_was_meant_for_somebody() {
    let roles =
        vec![cluster_role("odd", vec![rule(&["GET"]), PolicyRule { resources: vec![], ..rule(&["get"]) }])];
    let bindings = vec![
        binding("a", SubjectKind::Other("group".to_owned()), "devs", "odd"),
        binding("b", SubjectKind::Other("Users".to_owned()), "strangers", "odd"),
    ];
    let found = found(roles, bindings);
    let told: Vec<(RuleId, Severity)> = found.iter().map(|it| (it.rule, it.severity)).collect();
    assert_eq!(
        told,
        [
            (RuleId::SubjectMatchesNobody, Severity::Warning),
            (RuleId::RuleGivesNothing, Severity::Info),
            (RuleId::UnknownVerb, Severity::Info),
        ]
    );
    assert!(found[0].words().title.ends_with(": ClusterRoleBinding a (\"group\" devs)"), "{found:?}");
}

#[test]
fn drift_of_a_role_that_somebody_has_is_told() {
    let label = || [("to-view".to_owned(), "true".to_owned())].into();
    let selector = eksodus::rbac::Selector { match_labels: label(), ..eksodus::rbac::Selector::default() };
    let view = Role { aggregation: Some(vec![selector]), ..cluster_role("view", vec![rule(&["list"])]) };
    let part = Role { labels: label(), ..cluster_role("part", vec![rule(&["get"])]) };
    let bound = vec![binding("a", SubjectKind::Group, "devs", "view")];
    let told = found(vec![part.clone(), view.clone()], bound.clone());
    let [it] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(it.rule, RuleId::AggregationDrift);
    assert!(
        it.words().title.ends_with(": view (lacks get *.*; has besides list *.*)"),
        "{}",
        it.words().title
    );
    let filled = Role { rules: vec![rule(&["get"])], ..view };
    assert_eq!(found(vec![part, filled], bound), []);
}

#[test]
fn without_rbac_nothing_is_known_to_be_wrong() {
    let snapshot = Snapshot { rbac: None, ..world(Rbac::default()) };
    assert!(planned(&snapshot).notices.iter().all(|it| !RULES.contains(&it.rule)));
}
