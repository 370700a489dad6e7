use std::collections::BTreeSet;

use super::super::Refusal;
use super::caller::{caller, canonical};
use crate::model::{AccessEntry, PrincipalArn};
use crate::planner::Plan;
use crate::rbac::{Rbac, SubjectKind};
use crate::snapshot::{ObservedEntry, Snapshot};

/// Somebody else can do everything: by AmazonEKSClusterAdminPolicy on the cluster, or by a group or username
/// that a ClusterRoleBinding gives everything.
pub(super) fn another_remains(plan: &Plan, now: &Snapshot) -> Vec<Refusal> {
    let caller = caller(plan, now).map(|arn| canonical(&arn));
    let bound = now.rbac.as_ref().map(bound_to_everything).unwrap_or_default();
    let another = now.access_entries.iter().flatten().any(|entry| {
        Some(canonical(&entry.principal)) != caller
            && entry.as_entry().is_some_and(|it| {
                // nobody logs in as a service's own role
                !it.principal.is_service_linked()
                    && is_administrator(&it, entry, &bound)
                    && !is_gone(entry, &it.principal, now)
            })
    });
    if another { Vec::new() } else { vec![Refusal::NoOtherAdministrator] }
}

fn is_administrator(
    entry: &AccessEntry,
    observed: &ObservedEntry,
    bound: &BTreeSet<(SubjectKind, String)>,
) -> bool {
    let holds = |kind, name: &str| bound.contains(&(kind, name.to_owned()));
    entry.is_cluster_admin_by_policy()
        || (entry.entry_type.is_standard()
            && (holds(SubjectKind::User, &observed.username)
                || entry.groups.iter().any(|group| holds(SubjectKind::Group, group.as_str()))))
}

fn bound_to_everything(rbac: &Rbac) -> BTreeSet<(SubjectKind, String)> {
    let index = rbac.index();
    let bindings = rbac.bindings.iter().filter(|binding| index.grants_cluster_admin(binding));
    bindings.flat_map(|it| &it.subjects).map(|it| (it.kind.clone(), it.name.clone())).collect()
}

/// IAM knows no such principal, or one that was made after the entry, so the entry lets nobody in.
fn is_gone(entry: &ObservedEntry, principal: &PrincipalArn, now: &Snapshot) -> bool {
    let (complete, created) = match principal.is_role() {
        true => {
            let Some(roles) = &now.iam_roles else { return false };
            (roles.complete, roles.items.iter().find(|it| it.arn == *principal).map(|it| it.created_at()))
        }
        false => {
            let Some(users) = &now.iam_users else { return false };
            (users.complete, users.items.iter().find(|it| it.arn == *principal).map(|it| it.created_at()))
        }
    };
    match created {
        Some(created) => created.zip(entry.created_at()).is_some_and(|(principal, entry)| principal > entry),
        // a list speaks for the caller's own account
        None => complete && now.caller.as_ref().is_some_and(|it| it.account == principal.account().as_str()),
    }
}
