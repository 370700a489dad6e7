//! Where `aws-auth` does not count, or soon will not: an entry is all the access that its principal has.

use super::{administrator, caller, mappings, nodes};
use crate::calls::{Resource, ResourceState};
use crate::eks::Update;
use crate::executor::Refusal;
use crate::facts::Facts;
use crate::model::AuthenticationMode;
use crate::planner::{Action, Expected, Plan, Step};
use crate::snapshot::Snapshot;

/// Nobody is left behind, the nodes have their entries, and so have the caller and somebody else who could put things right.
pub fn everybody_has_entries(plan: &Plan, now: &Facts<'_>) -> impl Iterator<Item = Refusal> {
    let left_behind = mappings::migrated(plan, now).into_iter();
    left_behind
        .chain(nodes::covered(plan, now))
        .chain(caller::has_entry(plan, now))
        .chain(administrator::another_remains(plan, now))
}

/// What these steps take from somebody whom `aws-auth` does not help, be it now or when EKS is done with what it has begun.
pub fn taken(plan: &Plan, steps: &[&Step], now: &Snapshot) -> Vec<Refusal> {
    let Some(cluster) = &now.cluster else { return Vec::new() };
    let taking = steps.iter().copied().filter_map(|step| takes(plan, step));
    if !cluster.mode.reads_config_map() {
        return taking.collect();
    }
    match switch_to_api(now) {
        Some(update) if taking.count() > 0 => vec![Refusal::SwitchingToApi { update }],
        _ => Vec::new(),
    }
}

/// Whether the mode will be API without anybody doing anything more about it.
pub fn is_switching_to_api(now: &Snapshot) -> bool {
    switch_to_api(now).is_some()
}

/// The update that EKS is making, with its name where that is known. One that nobody may read is taken for it: EKS makes one at
/// a time, and says of the cluster only that there is one (EKS API, ListUpdates, DescribeCluster).
fn switch_to_api(now: &Snapshot) -> Option<Option<String>> {
    let cluster = now.cluster.as_ref()?;
    if !cluster.mode.has_entries() {
        return None;
    }
    match now.updates.iter().flatten().rfind(|update| update.is_running()) {
        Some(update) if update.kind != Update::OF_MODE => None,
        Some(update) => match update.mode() {
            Some(mode) if mode != AuthenticationMode::Api => None,
            Some(_) | None => Some(Some(update.to_string())),
        },
        None => cluster.status.is_updating().then_some(None),
    }
}

/// A plan that somebody has decided on may reduce an entry, with what is lost by that accepted. A rollback takes nothing that
/// nobody was asked about.
fn takes(plan: &Plan, step: &Step) -> Option<Refusal> {
    let id = step.id.clone();
    match &step.action {
        Action::Entry { principal, after: None, .. } => {
            Some(Refusal::DeletesInApiMode { step: id, principal: principal.clone() })
        }
        Action::Entry { before: Expected::Entry(before), after: Some(after), .. } => {
            let [before, after] = [before, after].map(|entry| ResourceState::entry(Some(entry.clone())));
            let is_less = plan.undoes.is_some() && !after.gives_at_least(&before);
            let resource = Resource::of(step).filter(|_| is_less)?;
            Some(Refusal::TakesInApiMode { step: id, resource })
        }
        Action::Binding { before: Some(_), .. } if plan.undoes.is_some() => {
            Some(Refusal::TakesInApiMode { step: id, resource: Resource::of(step)? })
        }
        _ => None,
    }
}
