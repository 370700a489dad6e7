use std::collections::BTreeSet;

use super::super::Refusal;
use super::caller::{caller, canonical};
use crate::model::{AccessEntry, PrincipalArn};
use crate::planner::Plan;
use crate::rbac::{Rbac, SubjectKind};
use crate::snapshot::{ObservedEntry, Snapshot};

/// Whether somebody can log in by an entry.
#[derive(PartialEq, Eq)]
enum Life {
    Alive,
    /// IAM knows no such principal, or one that was made after the entry.
    Dead,
    /// IAM was not asked, or does not answer for the principal's account.
    Unknown,
}

/// Somebody else can do everything: by AmazonEKSClusterAdminPolicy on the cluster, or by a group or username
/// that a ClusterRoleBinding gives everything.
///
/// Only somebody of whom IAM tells that they exist counts: a cluster with one administrator who is a rumour has none.
pub(super) fn another_remains(plan: &Plan, now: &Snapshot) -> Vec<Refusal> {
    let (mut alive, mut unknown) = (false, Vec::new());
    for (entry, life) in candidates(plan, now) {
        match life {
            Life::Alive => alive = true,
            Life::Unknown => unknown.push(entry.principal.clone()),
            Life::Dead => {}
        }
    }
    match (alive, unknown.is_empty()) {
        (true, _) => Vec::new(),
        (false, true) => vec![Refusal::NoOtherAdministrator],
        (false, false) => vec![Refusal::AdministratorUnknown { principals: unknown }],
    }
}

/// The entries of those who count.
pub(in crate::executor) fn others(plan: &Plan, now: &Snapshot) -> Vec<String> {
    let alive = candidates(plan, now).into_iter().filter(|(_, life)| *life == Life::Alive);
    alive.map(|(entry, _)| entry.principal.clone()).collect()
}

fn candidates<'s>(plan: &Plan, now: &'s Snapshot) -> Vec<(&'s ObservedEntry, Life)> {
    let caller = caller(plan, now).map(|arn| canonical(&arn));
    let bound = now.rbac.as_ref().map(bound_to_everything).unwrap_or_default();
    let others = now.access_entries.iter().flatten().filter(|entry| {
        Some(canonical(&entry.principal)) != caller
            // nobody logs in to work by a node's entry, or as a service's own role
            && entry.entry_type.is_standard()
            && entry.as_entry().is_some_and(|it| {
                !it.principal.is_service_linked() && is_administrator(&it, entry, &bound)
            })
    });
    others.map(|entry| (entry, life(entry, now))).collect()
}

fn is_administrator(
    entry: &AccessEntry,
    observed: &ObservedEntry,
    bound: &BTreeSet<(SubjectKind, String)>,
) -> bool {
    let holds = |kind, name: &str| bound.contains(&(kind, name.to_owned()));
    entry.is_cluster_admin_by_policy()
        || holds(SubjectKind::User, &observed.username)
        || entry.groups.iter().any(|group| holds(SubjectKind::Group, group.as_str()))
}

fn bound_to_everything(rbac: &Rbac) -> BTreeSet<(SubjectKind, String)> {
    let index = rbac.index();
    let bindings = rbac.bindings.iter().filter(|binding| index.grants_cluster_admin(binding));
    bindings.flat_map(|it| &it.subjects).map(|it| (it.kind.clone(), it.name.clone())).collect()
}

fn life(entry: &ObservedEntry, now: &Snapshot) -> Life {
    let Ok(principal) = entry.principal.parse::<PrincipalArn>() else { return Life::Unknown };
    let (complete, created) = match principal.is_role() {
        true => {
            let Some(roles) = &now.iam_roles else { return Life::Unknown };
            (roles.complete, roles.items.iter().find(|it| it.arn == principal).map(|it| it.created_at()))
        }
        false => {
            let Some(users) = &now.iam_users else { return Life::Unknown };
            (users.complete, users.items.iter().find(|it| it.arn == principal).map(|it| it.created_at()))
        }
    };
    // a list speaks for the caller's own account
    let is_told = || now.caller.as_ref().is_some_and(|it| it.account == principal.account().as_str());
    match created.map(|created| created.zip(entry.created_at())) {
        Some(Some((principal, entry))) if principal > entry => Life::Dead,
        Some(Some(_)) => Life::Alive,
        Some(None) => Life::Unknown,
        None if complete && is_told() => Life::Dead,
        None => Life::Unknown,
    }
}
