//! Values of the simulator as Kubernetes objects, and back.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::kube::Node;
use crate::model::ConfigMap;
use crate::rbac::{Binding, Role, RoleRef, Subject, SubjectKind};

const RBAC: &str = "rbac.authorization.k8s.io";

/// Made of the names, for objects that have none of their own.
pub fn uid(kind: &str, namespace: Option<&str>, name: &str) -> String {
    let digits = blake3::hash(format!("{kind}/{}/{name}", namespace.unwrap_or_default()).as_bytes()).to_hex();
    let part = |range: std::ops::Range<usize>| &digits[range];
    format!("{}-{}-4{}-8{}-{}", part(0..8), part(8..12), part(13..16), part(17..20), part(20..32))
}

fn metadata(kind: &str, namespace: Option<&str>, name: &str) -> Value {
    let mut metadata = json!({"name": name, "uid": uid(kind, namespace, name), "resourceVersion": "1"});
    if let Some(namespace) = namespace {
        metadata["namespace"] = json!(namespace);
    }
    metadata
}

pub fn config_map(map: &ConfigMap) -> Value {
    let ConfigMap { data, binary_data, immutable, metadata, resource_version } = map;
    let mut metadata = metadata.clone();
    for (key, value) in [("name", "aws-auth"), ("namespace", "kube-system")] {
        metadata.entry(key).or_insert_with(|| json!(value));
    }
    metadata.entry("uid").or_insert_with(|| json!(uid("ConfigMap", Some("kube-system"), "aws-auth")));
    metadata.insert("resourceVersion".to_owned(), json!(resource_version));
    let mut object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata});
    if !data.is_empty() {
        object["data"] = json!(data);
    }
    if !binary_data.is_empty() {
        object["binaryData"] = json!(binary_data);
    }
    if let Some(immutable) = immutable {
        object["immutable"] = json!(immutable);
    }
    object
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NativeConfigMap {
    metadata: Option<Map<String, Value>>,
    data: Option<BTreeMap<String, String>>,
    binary_data: Option<BTreeMap<String, String>>,
    immutable: Option<bool>,
}

/// `None`: it is no ConfigMap.
pub fn read_config_map(object: &Value) -> Option<ConfigMap> {
    let NativeConfigMap { metadata, data, binary_data, immutable } =
        NativeConfigMap::deserialize(object).ok()?;
    let mut metadata = metadata.unwrap_or_default();
    let resource_version = match metadata.remove("resourceVersion") {
        Some(Value::String(version)) => version,
        _ => String::new(),
    };
    Some(ConfigMap {
        data: data.unwrap_or_default(),
        binary_data: binary_data.unwrap_or_default(),
        immutable,
        metadata,
        resource_version,
    })
}

pub fn namespace(name: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": metadata("Namespace", None, name),
        "spec": {"finalizers": ["kubernetes"]},
        "status": {"phase": "Active"},
    })
}

pub fn node(Node { name, ready, nodegroup, fargate_profile }: &Node) -> Value {
    let mut labels = BTreeMap::from([("kubernetes.io/hostname", name)]);
    labels.extend(nodegroup.as_ref().map(|group| ("eks.amazonaws.com/nodegroup", group)));
    labels.extend(fargate_profile.as_ref().map(|profile| ("eks.amazonaws.com/fargate-profile", profile)));
    let mut metadata = metadata("Node", None, name);
    metadata["labels"] = json!(labels);
    let status = if *ready { "True" } else { "Unknown" };
    let reason = if *ready { "KubeletReady" } else { "NodeStatusUnknown" };
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": metadata,
        "spec": {},
        "status": {"conditions": [{"type": "Ready", "status": status, "reason": reason}]},
    })
}

pub fn role(Role { namespace, name, labels, aggregation, rules }: &Role) -> Value {
    let kind = if namespace.is_some() { "Role" } else { "ClusterRole" };
    let mut object = json!({
        "apiVersion": format!("{RBAC}/v1"),
        "kind": kind,
        "metadata": metadata(kind, namespace.as_deref(), name),
        "rules": rules,
    });
    if !labels.is_empty() {
        object["metadata"]["labels"] = json!(labels);
    }
    if let Some(selectors) = aggregation {
        object["aggregationRule"] = json!({"clusterRoleSelectors": selectors});
    }
    object
}

pub fn binding(Binding { namespace, name, role_ref, subjects }: &Binding) -> Value {
    let kind = if namespace.is_some() { "RoleBinding" } else { "ClusterRoleBinding" };
    let subjects = subjects.iter().map(|Subject { kind, name, namespace }| {
        let mut subject = json!({"kind": String::from(kind.clone()), "name": name});
        if *kind != SubjectKind::ServiceAccount {
            subject["apiGroup"] = json!(RBAC);
        }
        if let Some(namespace) = namespace {
            subject["namespace"] = json!(namespace);
        }
        subject
    });
    json!({
        "apiVersion": format!("{RBAC}/v1"),
        "kind": kind,
        "metadata": metadata(kind, namespace.as_deref(), name),
        "roleRef": {"apiGroup": RBAC, "kind": role_ref.kind, "name": role_ref.name},
        "subjects": subjects.collect::<Vec<Value>>(),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NativeBinding {
    metadata: Named,
    role_ref: RoleRef,
    #[serde(default)]
    subjects: Option<Vec<Subject>>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// In the namespace of the path. `None`: it is no binding.
pub fn read_binding(object: &[u8], namespace: Option<&str>) -> Option<Binding> {
    let NativeBinding { metadata: Named { name }, role_ref, subjects } =
        serde_json::from_slice(object).ok()?;
    let namespace = namespace.map(str::to_owned);
    Some(Binding { namespace, name, role_ref, subjects: subjects.unwrap_or_default() })
}
