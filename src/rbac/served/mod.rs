//! What an API server serves, as its discovery says: on which resources a rule with a `*` counts today.
//!
//! Kubernetes API concepts, "Discovery API": one `APIResourceList` for each version of each group, at `/api/v1` and
//! `/apis/GROUP/VERSION`; `/apis` has the versions as an `APIGroupList`.

mod aggregated;

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

pub use aggregated::ApiVersion;
#[cfg(any(feature = "live", test))]
pub(crate) use aggregated::{ACCEPTED, NativeVersions};

/// A resource or subresource in one version of its API group. RBAC asks for no version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApiResource {
    /// Empty for the core group.
    pub group: String,
    pub version: String,
    /// Plural, such as `pods`.
    pub resource: String,
    /// Such as `exec`.
    pub subresource: Option<String>,
    /// Its objects are in namespaces.
    pub namespaced: bool,
    pub verbs: BTreeSet<String>,
}

/// One version of an API group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupVersion {
    /// Empty for the core group.
    pub group: String,
    pub version: String,
}

impl ApiResource {
    pub fn group_version(&self) -> GroupVersion {
        GroupVersion { group: self.group.clone(), version: self.version.clone() }
    }
}

impl GroupVersion {
    pub fn core() -> Self {
        Self { group: String::new(), version: "v1".to_owned() }
    }

    /// `v1`, or `apps/v1`, as documents name it; `None` for an empty text.
    pub fn read(text: &str) -> Option<Self> {
        let (group, version) = text.split_once('/').unwrap_or(("", text));
        (!version.is_empty()).then(|| Self { group: group.to_owned(), version: version.to_owned() })
    }

    fn text(&self) -> String {
        let Self { group, version } = self;
        if group.is_empty() { version.clone() } else { format!("{group}/{version}") }
    }
}

/// An `APIResourceList`.
///
/// What `kubectl api-resources -o json` prints is one without a version of its own, whose resources name theirs.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NativeList {
    #[serde(default, deserialize_with = "nullable")]
    group_version: String,
    #[serde(default, deserialize_with = "nullable")]
    resources: Vec<NativeResource>,
}

#[derive(Debug, Deserialize)]
struct NativeResource {
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    namespaced: bool,
    #[serde(default, deserialize_with = "nullable")]
    verbs: BTreeSet<String>,
    /// In a list of one version: of the kind that a subresource takes, such as `autoscaling` for `deployments/scale`.
    #[serde(default, deserialize_with = "nullable")]
    group: String,
    #[serde(default, deserialize_with = "nullable")]
    version: String,
}

impl NativeList {
    /// `None`: it is of several versions.
    pub fn of(&self) -> Option<GroupVersion> {
        GroupVersion::read(&self.group_version)
    }

    /// # Errors
    /// The name of a resource of which nothing says the version.
    pub fn resources(self) -> Result<Vec<ApiResource>, String> {
        let of_all = self.of();
        let resource = |native: NativeResource| {
            let NativeResource { name, namespaced, verbs, group, version } = native;
            let own = (!version.is_empty()).then_some(GroupVersion { group, version });
            let Some(GroupVersion { group, version }) = of_all.clone().or(own) else { return Err(name) };
            let (resource, subresource) = match name.split_once('/') {
                Some((resource, subresource)) => (resource.to_owned(), Some(subresource.to_owned())),
                None => (name, None),
            };
            Ok(ApiResource { group, version, resource, subresource, namespaced, verbs })
        };
        self.resources.into_iter().map(resource).collect()
    }
}

/// An `APIGroupList`.
#[derive(Debug, Deserialize)]
pub(crate) struct NativeGroups {
    #[serde(default, deserialize_with = "nullable")]
    groups: Vec<NativeGroup>,
}

#[derive(Debug, Deserialize)]
struct NativeGroup {
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    versions: Vec<NativeVersion>,
}

#[derive(Debug, Deserialize)]
struct NativeVersion {
    version: String,
}

impl NativeGroups {
    /// The core group, which no such list has, is left out.
    pub fn versions(self) -> impl Iterator<Item = GroupVersion> {
        self.groups.into_iter().flat_map(|NativeGroup { name, versions }| {
            let versions = versions.into_iter();
            versions.map(move |NativeVersion { version }| GroupVersion { group: name.clone(), version })
        })
    }
}

/// Whether it is the list of a real API server: each serves pods, with their subresources (Kubernetes API reference, Pod).
pub fn has_pods<'r>(resources: impl IntoIterator<Item = &'r ApiResource>) -> bool {
    let is_exec = |it: &ApiResource| {
        (it.group.as_str(), it.resource.as_str(), it.subresource.as_deref()) == ("", "pods", Some("exec"))
    };
    resources.into_iter().any(is_exec)
}

/// One `APIResourceList` for each version, in the order of the versions. The resources are sorted.
pub(crate) fn resource_lists(resources: &[ApiResource]) -> Vec<Value> {
    let versions = resources.chunk_by(|a, b| (&a.group, &a.version) == (&b.group, &b.version));
    let list = |resources: &[ApiResource]| {
        let group_version = resources.first().map(|it| it.group_version().text()).unwrap_or_default();
        let resources: Vec<Value> = resources.iter().map(resource_object).collect();
        json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": resources})
    };
    versions.map(list).collect()
}

fn resource_object(resource: &ApiResource) -> Value {
    let ApiResource { group: _, version: _, resource, subresource, namespaced, verbs } = resource;
    let name = match subresource {
        Some(subresource) => format!("{resource}/{subresource}"),
        None => resource.clone(),
    };
    // no document tells its kind apart, and no list is without one
    json!({"name": name, "singularName": "", "namespaced": namespaced, "kind": resource, "verbs": verbs})
}

/// The `APIGroupList` of these resources, the core group left out. The resources are sorted.
pub(crate) fn group_list(resources: &[ApiResource]) -> Value {
    let named = resources.iter().filter(|it| !it.group.is_empty());
    let versions: BTreeSet<(&str, &str)> = named.map(|it| (it.group.as_str(), it.version.as_str())).collect();
    let versions: Vec<(&str, &str)> = versions.into_iter().collect();
    let group = |versions: &[(&str, &str)]| {
        let name = versions.first().map_or("", |(group, _)| group);
        let version = |(group, version): &(&str, &str)| json!({"groupVersion": format!("{group}/{version}"), "version": version});
        let versions: Vec<Value> = versions.iter().map(version).collect();
        json!({"name": name, "preferredVersion": versions.first(), "versions": versions})
    };
    let groups: Vec<Value> = versions.chunk_by(|(a, _), (b, _)| a == b).map(group).collect();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

/// The API server may write null for what is empty.
fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}
