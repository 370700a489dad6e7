//! "Aggregated discovery": all versions of all groups in one answer, for who accepts it (Kubernetes API concepts).

use serde_json::{Value, json};

use super::discovery::names;
use crate::rbac::served::ApiResource;
use crate::simulator::http::message::Response;

/// Each with the version of Kubernetes that has it first.
const FORMS: [(u32, &str, &str); 2] = [
    (30, "apidiscovery.k8s.io/v2", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"),
    (
        27,
        "apidiscovery.k8s.io/v2beta1",
        "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList",
    ),
];

/// `None`: the client does not accept it, or an API server of this version does not know it. The resources are sorted.
pub(super) fn respond(accept: &str, version: &str, served: &[ApiResource]) -> Option<Response> {
    let minor: u32 = version.split_once('.')?.1.parse().ok()?;
    let accepts = |form: &str| accept.split(',').any(|it| it.trim() == form);
    let (_, api_version, form) =
        FORMS.into_iter().find(|(since, _, form)| minor >= *since && accepts(form))?;
    let items: Vec<Value> = served.chunk_by(|a, b| a.group == b.group).map(group).collect();
    let list =
        json!({"kind": "APIGroupDiscoveryList", "apiVersion": api_version, "metadata": {}, "items": items});
    Some(Response::new(200, form, list.to_string()))
}

fn group(served: &[ApiResource]) -> Value {
    let version = |served: &[ApiResource]| {
        let resources: Vec<Value> =
            served.chunk_by(|a, b| a.resource == b.resource).filter_map(resource).collect();
        let version = served.first().map(|it| it.version.as_str());
        json!({"version": version, "freshness": "Current", "resources": resources})
    };
    let versions: Vec<Value> = served.chunk_by(|a, b| a.version == b.version).map(version).collect();
    json!({"metadata": {"name": served.first().map(|it| it.group.as_str())}, "versions": versions})
}

/// One that has subresources alone is without verbs.
fn resource(served: &[ApiResource]) -> Option<Value> {
    let first = served.first()?;
    let (kind, singular, short) = names(&first.group, &first.resource);
    let kind = json!({"group": "", "version": "", "kind": kind});
    let own = served.iter().find(|it| it.subresource.is_none());
    let subresources = served.iter().filter(|it| it.subresource.is_some());
    let subresource =
        |it: &ApiResource| json!({"subresource": it.subresource, "responseKind": kind, "verbs": it.verbs});
    Some(json!({
        "resource": first.resource,
        "responseKind": kind,
        "scope": if first.namespaced { "Namespaced" } else { "Cluster" },
        "singularResource": singular,
        "shortNames": short,
        "verbs": own.map(|it| &it.verbs),
        "subresources": subresources.map(subresource).collect::<Vec<Value>>(),
    }))
}
