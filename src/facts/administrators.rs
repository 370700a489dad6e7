use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Liveness;
use crate::model::{
    AccessEntry, AccessScope, Associations, CanonicalArn, GroupName, PolicyArn, PrincipalArn,
};
use crate::rbac::{Binding, Rbac, SubjectKind};

/// By what a principal can do everything in the cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", content = "name", rename_all = "kebab-case")]
pub enum AdministratorBy {
    /// AmazonEKSClusterAdminPolicy on the whole cluster.
    #[serde(rename = "access-policy")]
    Policy,
    /// `system:masters`, or a group that a ClusterRoleBinding gives everything.
    Group(String),
    /// A username that a ClusterRoleBinding gives everything.
    User(String),
}

/// The groups and usernames that ClusterRoleBindings give everything.
#[derive(Debug, Clone, Default)]
pub struct Administrators {
    bound: BTreeSet<(SubjectKind, String)>,
}

impl Administrators {
    /// `planned`: bindings that will be there as well.
    pub fn of<'b>(rbac: Option<&'b Rbac>, planned: impl Iterator<Item = &'b Binding>) -> Self {
        let mut bound = BTreeSet::new();
        let Some(rbac) = rbac else {
            // its ClusterRole is Kubernetes' own, whatever else is there
            let everything =
                planned.filter(|it| it.namespace.is_none() && it.role_ref.name == "cluster-admin");
            bound.extend(everything.flat_map(subjects));
            return Self { bound };
        };
        let index = rbac.index();
        let all = rbac.bindings.iter().chain(planned);
        bound.extend(all.filter(|binding| index.grants_cluster_admin(binding)).flat_map(subjects));
        Self { bound }
    }

    /// By what the entry makes its principal an administrator, if it does. People log in by STANDARD entries alone, and
    /// nobody as a service's own role.
    pub fn is_administrator(&self, entry: &AccessEntry) -> Option<AdministratorBy> {
        if !entry.entry_type.is_standard() || entry.principal.is_service_linked() {
            return None;
        }
        // one name for all sessions: what only one session of many is does not make the role an administrator
        let name = entry.effective_username().unwrap_or_default();
        self.of_login(&name, entry.groups.iter().map(GroupName::as_str), &entry.policies)
    }

    /// By what such a login does everything, if it does; of a role the username as all its sessions have it.
    pub fn of_login<'g>(
        &self,
        username: &str,
        groups: impl Iterator<Item = &'g str>,
        policies: &Associations,
    ) -> Option<AdministratorBy> {
        let mut policies = policies.iter();
        if policies.any(|(it, scope)| it.name() == PolicyArn::CLUSTER_ADMIN && *scope == AccessScope::Cluster)
        {
            return Some(AdministratorBy::Policy);
        }
        let is_bound = |kind, name: &str| self.bound.contains(&(kind, name.to_owned()));
        let mut groups = groups;
        // the API server allows it everything, whatever the bindings say
        let group = groups.find(|group| *group == GroupName::MASTERS || is_bound(SubjectKind::Group, group));
        if let Some(group) = group {
            return Some(AdministratorBy::Group(group.to_owned()));
        }
        is_bound(SubjectKind::User, username).then(|| AdministratorBy::User(username.to_owned()))
    }

    /// Those of these entries that are administrators and known to be alive: whom nobody can look up is no way back in.
    pub fn among<'e>(
        &self,
        entries: impl Iterator<Item = (&'e AccessEntry, Liveness)>,
    ) -> BTreeMap<CanonicalArn, (PrincipalArn, AdministratorBy)> {
        entries
            .filter(|(_, liveness)| liveness.is_proven())
            .filter_map(|(entry, _)| {
                let by = self.is_administrator(entry)?;
                Some((CanonicalArn::of_principal(&entry.principal), (entry.principal.clone(), by)))
            })
            .collect()
    }
}

fn subjects(binding: &Binding) -> impl Iterator<Item = (SubjectKind, String)> + '_ {
    binding.subjects.iter().map(|subject| (subject.kind.clone(), subject.name.clone()))
}
