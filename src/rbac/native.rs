//! Roles and bindings in the form of `rbac.authorization.k8s.io/v1`, as the API server and kubectl write them.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value, json};

use super::{Binding, BindingKind, PolicyRule, Requirement, Role, RoleRef, Selector, Subject, SubjectKind};

pub(crate) const GROUP: &str = "rbac.authorization.k8s.io";

/// A rule, and the keys of it that nobody reads, each with the one that it is spelled like.
pub(crate) struct NativeRule {
    pub rule: PolicyRule,
    pub unread: Vec<(String, &'static str)>,
}

/// The key that another one is spelled like: in another case, with hyphens, or without its last letter. Keys have one
/// spelling, so what stands there is lost (kubernetes: sigs.k8s.io/json, case-sensitive decoding).
pub(crate) fn spelled_like(key: &str, known: &[&'static str]) -> Option<&'static str> {
    let plain = |key: &str| {
        let letters = key.chars().filter(|c| !matches!(c, '-' | '_' | ' '));
        letters.flat_map(char::to_lowercase).collect::<String>()
    };
    let key = plain(key);
    let is_like = |known: &str| {
        let known = plain(known);
        known == key || known.strip_suffix('s') == Some(key.as_str())
    };
    known.iter().copied().find(|known| is_like(known))
}

impl<'de> Deserialize<'de> for NativeRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = NativeRule;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a rule")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<NativeRule, A::Error> {
                let mut rule = PolicyRule::default();
                let mut unread = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    let list = match key.as_str() {
                        "apiGroups" => &mut rule.api_groups,
                        "resources" => &mut rule.resources,
                        "verbs" => &mut rule.verbs,
                        "resourceNames" => &mut rule.resource_names,
                        "nonResourceURLs" => &mut rule.non_resource_urls,
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                            unread.extend(spelled_like(&key, &RULE_KEYS).map(|meant| (key, meant)));
                            continue;
                        }
                    };
                    // absent, null and empty are the same
                    *list = map.next_value::<Option<Vec<String>>>()?.unwrap_or_default();
                }
                Ok(NativeRule { rule, unread })
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

const RULE_KEYS: [&str; 5] = ["apiGroups", "resources", "verbs", "resourceNames", "nonResourceURLs"];

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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NativeAggregation {
    cluster_role_selectors: Option<Vec<NativeSelector>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NativeSelector {
    match_labels: Option<BTreeMap<String, String>>,
    match_expressions: Option<Vec<NativeRequirement>>,
}

#[derive(Deserialize)]
struct NativeRequirement {
    key: Option<String>,
    operator: Option<String>,
    values: Option<Vec<String>>,
}

impl From<NativeSelector> for Selector {
    fn from(native: NativeSelector) -> Self {
        let NativeSelector { match_labels, match_expressions } = native;
        let requirement = |NativeRequirement { key, operator, values }| Requirement {
            key: key.unwrap_or_default(),
            operator: operator.unwrap_or_default(),
            values: values.unwrap_or_default(),
        };
        Self {
            match_labels: match_labels.unwrap_or_default(),
            match_expressions: match_expressions.into_iter().flatten().map(requirement).collect(),
        }
    }
}

/// Namespace and name, and what the object holds. Labels are kept where they matter.
pub(crate) fn role(
    (namespace, name): (Option<String>, String),
    labels: Option<BTreeMap<String, String>>,
    aggregation: Option<NativeAggregation>,
    rules: Vec<NativeRule>,
) -> Role {
    let is_cluster_role = namespace.is_none();
    let selectors =
        |it: NativeAggregation| it.cluster_role_selectors.into_iter().flatten().map(Selector::from);
    Role {
        namespace,
        name,
        labels: labels.filter(|_| is_cluster_role).unwrap_or_default(),
        aggregation: aggregation.filter(|_| is_cluster_role).map(|it| selectors(it).collect()),
        rules: rules.into_iter().map(|native| native.rule).collect(),
    }
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

pub(crate) fn role_object(role: &Role) -> Value {
    let kind = if role.namespace.is_none() { "ClusterRole" } else { "Role" };
    let Role { namespace, name, labels, aggregation, rules } = role;
    let mut fields = Vec::new();
    if let Some(selectors) = aggregation {
        let selectors: Vec<Value> = selectors.iter().map(write_selector).collect();
        fields.push(("aggregationRule", json!({"clusterRoleSelectors": selectors})));
    }
    let rules: Vec<Value> = rules.iter().map(write_rule).collect();
    fields.push(("rules", rules.into()));
    let mut object = write_object(kind, name, namespace, &fields);
    if !labels.is_empty() {
        object["metadata"]["labels"] = json!(labels);
    }
    object
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

fn write_selector(selector: &Selector) -> Value {
    let Selector { match_labels, match_expressions } = selector;
    let mut fields = Map::new();
    if !match_expressions.is_empty() {
        fields.insert("matchExpressions".to_owned(), json!(match_expressions));
    }
    if !match_labels.is_empty() {
        fields.insert("matchLabels".to_owned(), json!(match_labels));
    }
    fields.into()
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
