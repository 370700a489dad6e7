//! Crossplane, by Upbound's provider for EKS: `AccessEntry` and `AccessPolicyAssociation`, cluster-scoped.

use super::provider::unsayable;
use super::scope;
use super::terraform::{association_id, entry_id};
use crate::export::error::say_all;
use crate::export::handover::{Entry, Handover};
use crate::export::names::object_name;
use crate::export::value::Value;
use crate::export::{Association, ExportError, custom_username, tag_map, yaml};
use crate::model::{AccessEntry, AccessScope, ClusterId, PolicyArn, PrincipalArn};

/// Documents for `kubectl apply -f` where the provider runs. What is there is found by its external name; an object that is
/// deleted leaves it.
///
/// # Errors
/// When it is not known which cluster it is, or the provider, which is Terraform's, cannot say a value.
pub fn crossplane(handover: &Handover) -> Result<String, ExportError> {
    let cluster = handover.cluster()?;
    say_all("Crossplane", handover.entries.iter().flat_map(|it| unsayable(&it.entry)).collect())?;
    let entries = handover.entries.iter().flat_map(|entry| objects(cluster, entry));
    let associations = handover.associations.iter().map(|it| {
        let Association { key: _, principal, policy, scope } = it;
        association(cluster, principal, policy, scope)
    });
    let objects: Vec<Value> = entries.chain(associations).collect();
    Ok(yaml::documents(&handover.comments("#", true), &objects))
}

fn objects(cluster: &ClusterId, entry: &Entry) -> Vec<Value> {
    let AccessEntry { principal, entry_type, username: _, groups, policies, tags } = &entry.entry;
    let more = [
        Some(("type", Value::text(entry_type))),
        custom_username(&entry.entry).map(|name| ("userName", Value::text(name))),
        (!groups.is_empty()).then(|| ("kubernetesGroups", Value::texts(groups))),
        (!tags.is_empty()).then(|| ("tags", tag_map(tags))),
    ];
    let of_entry = common(cluster, principal).into_iter().chain(more.into_iter().flatten());
    let name = object_name(cluster, principal);
    let made = object("AccessEntry", &name, entry_id(cluster, &entry.entry), of_entry);
    let associations = policies.iter().map(|(policy, scope)| association(cluster, principal, policy, scope));
    [made].into_iter().chain(associations).collect()
}

fn common(cluster: &ClusterId, principal: &PrincipalArn) -> [(&'static str, Value); 3] {
    [
        ("region", Value::text(&cluster.region)),
        ("clusterName", Value::text(&cluster.name)),
        ("principalArn", Value::text(principal)),
    ]
}

fn association(
    cluster: &ClusterId,
    principal: &PrincipalArn,
    policy: &PolicyArn,
    scope: &AccessScope,
) -> Value {
    let (kind, namespaces) = scope::parts(scope);
    let scope = [("type", Value::text(kind))];
    let scope = scope.into_iter().chain(namespaces.map(|names| ("namespaces", Value::texts(names))));
    let more = [("policyArn", Value::text(policy)), ("accessScope", Value::fields(scope))];
    let name = format!("{}.{}", object_name(cluster, principal), policy.name().to_ascii_lowercase());
    let id = association_id(cluster, principal, policy);
    let parameters = common(cluster, principal).into_iter().chain(more);
    object("AccessPolicyAssociation", &name, id, parameters)
}

fn object(
    kind: &str,
    name: &str,
    external_name: String,
    parameters: impl Iterator<Item = (&'static str, Value)>,
) -> Value {
    let annotations = [("crossplane.io/external-name", Value::Text(external_name))];
    let metadata = [("name", Value::text(name)), ("annotations", Value::fields(annotations))];
    let spec = [("deletionPolicy", Value::text("Orphan")), ("forProvider", Value::fields(parameters))];
    Value::fields([
        ("apiVersion", Value::text("eks.aws.upbound.io/v1beta1")),
        ("kind", Value::text(kind)),
        ("metadata", Value::fields(metadata)),
        ("spec", Value::fields(spec)),
    ])
}
