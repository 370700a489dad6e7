//! Roles and bindings in the form of `rbac.authorization.k8s.io/v1`, as the API server and kubectl write them.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Binding, BindingKind, PolicyRule, Role, RoleRef, Subject, SubjectKind};

pub(crate) const GROUP: &str = "rbac.authorization.k8s.io";

/// Absent, null and empty are the same in every list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NativeRule {
    api_groups: Option<Vec<String>>,
    resources: Option<Vec<String>>,
    verbs: Option<Vec<String>>,
    resource_names: Option<Vec<String>>,
    #[serde(rename = "nonResourceURLs")]
    non_resource_urls: Option<Vec<String>>,
}

#[derive(Deserialize)]
pub(crate) struct NativeSubject {
    kind: Option<String>,
    name: Option<String>,
    namespace: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct NativeRoleRef {
    kind: Option<String>,
    name: Option<String>,
}

/// Namespace and name, and what the object holds.
pub(crate) fn binding(
    (namespace, name): (Option<String>, String),
    role_ref: Option<NativeRoleRef>,
    subjects: Vec<NativeSubject>,
) -> Binding {
    let NativeRoleRef { kind, name: role } = role_ref.unwrap_or(NativeRoleRef { kind: None, name: None });
    let subjects = subjects.into_iter().map(|NativeSubject { kind, name, namespace }| Subject {
        kind: SubjectKind::from(kind.unwrap_or_default()),
        name: name.unwrap_or_default(),
        namespace: namespace.filter(|namespace| !namespace.is_empty()),
    });
    Binding {
        namespace,
        name,
        role_ref: RoleRef { kind: kind.unwrap_or_default(), name: role.unwrap_or_default() },
        subjects: subjects.collect(),
    }
}

pub(crate) fn rule(native: NativeRule) -> PolicyRule {
    let NativeRule { api_groups, resources, verbs, resource_names, non_resource_urls } = native;
    PolicyRule {
        api_groups: api_groups.unwrap_or_default(),
        resources: resources.unwrap_or_default(),
        verbs: verbs.unwrap_or_default(),
        resource_names: resource_names.unwrap_or_default(),
        non_resource_urls: non_resource_urls.unwrap_or_default(),
    }
}

pub(crate) fn role_object(role: &Role) -> Value {
    let kind = if role.namespace.is_none() { "ClusterRole" } else { "Role" };
    let rules: Vec<Value> = role.rules.iter().map(write_rule).collect();
    write_object(kind, &role.name, &role.namespace, &[("rules", rules.into())])
}

pub(crate) fn binding_object(binding: &Binding) -> Value {
    let kind = match binding.kind() {
        BindingKind::ClusterRoleBinding => "ClusterRoleBinding",
        BindingKind::RoleBinding => "RoleBinding",
    };
    let RoleRef { kind: role_kind, name } = &binding.role_ref;
    let role_ref = json!({"apiGroup": GROUP, "kind": role_kind, "name": name});
    let subjects: Vec<Value> = binding.subjects.iter().map(write_subject).collect();
    let fields = [("roleRef", role_ref), ("subjects", subjects.into())];
    write_object(kind, &binding.name, &binding.namespace, &fields)
}

fn write_object(kind: &str, name: &str, namespace: &Option<String>, fields: &[(&str, Value)]) -> Value {
    let mut metadata = Map::new();
    metadata.insert("name".to_owned(), name.into());
    if let Some(namespace) = namespace {
        metadata.insert("namespace".to_owned(), namespace.as_str().into());
    }
    let mut object = Map::new();
    object.insert("apiVersion".to_owned(), format!("{GROUP}/v1").into());
    object.insert("kind".to_owned(), kind.into());
    object.insert("metadata".to_owned(), metadata.into());
    object.extend(fields.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    object.into()
}

fn write_rule(rule: &PolicyRule) -> Value {
    let PolicyRule { api_groups, resources, verbs, resource_names, non_resource_urls } = rule;
    let lists = [
        ("apiGroups", api_groups),
        ("nonResourceURLs", non_resource_urls),
        ("resourceNames", resource_names),
        ("resources", resources),
        ("verbs", verbs),
    ];
    let given = lists.into_iter().filter(|(_, list)| !list.is_empty());
    Value::Object(given.map(|(key, list)| (key.to_owned(), json!(list))).collect())
}

fn write_subject(subject: &Subject) -> Value {
    let Subject { kind, name, namespace } = subject;
    let mut fields = Map::new();
    if matches!(kind, SubjectKind::User | SubjectKind::Group) {
        fields.insert("apiGroup".to_owned(), GROUP.into());
    }
    fields.insert("kind".to_owned(), String::from(kind.clone()).into());
    fields.insert("name".to_owned(), name.as_str().into());
    if let Some(namespace) = namespace {
        fields.insert("namespace".to_owned(), namespace.as_str().into());
    }
    fields.into()
}
