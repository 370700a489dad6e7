use std::collections::BTreeSet;

use eksodus::checks::{Check, access};
use eksodus::rbac::{Binding, RoleRef, Subject, SubjectKind};
use pollster::block_on;

use super::fake::{Fake, quickstart, rbac, simulator};

fn check(fake: &Fake) -> Vec<Check> {
    let (snapshot, plan) = quickstart();
    block_on(access(fake, fake, &plan, &rbac(&snapshot), 8))
}

fn of<'c>(checks: &'c [Check], name: &str) -> &'c Check {
    checks.iter().find(|check| check.subject.to_string().ends_with(name)).unwrap()
}

#[test]
fn every_standard_principal_is_checked_once_and_in_order() {
    let checks = check(&Fake::default());
    let (_, plan) = quickstart();
    let standard = plan.targets.iter().filter(|target| target.entry.entry_type.is_standard()).count();
    assert_eq!(checks.len(), standard);
    assert!(checks.is_sorted_by(|a, b| a.subject < b.subject));
    assert!(checks.iter().all(|check| !check.is_failed()));
}

#[test]
fn no_question_is_asked_twice_and_none_with_system_masters() {
    let fake = Fake::default();
    check(&fake);
    let reviews = fake.reviews.borrow();
    let distinct: BTreeSet<_> = reviews.iter().collect();
    assert_eq!(distinct.len(), reviews.len());
    assert!(!reviews.is_empty());
    assert!(reviews.iter().all(|(who, _)| !who.groups.contains("system:masters")));
    assert!(reviews.iter().all(|(who, _)| who.groups.contains("system:authenticated")));
    assert!(reviews.iter().all(|(who, _)| !who.username.contains("{{")), "templates are rendered");
    let mut each: Vec<&str> = reviews.iter().map(|(who, _)| who.username.as_str()).collect();
    each.sort_unstable();
    assert!(each.chunk_by(|a, b| a == b).all(|asked| asked.len() <= 20));
}

#[test]
fn a_session_that_a_binding_names_is_tried_under_its_new_name() {
    let fake = Fake::default();
    check(&fake);
    let reviews = fake.reviews.borrow();
    let alice: Vec<_> = reviews.iter().filter(|(who, _)| who.username == "dev:alice").collect();
    assert!(alice.iter().any(|(_, what)| what.to_string().ends_with("in namespace shop")), "{alice:?}");
}

#[test]
fn a_right_that_the_line_gave_and_the_entry_does_not_is_lost() {
    let lost = ("dev:alice".to_owned(), "get deployments (apps) in namespace shop".to_owned());
    let checks = check(&Fake { not_allowed: [lost.clone()].into(), ..Fake::default() });
    let failed: Vec<&Check> = checks.iter().filter(|check| check.is_failed()).collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    let text = failed[0].to_string();
    for part in [
        "AWSReservedSSO_Developer",
        "get deployments (apps) in namespace shop",
        r#""alice" in"#,
        r#""dev:alice" in"#,
        "roll back",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }

    // whoever could not do it before either has lost nothing
    let never = ("alice".to_owned(), lost.1.clone());
    let checks = check(&Fake { not_allowed: [lost, never].into(), ..Fake::default() });
    assert!(checks.iter().all(|check| !check.is_failed()));
}

#[test]
fn who_may_not_ask_for_others_is_told_so() {
    let fake = Fake { may_not_review: true, ..Fake::default() };
    let checks = check(&fake);
    assert_eq!(fake.reviews.borrow().len(), 1, "one refusal is enough");
    let text = of(&checks, "role/monitoring").to_string();
    assert!(text.contains("could not be checked: create subjectaccessreview: forbidden"), "{text}");
}

#[test]
fn what_no_binding_names_has_nothing_to_lose() {
    let (snapshot, plan) = quickstart();
    let mut rbac = rbac(&snapshot);
    rbac.bindings.clear();
    let fake = Fake::default();
    let checks = block_on(access(&fake, &fake, &plan, &rbac, 8));
    assert!(fake.reviews.borrow().is_empty());
    assert!(of(&checks, "role/monitoring").to_string().contains("nothing to compare"));
}

#[test]
fn large_roles_are_sampled_and_the_sample_is_the_same_each_time() {
    let (snapshot, plan) = quickstart();
    let mut rbac = rbac(&snapshot);
    for n in 0..100 {
        rbac.bindings.push(Binding {
            namespace: Some(format!("team-{n:03}")),
            name: "viewers".to_owned(),
            role_ref: RoleRef { kind: "ClusterRole".to_owned(), name: "viewer".to_owned() },
            subjects: vec![Subject { kind: SubjectKind::Group, name: "viewers".to_owned(), namespace: None }],
        });
    }
    let asked = || {
        let fake = Fake::default();
        block_on(access(&fake, &fake, &plan, &rbac, 8));
        fake.reviews.into_inner()
    };
    let (once, again) = (asked(), asked());
    assert_eq!(once, again);
    let monitoring = once.iter().filter(|(who, _)| who.username.contains("assumed-role/monitoring/"));
    assert_eq!(monitoring.count(), 20);
}

/// The simulator's own authorizer, before and after the bindings of the plan are there.
#[test]
fn the_simulators_rbac_agrees_once_the_bindings_are_carried_over() {
    let (snapshot, plan) = quickstart();
    let cluster = simulator(&snapshot);
    let failed = |checks: Vec<Check>| checks.iter().filter(|check| check.is_failed()).count();
    let before = block_on(access(&cluster, &cluster, &plan, &rbac(&snapshot), 8));
    assert_eq!(failed(before), 1, "the new username is bound to nothing yet");
    for step in &plan.steps {
        if let eksodus::planner::Action::Binding { after: Some(binding), .. } = &step.action {
            block_on(eksodus::kube::KubeApi::create_binding(&cluster, binding)).unwrap();
        }
    }
    let after = block_on(access(&cluster, &cluster, &plan, &rbac(&snapshot), 8));
    assert_eq!(failed(after), 0);
}
