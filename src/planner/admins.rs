use std::collections::{BTreeMap, BTreeSet};

use super::Target;
use crate::model::{AccessEntry, PrincipalArn};
use crate::rbac::{Rbac, Subject, SubjectKind};
use crate::snapshot::ObservedEntry;

/// Who can do everything by access entries alone.
pub(super) fn administrators(
    targets: &BTreeMap<PrincipalArn, Target>,
    entries: &[ObservedEntry],
    rbac: Option<&Rbac>,
) -> BTreeSet<PrincipalArn> {
    let admin_groups = admin_groups(rbac, targets);
    let is_admin = |entry: &AccessEntry| {
        entry.is_cluster_admin_by_policy()
            || entry.groups.iter().any(|group| admin_groups.contains(group.as_str()))
    };
    let planned = targets.values().map(|target| target.entry.clone());
    let left_alone = entries
        .iter()
        .filter_map(ObservedEntry::as_entry)
        .filter(|entry| !targets.contains_key(&entry.principal));
    // nobody logs in as a service's own role
    let is_somebody = |entry: &AccessEntry| !entry.principal.is_service_linked();
    planned.chain(left_alone).filter(is_somebody).filter(is_admin).map(|entry| entry.principal).collect()
}

/// Groups that a ClusterRoleBinding gives everything, those of the plan included.
fn admin_groups(rbac: Option<&Rbac>, targets: &BTreeMap<PrincipalArn, Target>) -> BTreeSet<String> {
    let is_admin_role = |name: &str| {
        name == "cluster-admin"
            || rbac.is_some_and(|rbac| {
                rbac.roles.iter().any(|role| {
                    let all = |list: &[String]| list.iter().any(|item| item == "*");
                    role.namespace.is_none()
                        && role.name == name
                        && role.rules.iter().any(|rule| {
                            all(&rule.verbs)
                                && all(&rule.resources)
                                && all(&rule.api_groups)
                                && rule.resource_names.is_empty()
                        })
                })
            })
    };
    let group = |subject: &Subject| (subject.kind == SubjectKind::Group).then(|| subject.name.clone());
    let bound = rbac
        .iter()
        .flat_map(|rbac| &rbac.bindings)
        .filter(|binding| binding.namespace.is_none() && binding.role_ref.kind == "ClusterRole")
        .filter(|binding| is_admin_role(&binding.role_ref.name))
        .flat_map(|binding| &binding.subjects)
        .filter_map(group);
    let planned = targets.values().flat_map(|target| &target.notes).filter_map(|note| match note {
        super::Note::MastersByGroup { group, binding: _ } => Some(group.clone()),
        _ => None,
    });
    bound.chain(planned).collect()
}
