use std::collections::BTreeSet;

use crate::kube::{Discovery, KubeError, KubeErrorKind};
use crate::rbac::served::{ApiResource, ApiVersion, GroupVersion};
use crate::simulator::Simulator;

/// Group, plural, kind, namespaced, verbs.
pub(in crate::simulator) type Resource =
    (&'static str, &'static str, &'static str, bool, &'static [&'static str]);

const READ: &[&str] = &["get", "list"];
const RBAC: &str = "rbac.authorization.k8s.io";

/// What the simulator itself answers for.
pub(in crate::simulator) const RESOURCES: [Resource; 11] = [
    ("", "configmaps", "ConfigMap", true, &["create", "delete", "get", "list", "patch", "update"]),
    ("", "namespaces", "Namespace", false, READ),
    ("", "nodes", "Node", false, READ),
    (RBAC, "clusterroles", "ClusterRole", false, READ),
    (RBAC, "roles", "Role", true, READ),
    (RBAC, "clusterrolebindings", "ClusterRoleBinding", false, &["create", "delete", "get", "list"]),
    (RBAC, "rolebindings", "RoleBinding", true, &["create", "delete", "get", "list"]),
    ("coordination.k8s.io", "leases", "Lease", true, &["create", "get", "update"]),
    ("authorization.k8s.io", "subjectaccessreviews", "SubjectAccessReview", false, &["create"]),
    ("authorization.k8s.io", "selfsubjectaccessreviews", "SelfSubjectAccessReview", false, &["create"]),
    ("authentication.k8s.io", "selfsubjectreviews", "SelfSubjectReview", false, &["create"]),
];

impl Simulator {
    /// What its snapshot says that the cluster serves, and what it answers for itself. Sorted; of two that say the same the
    /// snapshot is believed.
    pub(in crate::simulator) fn served(&self) -> Vec<ApiResource> {
        let inner = self.inner.borrow();
        let known = inner.state.original.api_resources.iter().flat_map(|it| it.items.iter().cloned());
        let known: BTreeSet<ApiResource> = known.collect();
        let place = |it: &ApiResource| (it.group.clone(), it.version.clone(), it.resource.clone());
        let places: BTreeSet<_> = known.iter().map(place).collect();
        let own = RESOURCES.iter().map(|(group, resource, _, namespaced, verbs)| ApiResource {
            group: (*group).to_owned(),
            version: "v1".to_owned(),
            resource: (*resource).to_owned(),
            subresource: None,
            namespaced: *namespaced,
            verbs: verbs.iter().map(|verb| (*verb).to_owned()).collect(),
        });
        let own: Vec<ApiResource> = own.filter(|it| !places.contains(&place(it))).collect();
        let all: BTreeSet<ApiResource> = known.into_iter().chain(own).collect();
        all.into_iter().collect()
    }
}

/// Answered to everybody and in no log, as the API server does by `system:discovery`.
impl Discovery for Simulator {
    async fn api_versions(&self) -> Result<Vec<ApiVersion>, KubeError> {
        let served = self.served();
        let versions = served.chunk_by(|a, b| (&a.group, &a.version) == (&b.group, &b.version));
        let version = |resources: &[ApiResource]| {
            let of = resources.first().map(ApiResource::group_version)?;
            Some(ApiVersion { of, resources: Some(resources.to_vec()) })
        };
        Ok(versions.filter_map(version).collect())
    }

    async fn api_resources(&self, of: &GroupVersion) -> Result<Vec<ApiResource>, KubeError> {
        let resources: Vec<ApiResource> =
            self.served().into_iter().filter(|it| it.group_version() == *of).collect();
        match resources.is_empty() {
            true => Err(KubeError {
                operation: "ListApiResources",
                kind: KubeErrorKind::NotFound,
                message: "the server could not find the requested resource".to_owned(),
            }),
            false => Ok(resources),
        }
    }
}
