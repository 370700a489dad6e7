//! Crossplane, by Upbound's provider for EKS: `AccessEntry` and `AccessPolicyAssociation`, cluster-scoped.

use super::error::say_all;
use super::handover::{Entry, Handover};
use super::kubernetes::object_name;
use super::normal::not_normal;
use super::terraform::{association_id, entry_id};
use super::value::Value;
use super::{ExportError, custom_username, scope, tag_map, yaml};
use crate::model::{AccessEntry, ClusterId};

/// Documents for `kubectl apply -f` where the provider runs. What is there is found by its external name; an object that is
/// deleted leaves it.
///
/// # Errors
/// When it is not known which cluster it is, or the provider, which is Terraform's, cannot say a value.
pub fn crossplane(handover: &Handover) -> Result<String, ExportError> {
    let cluster = handover.cluster()?;
    say_all("Crossplane", handover.entries.iter().flat_map(|it| not_normal(&it.entry)).collect())?;
    let objects = handover.entries.iter().flat_map(|entry| objects(cluster, entry));
    Ok(objects.map(|object| format!("---\n{}", yaml::document(&object))).collect())
}

fn objects(cluster: &ClusterId, entry: &Entry) -> Vec<Value> {
    let name = object_name(cluster, entry);
    let AccessEntry { principal, entry_type, username: _, groups, policies, tags } = &entry.entry;
    let common = || {
        vec![
            ("region", Value::text(&cluster.region)),
            ("clusterName", Value::text(&cluster.name)),
            ("principalArn", Value::text(principal)),
        ]
    };
    let more = [
        Some(("type", Value::text(entry_type))),
        custom_username(&entry.entry).map(|name| ("userName", Value::text(name))),
        (!groups.is_empty()).then(|| ("kubernetesGroups", Value::texts(groups))),
        (!tags.is_empty()).then(|| ("tags", tag_map(tags))),
    ];
    let of_entry = common().into_iter().chain(more.into_iter().flatten());
    let mut objects = vec![object("AccessEntry", &name, entry_id(cluster, &entry.entry), of_entry)];
    for (policy, scope) in policies {
        let (kind, namespaces) = scope::parts(scope);
        let scope = [("type", Value::text(kind))];
        let scope = scope.into_iter().chain(namespaces.map(|names| ("namespaces", Value::texts(names))));
        let more = [("policyArn", Value::text(policy)), ("accessScope", Value::fields(scope))];
        let name = format!("{name}-{}", policy.name().to_ascii_lowercase());
        let id = association_id(cluster, &entry.entry, policy);
        objects.push(object("AccessPolicyAssociation", &name, id, common().into_iter().chain(more)));
    }
    objects
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
