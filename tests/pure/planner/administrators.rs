//! Who is cluster administrator before and after a plan.

use std::collections::BTreeSet;

use eksodus::facts::{AdministratorBy, Facts};
use eksodus::model::AuthenticationMode;
use eksodus::parity::Identity;
use eksodus::planner::{Decisions, Plan, plan};
use eksodus::rbac::{Attributes, Rbac, SubjectKind};
use eksodus::snapshot::Snapshot;
use proptest::prelude::*;

use crate::kit::cluster::{With, cluster, observed, policy, role};
use crate::kit::clusters;

/// A request that only who may do everything may make.
fn anything() -> Attributes {
    Attributes::resource("invent", "nothing.example.org", "inventions")
}

fn is_administrator(rbac: &Rbac, identity: &Identity) -> bool {
    let allows = rbac.index().allows(&identity.user, &anything());
    allows || identity.may_do_everything()
}

fn shown(plan: &Plan) -> Vec<(String, Option<String>, Option<String>)> {
    let by = |by: &Option<AdministratorBy>| {
        by.as_ref().map(|by| match by {
            AdministratorBy::Policy => "policy".to_owned(),
            AdministratorBy::Group(group) => format!("group {group}"),
            AdministratorBy::User(user) => format!("user {user}"),
        })
    };
    let name = |principal: &str| principal.rsplit('/').next().unwrap().to_owned();
    let all = plan.administrators.iter().flatten();
    all.map(|it| (name(&it.principal), by(&it.before), by(&it.after))).collect()
}

#[test]
fn entries_that_stay_and_bindings_count_and_a_skipped_mapping_ends() {
    let roles = format!(
        "- rolearn: {}\n  username: admin\n  groups: [system:masters]\n\
         - rolearn: {}\n  username: ops\n  groups: [bosses]\n\
         - rolearn: {}\n  username: chief\n  groups: []\n\
         - rolearn: {}\n  username: left\n  groups: [system:masters]\n\
         - rolearn: {}\n  username: dev\n  groups: [devs]\n",
        role("Admin"),
        role("Ops"),
        role("Chief"),
        role("Left"),
        role("Dev"),
    );
    let snapshot = cluster(AuthenticationMode::ApiAndConfigMap, &[("mapRoles", &roles)])
        .iam(&["Admin", "Ops", "Chief", "Left", "Dev"].map(role))
        .bound(SubjectKind::Group, "bosses", "cluster-admin")
        .bound(SubjectKind::User, "chief", "cluster-admin")
        .bound(SubjectKind::Group, "devs", "edit")
        .admin("Platform");
    let skip = format!("version: 1\nprincipals: [{{principal: '{}', skip: left}}]\n", role("Left"));
    let plan = plan(&snapshot, &Decisions::parse("eksodus.yaml", &skip).unwrap());
    let some = |by: &str| Some(by.to_owned());
    let masters = || some("group system:masters");
    assert_eq!(
        shown(&plan),
        [
            ("Admin".to_owned(), masters(), some("policy")),
            ("Chief".to_owned(), some("user chief"), some("user chief")),
            ("Left".to_owned(), masters(), None),
            ("Ops".to_owned(), some("group bosses"), some("group bosses")),
            ("Platform".to_owned(), some("policy"), some("policy")),
        ]
    );
}

#[test]
fn an_own_group_in_place_of_the_policy_counts_by_the_binding_that_the_plan_makes() {
    let roles = format!("- rolearn: {}\n  username: admin\n  groups: [system:masters]\n", role("Admin"));
    for is_rbac_known in [true, false] {
        let snapshot = cluster(AuthenticationMode::ConfigMap, &[("mapRoles", &roles)]).iam(&[role("Admin")]);
        let rbac = snapshot.rbac.clone().filter(|_| is_rbac_known);
        let snapshot = Snapshot { rbac, ..snapshot };
        let decisions = Decisions::parse("eksodus.yaml", "version: 1\nmasters: {group: platform}\n").unwrap();
        let plan = plan(&snapshot, &decisions);
        assert_eq!(
            shown(&plan),
            [(
                "Admin".to_owned(),
                Some("group system:masters".to_owned()),
                Some("group platform".to_owned())
            )],
            "{is_rbac_known}"
        );
    }
}

#[test]
fn a_policy_in_namespaces_makes_nobody_an_administrator() {
    let mut entry = observed(&role("Team"), "team", &[], &[]);
    let scope = eksodus::model::AccessScope::namespaces(["shop".to_owned()]).unwrap();
    entry.policies.insert(policy("AmazonEKSClusterAdminPolicy"), scope);
    let snapshot = cluster(AuthenticationMode::ApiAndConfigMap, &[]).iam(&[role("Team")]).entry(entry);
    assert_eq!(shown(&plan(&snapshot, &Decisions::default())), []);
}

proptest! {
    /// Kubernetes' own rule, asked on each side as each of them: whoever may do what nobody has thought of.
    #[test]
    fn they_are_those_who_may_do_anything(snapshot in clusters::cluster(), decisions in clusters::decisions()) {
        let plan = plan(&snapshot, &decisions);
        let facts = Facts::of(&snapshot);
        let sides = plan.before_after(&facts);
        let (before, after) = (sides.before.index(), sides.after.index());
        let mut expected = BTreeSet::new();
        for person in &sides.people {
            if person.principal.as_ref().is_some_and(|it| it.is_service_linked()) {
                continue;
            }
            let sessions = person.sessions(&before, &after);
            // the first is any session
            let is = |rbac: &Rbac, identity: &Option<Identity>| identity.as_ref().is_some_and(|it| is_administrator(rbac, it));
            let on_sides = (is(&sides.before, &sessions[0].before), is(&sides.after, &sessions[0].after));
            if on_sides != (false, false) {
                expected.insert((person.arn.to_string(), on_sides));
            }
        }
        let listed: BTreeSet<_> = plan
            .administrators
            .iter()
            .flatten()
            .map(|it| (it.principal.clone(), (it.before.is_some(), it.after.is_some())))
            .collect();
        prop_assert_eq!(listed, expected);
    }
}
