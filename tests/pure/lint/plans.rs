//! Plans that the planner would not make, one for each rule; and that it makes none of them.

use std::path::Path;

use eksodus::findings::RuleId;
use eksodus::lint::{lint_plan, plan_rules};
use eksodus::model::{AccessScope, EntryType, Partition, PolicyArn};
use eksodus::planner::{Action, CallerAccess, Decisions, Phase, Plan, Step, plan};
use eksodus::rbac::{Binding, RoleRef, Subject, SubjectKind};
use eksodus::snapshot::{Part, Snapshot};
use proptest::prelude::*;

use crate::kit::clusters::{cluster, decisions};

/// The plan of the quick start, in which the caller has an entry among others.
fn quickstart() -> Plan {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/quickstart");
    let plan = plan(&Snapshot::load(&folder).unwrap(), &Decisions::default());
    assert!(matches!(plan.caller, CallerAccess::Principal { .. }) && entries(&plan).len() > 2);
    assert_eq!(lint_plan(&plan), []);
    plan
}

/// Where the steps about entries are.
fn entries(plan: &Plan) -> Vec<usize> {
    let is_entry = |at: &usize| matches!(plan.steps[*at].action, Action::Entry { .. });
    (0..plan.steps.len()).filter(is_entry).collect()
}

fn broken(change: impl FnOnce(&mut Plan)) -> Vec<RuleId> {
    let mut plan = quickstart();
    change(&mut plan);
    let found = lint_plan(&plan);
    for it in &found {
        assert!(it.severity.is_blocking() && !it.words().title.is_empty() && it.words().help.len() == 1);
    }
    found.iter().map(|it| it.rule).collect()
}

fn after(step: &mut Step) -> &mut eksodus::model::AccessEntry {
    match &mut step.action {
        Action::Entry { after: Some(after), .. } => after,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_rule_finds_its_plan() {
    let twice = broken(|plan| plan.targets.push(plan.targets[0].clone()));
    assert_eq!(twice, [RuleId::PrincipalTwice]);
    let again = broken(|plan| {
        let mut step = plan.steps[entries(plan)[0]].clone();
        step.id.push_str("-again");
        plan.steps.insert(entries(plan)[0], step);
    });
    assert_eq!(again, [RuleId::PrincipalTwice, RuleId::StepsContradict]);

    let early = broken(|plan| {
        let of_entries = entries(plan);
        let own = plan.steps.remove(*of_entries.last().unwrap());
        plan.steps.insert(of_entries[0], own);
    });
    assert_eq!(early, [RuleId::CallerNotLast]);

    let of_services = broken(|plan| {
        let at = *entries(plan).last().unwrap();
        let policy = PolicyArn::new(Partition::Aws, "AWSBatchNamespacePolicy");
        if let Ok(policy) = policy {
            after(&mut plan.steps[at]).policies.insert(policy, AccessScope::Cluster);
        }
    });
    assert_eq!(of_services, [RuleId::EntryImpossible]);
    let of_type = broken(|plan| {
        let of_entries = entries(plan);
        let grouped = of_entries.into_iter().find(|at| !after(&mut plan.steps[*at]).groups.is_empty());
        after(&mut plan.steps[grouped.unwrap()]).entry_type = EntryType::Ec2Linux;
    });
    assert_eq!(of_type, [RuleId::EntryImpossible]);

    let binding = |name: &str| Binding {
        namespace: None,
        name: "handy".to_owned(),
        role_ref: RoleRef { kind: "ClusterRole".to_owned(), name: "cluster-admin".to_owned() },
        subjects: vec![Subject { kind: SubjectKind::Group, name: name.to_owned(), namespace: None }],
    };
    let bound = |name: &str| {
        let action = Action::Binding { before: None, after: Some(binding(name)) };
        broken(|plan| plan.steps.insert(0, Step { id: "handy".to_owned(), phase: Phase::Entries, action }))
    };
    assert_eq!(bound("system:authenticated"), [RuleId::ReservedName]);
    assert!(bound("developers").is_empty());

    let unseen = broken(|plan| {
        plan.fingerprint.insert(Part::AccessEntries, "00".repeat(32));
    });
    assert!(!unseen.is_empty() && unseen.iter().all(|rule| *rule == RuleId::StepImpossible), "{unseen:?}");
    let named_twice = broken(|plan| {
        let of_entries = entries(plan);
        plan.steps[of_entries[1]].id = plan.steps[of_entries[0]].id.clone();
    });
    assert_eq!(named_twice, [RuleId::StepImpossible]);

    let skipped = broken(|plan| plan.steps.retain(|step| step.phase != Phase::Entries));
    assert!(skipped.is_empty(), "{skipped:?}");
    let contradicts = broken(|plan| {
        let mode = plan.steps.iter().position(|step| step.phase == Phase::ApiMode).unwrap();
        let again = Step { id: "api-mode/again".to_owned(), ..plan.steps[mode].clone() };
        plan.steps.push(again);
    });
    assert_eq!(contradicts, [RuleId::StepsContradict]);
    assert!(plan_rules().collect::<Vec<_>>().is_sorted());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_planners_own_plans_keep_all_of_them(snapshot in cluster(), decisions in decisions()) {
        let plan = plan(&snapshot, &decisions);
        prop_assert_eq!(lint_plan(&plan), [], "{:?}", plan.steps);
        prop_assert_eq!(lint_plan(&Plan::parse(&plan.to_json()).unwrap()), []);
    }
}
