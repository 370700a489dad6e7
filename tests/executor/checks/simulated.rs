//! Preflight against the simulator, which judges its own calls by the same denials.

use eksodus::planner::Phase;
use eksodus::preflight::{Extra, Need, Needed, RIGHTS, Right, Task, What, needs_of_plan, preflight};
use eksodus::simulator::{Fault, Operation};
use pollster::block_on;

use super::fake::{quickstart, rbac, simulator};

fn everything() -> (eksodus::snapshot::Snapshot, Vec<Need>) {
    let (snapshot, plan) = quickstart();
    let extra = Extra { lock: true, verify: true, ..Extra::default() };
    let needs = needs_of_plan(&plan, &|_: Phase| true, extra, Some(&rbac(&snapshot))).unwrap();
    (snapshot, needs)
}

#[test]
fn one_denied_action_is_the_one_that_is_named() {
    let (snapshot, needs) = everything();
    let mut tried = 0;
    for need in &needs {
        let Needed::Iam { action, .. } = &need.what else { continue };
        let cluster = simulator(&snapshot);
        cluster.set_faults([Fault::Deny { action: (*action).to_owned() }]);
        let report = block_on(preflight(&cluster, &cluster, &cluster, &cluster, &needs, 4));
        assert!(report.lacks(action), "{action} is denied, and preflight does not see it");
        for missing in report.missing.iter().chain(&report.lacking) {
            assert!(missing.to_string().contains(action), "{action} is denied, and preflight says {missing}");
        }
        tried += 1;
    }
    assert!(tried >= 15, "{tried}");
}

/// The table knows every call to AWS that a migration makes; asking who one is needs no right.
#[test]
fn the_table_has_every_action_of_the_simulator() {
    let known = |right: &Right, name: &str| matches!(right.what, What::Iam { action, .. } if action == name);
    for operation in Operation::ALL {
        let name = operation.as_str();
        // the simulator answers other clients too
        let is_others = matches!(
            name,
            "sts:GetCallerIdentity" | "iam:GetUser" | "eks:ListTagsForResource" | "eks:UntagResource"
        );
        if name.starts_with("kube:") || is_others {
            continue;
        }
        assert!(RIGHTS.iter().any(|right| known(right, name)), "{name}");
    }
}

#[test]
fn one_denied_right_in_kubernetes_is_the_one_that_is_named() {
    let (snapshot, needs) = everything();
    for (operation, says) in [
        ("kube:GetAwsAuth", "get configmaps aws-auth in namespace kube-system"),
        ("kube:ReplaceAwsAuth", "update configmaps aws-auth in namespace kube-system"),
        ("kube:ListRbac", "list "),
        ("kube:CreateBinding", "create rolebindings"),
        ("kube:ListNodes", "list nodes"),
        ("kube:SubjectAccessReview", "create subjectaccessreviews"),
    ] {
        let cluster = simulator(&snapshot);
        cluster.set_faults([Fault::Deny { action: operation.to_owned() }]);
        let report = block_on(preflight(&cluster, &cluster, &cluster, &cluster, &needs, 4));
        assert!(!report.missing.is_empty(), "{operation}");
        for missing in &report.missing {
            assert!(missing.to_string().contains(says), "{operation}: {missing}");
        }
    }
}

/// Nothing of the table is for nobody.
#[test]
fn every_right_has_a_task() {
    assert!(RIGHTS.iter().all(|right| !right.tasks.is_empty() && !right.why.is_empty()));
    let of = |task: Task| RIGHTS.iter().filter(|right| right.tasks.contains(&task)).count();
    assert_eq!(of(Task::Lock), 3);
}
