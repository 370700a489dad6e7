//! The naive authorizer against the answers of Kubernetes' own, for every case of the conformance suite.

use std::collections::BTreeSet;

use eksodus::model::Associations;
use eksodus::parity::Identity;
use eksodus::parity::exhaustive::{Classes, Side, allowed};
use eksodus::rbac::{Attributes, Rbac, UserInfo};

use crate::rbac::conformance::{Bootstrap, BootstrapCase, Case, bootstrap, cases};

/// The groups as they are written: the suite asks the authorizer alone, before which nobody adds any.
fn identity(user: UserInfo) -> Identity {
    Identity { user, policies: Associations::new() }
}

#[test]
fn every_decision_is_that_of_kubernetes() {
    let (mut compared, mut given) = (0, 0);
    for Case { name, objects, user, requests, expected, .. } in &cases() {
        let (rbac, identity) = (objects.rbac(), identity(user.info()));
        let wanted = expected.allowed_union.as_ref().unwrap_or(&expected.allowed);
        assert_eq!(requests.len(), wanted.len(), "{name}");
        for (request, wanted) in requests.iter().zip(wanted) {
            let request = request.attributes();
            assert_eq!(allowed(Some(&identity), &rbac, &request), *wanted, "{name}: {request}");
            assert!(!allowed(None, &rbac, &request), "{name}: {request}");
            compared += 1;
            given += usize::from(*wanted);
        }
    }
    assert!(compared > 5_000 && given > 1_000, "{compared}, {given} of them allowed");
}

/// What masters have by RBAC as well, where no binding is to their group.
#[test]
fn without_masters_every_decision_is_that_of_rbac_alone() {
    let mut compared = 0;
    for Case { name, objects, user, requests, expected, .. } in &cases() {
        let Some(_) = expected.allowed_union else { continue };
        let mut user = user.info();
        assert!(user.groups.remove("system:masters"), "{name}");
        let bindings = objects.rbac();
        let names_masters = bindings
            .bindings
            .iter()
            .any(|binding| binding.subjects.iter().any(|subject| subject.name == "system:masters"));
        if names_masters {
            continue;
        }
        for (request, wanted) in requests.iter().zip(&expected.allowed) {
            let request = request.attributes();
            assert_eq!(
                allowed(Some(&identity(user.clone())), &bindings, &request),
                *wanted,
                "{name}: {request}"
            );
            compared += 1;
        }
    }
    assert!(compared > 0);
}

#[test]
fn the_default_roles_give_what_they_give_in_kubernetes() {
    let text = include_str!("../../../../fixtures/vectors/rbac-bootstrap.json");
    let Bootstrap { requests, cases, .. } = serde_json::from_str(text).unwrap();
    let base = bootstrap().rbac();
    for BootstrapCase { name, user, extra, allowed: alone, allowed_union } in &cases {
        let extra = extra.rbac();
        let rbac = Rbac {
            roles: base.roles.iter().chain(&extra.roles).cloned().collect(),
            bindings: base.bindings.iter().chain(&extra.bindings).cloned().collect(),
        };
        let identity = identity(user.info());
        for (request, wanted) in requests.iter().zip(allowed_union.as_ref().unwrap_or(alone)) {
            let request = request.attributes();
            assert_eq!(allowed(Some(&identity), &rbac, &request), *wanted, "{name}: {request}");
        }
    }
}

/// Kubernetes answers each request as it answers the one that is asked in its place: no string of the suite is special.
#[test]
fn every_request_of_the_suite_is_answered_as_the_one_of_its_class() {
    let mut moved = 0;
    for Case { name, objects, user, requests, .. } in &cases() {
        let (rbac, identity) = (objects.rbac(), identity(user.info()));
        let nobody = Side { identity: None, rbac: &rbac };
        let classes = Classes::of(Side { identity: Some(&identity), rbac: &rbac }, nobody);
        let listed: BTreeSet<_> = match classes.count() {
            0..20_000 => classes.requests().map(|request| request.attributes()).collect(),
            _ => BTreeSet::new(),
        };
        for request in requests {
            let request = request.attributes();
            let has_slash = match &request {
                Attributes::Resource { resource, subresource, .. } => {
                    [Some(resource), subresource.as_ref()].into_iter().flatten().any(|it| it.contains('/'))
                }
                Attributes::NonResource { .. } => false,
            };
            if has_slash {
                continue;
            }
            let class = classes.class_of(&request);
            assert!(listed.is_empty() || listed.contains(&class), "{name}: {request} as {class}");
            let [itself, for_it] = [&request, &class].map(|it| allowed(Some(&identity), &rbac, it));
            assert_eq!(itself, for_it, "{name}: {request} as {class}");
            moved += usize::from(class != request);
        }
    }
    assert!(moved > 1_000, "{moved}");
}
