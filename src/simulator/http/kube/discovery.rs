//! What kubectl asks first: which resources there are.

use serde_json::{Value, json};

use super::RBAC;
use crate::simulator::Simulator;
use crate::simulator::http::message::Response;

/// Group, plural, kind, namespaced, verbs.
type Resource = (&'static str, &'static str, &'static str, bool, &'static [&'static str]);

const READ: &[&str] = &["get", "list"];

const RESOURCES: [Resource; 11] = [
    ("", "configmaps", "ConfigMap", true, &["create", "delete", "get", "list", "patch", "update"]),
    ("", "namespaces", "Namespace", false, READ),
    ("", "nodes", "Node", false, READ),
    (RBAC, "clusterroles", "ClusterRole", false, READ),
    (RBAC, "roles", "Role", true, READ),
    (RBAC, "clusterrolebindings", "ClusterRoleBinding", false, &["create", "delete", "get", "list"]),
    (RBAC, "rolebindings", "RoleBinding", true, &["create", "delete", "get", "list"]),
    ("coordination.k8s.io", "leases", "Lease", true, &["create", "get", "update"]),
    ("authorization.k8s.io", "subjectaccessreviews", "SubjectAccessReview", false, &["create"]),
    ("authorization.k8s.io", "selfsubjectaccessreviews", "SelfSubjectAccessReview", false, &["create"]),
    ("authentication.k8s.io", "selfsubjectreviews", "SelfSubjectReview", false, &["create"]),
];

/// `None`: the path is none of these.
pub(super) fn respond(simulator: &Simulator, segments: &[&str]) -> Option<Response> {
    let value = match segments {
        ["version"] => version(&simulator.inner.borrow().state.cluster.truth().version),
        ["api"] => json!({"kind": "APIVersions", "versions": ["v1"]}),
        ["apis"] => groups(),
        ["api", "v1"] => resources("")?,
        ["apis", group, "v1"] => resources(group)?,
        ["healthz" | "livez" | "readyz"] => return Some(Response::new(200, "text/plain", "ok")),
        _ => return None,
    };
    Some(Response::json(200, &value))
}

fn version(version: &str) -> Value {
    let (major, minor) = version.split_once('.').unwrap_or((version, ""));
    json!({"major": major, "minor": minor, "gitVersion": format!("v{version}.0-simulated")})
}

fn groups() -> Value {
    let mut names: Vec<&str> = RESOURCES.iter().map(|(group, ..)| *group).collect();
    names.retain(|name| !name.is_empty());
    names.dedup();
    let groups = names.iter().map(|name| {
        let version = json!({"groupVersion": format!("{name}/v1"), "version": "v1"});
        json!({"name": name, "versions": [version], "preferredVersion": version})
    });
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups.collect::<Vec<Value>>()})
}

fn resources(group: &str) -> Option<Value> {
    let of = RESOURCES.iter().filter(|(known, ..)| *known == group);
    let resources: Vec<Value> = of
        .map(|(_, name, kind, namespaced, verbs)| {
            let singular = kind.to_lowercase();
            let short: &[&str] = if *name == "configmaps" { &["cm"] } else { &[] };
            json!({
                "name": name, "singularName": singular, "kind": kind, "namespaced": namespaced, "verbs": verbs,
                "shortNames": short,
            })
        })
        .collect();
    let version = if group.is_empty() { "v1".to_owned() } else { format!("{group}/v1") };
    let list = json!({
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": version,
        "resources": resources,
    });
    (!list["resources"].as_array()?.is_empty()).then_some(list)
}
