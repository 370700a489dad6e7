//! Pulumi, as a project in YAML: `aws:eks:AccessEntry` and `aws:eks:AccessPolicyAssociation`.

use super::provider;
use super::scope;
use super::terraform::{association_id, entry_id};
use crate::export::error::{Unsayable, say_all};
use crate::export::handover::{Entry, Handover};
use crate::export::value::Value;
use crate::export::{Association, ExportError, custom_username, tag_map, yaml};
use crate::model::{AccessEntry, AccessScope, ClusterId, PolicyArn, PrincipalArn};

/// A `Pulumi.yaml`. What is there is imported with the first `pulumi up`, and nothing is deleted with the stack.
///
/// # Errors
/// When it is not known which cluster it is, or Pulumi cannot say a value.
pub fn pulumi(handover: &Handover) -> Result<String, ExportError> {
    let cluster = handover.cluster()?;
    say_all("Pulumi", handover.entries.iter().flat_map(|it| unsayable(&it.entry)).collect())?;
    let entries = handover.entries.iter().flat_map(|entry| resources(cluster, entry));
    let associations = handover.associations.iter().map(|it| {
        let Association { key, principal, policy, scope } = it;
        association(cluster, key, (principal, principal.to_string()), policy, scope, true)
    });
    let resources = Value::fields(entries.chain(associations));
    let has_dollars = resources.all_texts().iter().any(|text| text.contains(DOLLAR));
    let variables = has_dollars.then(|| Value::fields([(DOLLAR_NAME, Value::text("$"))]));
    let project = [
        Some(("name", Value::text(format!("{}-access-entries", cluster.name)))),
        Some(("runtime", Value::text("yaml"))),
        Some(("description", Value::text(super::cloudformation::description(cluster)))),
        Some((
            "config",
            Value::fields([("aws:region", Value::fields([("value", Value::text(&cluster.region))]))]),
        )),
        variables.map(|it| ("variables", it)),
        Some(("resources", resources)),
    ];
    let project = yaml::document(&Value::fields(project.into_iter().flatten()));
    Ok(handover.comments("#", true) + &project)
}

fn resources(cluster: &ClusterId, entry: &Entry) -> Vec<(String, Value)> {
    let Entry { key, entry, exists, .. } = entry;
    let AccessEntry { principal, entry_type, username: _, groups, policies, tags } = entry;
    let properties = [
        Some(("clusterName", Value::text(&cluster.name))),
        Some(("principalArn", Value::text(principal))),
        Some(("type", Value::text(entry_type))),
        custom_username(entry).map(|name| ("userName", Value::text(name))),
        (!groups.is_empty()).then(|| ("kubernetesGroups", Value::texts(groups))),
        (!tags.is_empty()).then(|| ("tags", tag_map(tags))),
    ];
    let properties = literal(Value::fields(properties.into_iter().flatten()));
    let id = exists.then(|| entry_id(cluster, entry));
    let mut made = vec![(key.clone(), resource("aws:eks:AccessEntry", properties, id))];
    // a reference, so that the entry comes first
    let reference = format!("${{{key}.principalArn}}");
    made.extend(policies.iter().map(|(policy, scope)| {
        association(cluster, key, (principal, reference.clone()), policy, scope, *exists)
    }));
    made
}

/// With the principal goes how its ARN is said.
fn association(
    cluster: &ClusterId,
    key: &str,
    (principal, said): (&PrincipalArn, String),
    policy: &PolicyArn,
    scope: &AccessScope,
    exists: bool,
) -> (String, Value) {
    let (kind, namespaces) = scope::parts(scope);
    let scope = [("type", Value::text(kind))];
    let scope = scope.into_iter().chain(namespaces.map(|names| ("namespaces", Value::texts(names))));
    let properties = Value::fields([
        ("clusterName", Value::text(&cluster.name)),
        ("principalArn", Value::Text(said)),
        ("policyArn", Value::text(policy)),
        ("accessScope", literal(Value::fields(scope))),
    ]);
    let id = exists.then(|| association_id(cluster, principal, policy));
    // entries are resources of the same map, and none begins so
    let name = format!("policy_{key}_{}", policy.name());
    (name, resource("aws:eks:AccessPolicyAssociation", properties, id))
}

fn resource(kind: &str, properties: Value, import: Option<String>) -> Value {
    let import = import.map(|id| ("import", Value::Text(id)));
    let options = import.into_iter().chain([("retainOnDelete", Value::Flag(true))]);
    Value::fields([
        ("type", Value::text(kind)),
        ("properties", properties),
        ("options", Value::fields(options)),
    ])
}

/// No resource is called so: each begins with what it is.
const DOLLAR_NAME: &str = "dollar__sign";
const DOLLAR: &str = "${dollar__sign}";

/// A text of which Pulumi makes this one. `$$` would be `$` beside an interpolation, and `$$` without one, in some versions
/// (pulumi-yaml, `ast/interpolation.go` and `ParseExpr`), so that a sign that could begin something is a variable. Keys are
/// texts as well.
fn escaped(text: String) -> String {
    let mut written = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '$' if matches!(chars.peek(), Some('$' | '{')) => written.push_str(DOLLAR),
            c => written.push(c),
        }
    }
    written
}

fn literal(value: Value) -> Value {
    match value {
        Value::Text(text) => Value::Text(escaped(text)),
        Value::Flag(flag) => Value::Flag(flag),
        Value::List(items) => Value::List(items.into_iter().map(literal).collect()),
        Value::Fields(fields) => {
            Value::fields(fields.into_iter().map(|(key, value)| (escaped(key), literal(value))))
        }
    }
}

/// An object with such a key is a call of a function (pulumi-yaml, `ast/expr.go`), and there is no escape. The provider is
/// Terraform's.
fn unsayable(entry: &AccessEntry) -> Vec<Unsayable> {
    let is_call = |key: &&String| key.to_ascii_lowercase().starts_with("fn::");
    let calls = entry.tags.keys().filter(is_call);
    let calls = calls.map(|key| {
        Unsayable::of(&entry.principal, format!("tag {key:?}, which is the call of a function to it"))
    });
    calls.chain(provider::unsayable(entry)).collect()
}
