use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::document::Document;
use super::kubernetes::{Object, objects, write_list};
use crate::rbac::{Binding, BindingKind, PolicyRule, Rbac, Role, RoleRef, Subject, SubjectKind};
use crate::reader::Misread;

const GROUP: &str = "rbac.authorization.k8s.io";

/// `kubectl get clusterroles,clusterrolebindings,roles,rolebindings -A -o yaml`
pub(super) const RBAC: Document<Rbac> = Document { file: "rbac.yaml", read, write };

/// Absent, null and empty are the same in every list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NativeRule {
    api_groups: Option<Vec<String>>,
    resources: Option<Vec<String>>,
    verbs: Option<Vec<String>>,
    resource_names: Option<Vec<String>>,
    #[serde(rename = "nonResourceURLs")]
    non_resource_urls: Option<Vec<String>>,
}

#[derive(Deserialize)]
pub(super) struct NativeSubject {
    kind: Option<String>,
    name: Option<String>,
    namespace: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct NativeRoleRef {
    kind: Option<String>,
    name: Option<String>,
}

fn read(text: &str) -> Result<Rbac, Misread> {
    let mut roles = BTreeMap::new();
    let mut bindings = BTreeMap::new();
    for object in objects(text)? {
        // other groups have kinds called Role, too
        let group = object.api_version.split('/').next().unwrap_or_default();
        if !group.is_empty() && group != GROUP {
            continue;
        }
        let namespaced = match object.kind.as_str() {
            "ClusterRole" | "ClusterRoleBinding" => false,
            "Role" | "RoleBinding" => true,
            _ => continue,
        };
        if namespaced && object.namespace.is_none() {
            let what = format!("{} {} lacks its namespace", object.kind, object.name);
            return Err(Misread::at(what, object.location));
        }
        let Object { location, kind, name, namespace, rules, subjects, role_ref, api_version: _ } = object;
        let key = (namespace.filter(|_| namespaced), name);
        let twice = if kind.ends_with("Binding") {
            bindings.insert(key.clone(), binding(key.clone(), role_ref, subjects)).is_some()
        } else {
            let (namespace, name) = key.clone();
            let rules = rules.into_iter().map(rule).collect();
            roles.insert(key.clone(), Role { namespace, name, rules }).is_some()
        };
        if twice {
            return Err(Misread::at(format!("{kind} {} is there twice", key.1), location));
        }
    }
    Ok(Rbac { roles: roles.into_values().collect(), bindings: bindings.into_values().collect() })
}

fn binding(
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

fn rule(native: NativeRule) -> PolicyRule {
    let NativeRule { api_groups, resources, verbs, resource_names, non_resource_urls } = native;
    PolicyRule {
        api_groups: api_groups.unwrap_or_default(),
        resources: resources.unwrap_or_default(),
        verbs: verbs.unwrap_or_default(),
        resource_names: resource_names.unwrap_or_default(),
        non_resource_urls: non_resource_urls.unwrap_or_default(),
    }
}

/// In the order of the kinds that `kubectl` was asked for, and by namespace and name within each.
fn write(rbac: &Rbac) -> String {
    let Rbac { roles, bindings } = rbac;
    let mut items = Vec::new();
    for role in roles {
        let kind = if role.namespace.is_none() { "ClusterRole" } else { "Role" };
        let rules: Vec<Value> = role.rules.iter().map(write_rule).collect();
        let value = write_object(kind, &role.name, &role.namespace, &[("rules", rules.into())]);
        items.push(((role.namespace.is_some(), false, &role.namespace, &role.name), value));
    }
    for binding in bindings {
        let kind = match binding.kind() {
            BindingKind::ClusterRoleBinding => "ClusterRoleBinding",
            BindingKind::RoleBinding => "RoleBinding",
        };
        let RoleRef { kind: role_kind, name } = &binding.role_ref;
        let role_ref = json!({"apiGroup": GROUP, "kind": role_kind, "name": name});
        let subjects: Vec<Value> = binding.subjects.iter().map(write_subject).collect();
        let fields = [("roleRef", role_ref), ("subjects", subjects.into())];
        let value = write_object(kind, &binding.name, &binding.namespace, &fields);
        items.push(((binding.namespace.is_some(), true, &binding.namespace, &binding.name), value));
    }
    items.sort_by_key(|(key, _)| *key);
    write_list(items.into_iter().map(|(_, value)| value).collect())
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
