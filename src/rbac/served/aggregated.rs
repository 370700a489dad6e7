//! What discovery answers at `/api` and `/apis`: versions alone, or with their resources (Kubernetes API concepts, "Aggregated
//! discovery").

#![cfg_attr(not(any(feature = "live", test)), expect(dead_code, reason = "only an API server tells it"))]

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{ApiResource, GroupVersion, NativeGroups, nullable};

/// By Kubernetes 1.30 and later as `v2`, by 1.27 to 1.29 as `v2beta1`; older ones know the last form alone.
pub(crate) const ACCEPTED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
    application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

/// A version of an API group that the API server names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiVersion {
    pub of: GroupVersion,
    /// Sorted. `None`: they have to be asked for, since the API server is older, or has not heard lately from the one that serves
    /// them.
    pub resources: Option<Vec<ApiResource>>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind")]
pub(crate) enum NativeVersions {
    /// `/api`
    #[serde(rename = "APIVersions")]
    Core {
        #[serde(default, deserialize_with = "nullable")]
        versions: Vec<String>,
    },
    /// `/apis`
    #[serde(rename = "APIGroupList")]
    Groups(NativeGroups),
    /// Either.
    #[serde(rename = "APIGroupDiscoveryList")]
    Aggregated {
        #[serde(default, deserialize_with = "nullable")]
        items: Vec<NativeGroup>,
    },
}

#[derive(Debug, Deserialize)]
pub(crate) struct NativeGroup {
    metadata: Metadata,
    #[serde(default, deserialize_with = "nullable")]
    versions: Vec<NativeVersion>,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    /// The core group has none.
    #[serde(default, deserialize_with = "nullable")]
    name: String,
}

#[derive(Debug, Deserialize)]
struct NativeVersion {
    version: String,
    #[serde(default, deserialize_with = "nullable")]
    freshness: String,
    #[serde(default, deserialize_with = "nullable")]
    resources: Vec<NativeResource>,
}

#[derive(Debug, Deserialize)]
struct NativeResource {
    resource: String,
    #[serde(default, deserialize_with = "nullable")]
    scope: String,
    #[serde(default, deserialize_with = "nullable")]
    verbs: BTreeSet<String>,
    #[serde(default, deserialize_with = "nullable")]
    subresources: Vec<NativeSubresource>,
}

#[derive(Debug, Deserialize)]
struct NativeSubresource {
    subresource: String,
    #[serde(default, deserialize_with = "nullable")]
    verbs: BTreeSet<String>,
}

impl NativeVersions {
    pub fn read(self) -> Vec<ApiVersion> {
        let alone = |of| ApiVersion { of, resources: None };
        match self {
            Self::Core { versions } => {
                let core = |version| GroupVersion { group: String::new(), version };
                versions.into_iter().map(core).map(alone).collect()
            }
            Self::Groups(groups) => groups.versions().map(alone).collect(),
            Self::Aggregated { items } => items.into_iter().flat_map(NativeGroup::versions).collect(),
        }
    }
}

impl NativeGroup {
    fn versions(self) -> impl Iterator<Item = ApiVersion> {
        let Self { metadata: Metadata { name: group }, versions } = self;
        versions.into_iter().map(move |NativeVersion { version, freshness, resources }| {
            let of = GroupVersion { group: group.clone(), version };
            let of_version = || resources.into_iter().flat_map(|it| it.read(&of)).collect::<BTreeSet<_>>();
            // "Stale": what the server said once, or nothing
            let resources = (freshness != "Stale").then(|| of_version().into_iter().collect());
            ApiVersion { of, resources }
        })
    }
}

impl NativeResource {
    fn read(self, of: &GroupVersion) -> Vec<ApiResource> {
        let Self { resource, scope, verbs, subresources } = self;
        let one = |subresource: Option<String>, verbs| ApiResource {
            group: of.group.clone(),
            version: of.version.clone(),
            resource: resource.clone(),
            subresource,
            namespaced: scope == "Namespaced",
            verbs,
        };
        // a resource that only stands for its subresources has no verbs, and is in no other form of the list
        let whole = (!verbs.is_empty() || subresources.is_empty()).then(|| one(None, verbs));
        let parts = subresources.into_iter().map(|it| one(Some(it.subresource), it.verbs));
        whole.into_iter().chain(parts).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: serde_json::Value) -> Vec<(String, Option<Vec<String>>)> {
        let shown = |it: ApiResource| {
            let name = it.subresource.map_or(it.resource.clone(), |sub| format!("{}/{sub}", it.resource));
            let verbs: Vec<String> = it.verbs.into_iter().collect();
            format!("{name} {} {}", it.namespaced, verbs.join(","))
        };
        let version = |ApiVersion { of, resources }| {
            (GroupVersion::text(&of), resources.map(|it| it.into_iter().map(shown).collect()))
        };
        let versions: NativeVersions = serde_json::from_value(value).unwrap();
        versions.read().into_iter().map(version).collect()
    }

    fn text(lines: &[&str]) -> Option<Vec<String>> {
        Some(lines.iter().map(|it| (*it).to_owned()).collect())
    }

    /// Of api/discovery/aggregated_v2.json in kubernetes/kubernetes, and a metrics server that is gone.
    #[test]
    fn with_their_resources() {
        let scale = json!({"group": "autoscaling", "kind": "Scale", "version": "v1"});
        let list = json!({
            "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {},
            "items": [
                {"metadata": {"creationTimestamp": null}, "versions": [{
                    "version": "v1", "freshness": "Current", "resources": [
                        {"resource": "nodes", "responseKind": {"group": "", "kind": "Node", "version": ""},
                         "scope": "Cluster", "singularResource": "node", "shortNames": ["no"], "verbs": ["list", "get"]},
                        {"resource": "things", "responseKind": {"group": "", "kind": "", "version": ""}, "scope": "Namespaced",
                         "subresources": [{"subresource": "run", "verbs": ["create"]}], "verbs": null},
                    ],
                }]},
                {"metadata": {"name": "apps", "creationTimestamp": null}, "versions": [{
                    "version": "v1", "freshness": "Current", "resources": [
                        {"resource": "deployments", "responseKind": {"group": "", "kind": "Deployment", "version": ""},
                         "scope": "Namespaced", "singularResource": "deployment", "categories": ["all"], "verbs": ["get"],
                         "subresources": [{"responseKind": scale, "subresource": "scale", "verbs": ["get", "update"]}]},
                    ],
                }, {"version": "v1beta1", "freshness": "Current", "resources": null}]},
                {"metadata": {"name": "metrics.k8s.io"}, "versions": [{"version": "v1beta1", "freshness": "Stale"}]},
            ],
        });
        assert_eq!(
            read(list),
            [
                ("v1".to_owned(), text(&["nodes false get,list", "things/run true create"])),
                ("apps/v1".to_owned(), text(&["deployments true get", "deployments/scale true get,update"])),
                ("apps/v1beta1".to_owned(), text(&[])),
                ("metrics.k8s.io/v1beta1".to_owned(), None),
            ]
        );
    }

    #[test]
    fn alone() {
        let core = json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []});
        assert_eq!(read(core), [("v1".to_owned(), None)]);
        let groups = json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": [
            {"name": "apps", "versions": [{"groupVersion": "apps/v1", "version": "v1"}], "preferredVersion": null}]});
        assert_eq!(read(groups), [("apps/v1".to_owned(), None)]);
        let other = json!({"kind": "PodList", "items": []});
        assert!(serde_json::from_value::<NativeVersions>(other).is_err());
    }
}
