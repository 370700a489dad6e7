use std::collections::{BTreeMap, BTreeSet};

use super::Target;
use crate::model::{AccessEntry, PrincipalArn};
use crate::rbac::{Binding, Rbac, Subject, SubjectKind};
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
    // nobody logs in as a service's own role
    let is_admin = |entry: &AccessEntry| !entry.principal.is_service_linked() && is_admin(entry);
    let planned = targets.values().map(|target| &target.entry).filter(|entry| is_admin(entry));
    let left_alone = entries
        .iter()
        .filter_map(ObservedEntry::as_entry)
        .filter(|entry| !targets.contains_key(&entry.principal) && is_admin(entry));
    planned.map(|entry| entry.principal.clone()).chain(left_alone.map(|entry| entry.principal)).collect()
}

/// Groups that a ClusterRoleBinding gives everything, those of the plan included.
fn admin_groups(rbac: Option<&Rbac>, targets: &BTreeMap<PrincipalArn, Target>) -> BTreeSet<String> {
    let group = |subject: &Subject| (subject.kind == SubjectKind::Group).then(|| subject.name.clone());
    let index = rbac.map(Rbac::index);
    let grants = |binding: &&Binding| index.as_ref().is_some_and(|index| index.grants_cluster_admin(binding));
    let bindings = rbac.iter().flat_map(|rbac| &rbac.bindings).filter(grants);
    let bound = bindings.flat_map(|binding| &binding.subjects).filter_map(group);
    let planned = targets.values().flat_map(|target| &target.notes).filter_map(|note| match note {
        super::Note::MastersByGroup { group, binding: _ } => Some(group.clone()),
        _ => None,
    });
    bound.chain(planned).collect()
}
