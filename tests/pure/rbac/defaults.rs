//! The roles and bindings of a new cluster, against what its API server makes.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be read fails the test")]

use std::collections::BTreeMap;

use eksodus::rbac::{DEFAULTS_OF, PolicyRule, Rbac, Role, aggregate, default_rbac};
use serde_json::Value;

use super::conformance::{binding, list, role, text};

fn fixture() -> Value {
    serde_json::from_str(include_str!("../../../fixtures/data/bootstrap-clusterroles.json")).unwrap()
}

fn computed(file: &Value) -> BTreeMap<String, Vec<PolicyRule>> {
    serde_json::from_value(file["aggregatedRules"].clone()).unwrap()
}

fn namespace(object: &Value) -> Option<String> {
    object["metadata"]["namespace"].as_str().map(str::to_owned)
}

#[test]
fn they_are_those_of_the_api_server() {
    let file = fixture();
    assert_eq!(text(&file["kubernetesVersion"]), format!("v{DEFAULTS_OF}"));
    let all = |names: [&str; 3]| -> Vec<Value> {
        names.iter().flat_map(|name| list(&file[*name])).cloned().collect()
    };
    let filled = computed(&file);
    let mut expected = Rbac::default();
    for object in all(["clusterRoles", "controllerClusterRoles", "roles"]) {
        let mut role = role(&object, namespace(&object));
        if role.namespace.is_some() {
            role.labels.clear();
        } else if let Some(rules) = filled.get(&role.name) {
            role.rules = rules.clone();
        }
        expected.roles.push(role);
    }
    for object in all(["clusterRoleBindings", "controllerClusterRoleBindings", "roleBindings"]) {
        expected.bindings.push(binding(&object, namespace(&object)));
    }
    expected.roles.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    expected.bindings.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    assert_eq!((expected.roles.len(), expected.bindings.len()), (75, 56));
    assert_eq!(*default_rbac(), expected);
}

#[test]
fn a_role_that_extends_a_default_one_is_found_in_all_three() {
    let mut roles: Vec<Role> = default_rbac().roles.clone();
    for role in roles.iter_mut().filter(|role| role.aggregation.is_some()) {
        role.rules.clear();
    }
    assert_eq!(aggregate(&roles), computed(&fixture()));
    let label = "rbac.authorization.k8s.io/aggregate-to-view".to_owned();
    let widgets = PolicyRule { resources: vec!["widgets".to_owned()], ..PolicyRule::every_resource() };
    roles.push(Role {
        name: "widgets-view".to_owned(),
        labels: BTreeMap::from([(label, "true".to_owned())]),
        rules: vec![widgets.clone()],
        ..Role::default()
    });
    let extended = aggregate(&roles);
    for name in ["view", "edit", "admin"] {
        assert!(extended[name].contains(&widgets), "{name}");
    }
}
