//! ACK, the AWS Controllers for Kubernetes: one `AccessEntry` of `eks.services.k8s.aws/v1alpha1` for each entry.

use serde_json::json;

use super::spelling::{Spelling, TagShape};
use crate::export::handover::Handover;
use crate::export::names::object_name;
use crate::export::value::Value;
use crate::export::{ExportError, yaml};

const SPELLING: Spelling = Spelling {
    principal: "principalARN",
    entry_type: "type",
    username: "username",
    groups: "kubernetesGroups",
    policies: "accessPolicies",
    policy: "policyARN",
    scope: "accessScope",
    scope_type: "type",
    namespaces: "namespaces",
    tags: "tags",
    tag_shape: TagShape::Map,
};

/// Documents for `kubectl apply -f` where the controller of EKS runs. It adopts an entry that is there, and makes one that is
/// not (ACK, "Resource Adoption"); an object that is deleted leaves its entry.
///
/// # Errors
/// When it is not known which cluster it is.
pub fn ack(handover: &Handover) -> Result<String, ExportError> {
    let cluster = handover.cluster()?;
    let objects = handover.entries.iter().map(|entry| {
        let found_by = json!({"clusterName": cluster.name, "principalARN": entry.entry.principal.as_str()});
        let annotations = [
            ("services.k8s.aws/region", Value::text(&cluster.region)),
            ("services.k8s.aws/adoption-policy", Value::text("adopt-or-create")),
            ("services.k8s.aws/adoption-fields", Value::text(found_by)),
            ("services.k8s.aws/deletion-policy", Value::text("retain")),
        ];
        let metadata = [
            ("name", Value::Text(object_name(cluster, &entry.entry.principal))),
            ("annotations", Value::fields(annotations)),
        ];
        let of_cluster = [("clusterName".to_owned(), Value::text(&cluster.name))];
        let spec = of_cluster.into_iter().chain(SPELLING.fields_of(&entry.entry));
        Value::fields([
            ("apiVersion", Value::text("eks.services.k8s.aws/v1alpha1")),
            ("kind", Value::text("AccessEntry")),
            ("metadata", Value::fields(metadata)),
            ("spec", Value::fields(spec)),
        ])
    });
    let objects: Vec<Value> = objects.collect();
    Ok(yaml::documents(&handover.comments("#", true), &objects))
}
