use std::collections::{BTreeMap, BTreeSet};

use super::Liveness;
use crate::model::{AccessEntry, CanonicalArn, PrincipalArn};
use crate::rbac::{Binding, Rbac, SubjectKind};

/// By what a principal can do everything in the cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AdministratorBy {
    /// AmazonEKSClusterAdminPolicy on the whole cluster.
    Policy,
    /// A group that a ClusterRoleBinding gives everything.
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
        if entry.is_cluster_admin_by_policy() {
            return Some(AdministratorBy::Policy);
        }
        let is_bound = |kind, name: &str| self.bound.contains(&(kind, name.to_owned()));
        if let Some(group) = entry.groups.iter().find(|group| is_bound(SubjectKind::Group, group.as_str())) {
            return Some(AdministratorBy::Group(group.to_string()));
        }
        // one name for all sessions: what only one session of many is does not make the role an administrator
        let name = entry.effective_username()?;
        is_bound(SubjectKind::User, &name).then_some(AdministratorBy::User(name))
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
