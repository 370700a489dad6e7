use super::caller::caller;
use crate::executor::Refusal;
use crate::facts::{Administrators, EntryFact, Facts};
use crate::model::CanonicalArn;
use crate::planner::Plan;

/// Somebody else is administrator by an entry that is proven to be alive. One of which nobody can tell does not count.
pub(super) fn another_remains(plan: &Plan, now: &Facts<'_>) -> Vec<Refusal> {
    let all = candidates(plan, now);
    if all.iter().any(|entry| entry.liveness.is_proven()) {
        return Vec::new();
    }
    let unknown: Vec<String> = all
        .iter()
        .filter(|entry| !entry.liveness.is_dead())
        .map(|entry| entry.observed.principal.clone())
        .collect();
    match unknown.is_empty() {
        true => vec![Refusal::NoOtherAdministrator],
        false => vec![Refusal::AdministratorUnknown { principals: unknown }],
    }
}

/// The entries of those who count.
pub(crate) fn others(plan: &Plan, now: &Facts<'_>) -> Vec<String> {
    let proven = candidates(plan, now).into_iter().filter(|entry| entry.liveness.is_proven());
    proven.map(|entry| entry.observed.principal.clone()).collect()
}

fn candidates<'f, 's>(plan: &Plan, now: &'f Facts<'s>) -> Vec<&'f EntryFact<'s>> {
    let caller = caller(plan, now.snapshot).map(|arn| CanonicalArn::of(&arn));
    let administrators = Administrators::of(now.snapshot.rbac.as_ref(), std::iter::empty());
    let is_one = |entry: &&EntryFact<'_>| {
        Some(&entry.key) != caller.as_ref()
            && entry.entry.as_ref().is_some_and(|it| administrators.is_administrator(it).is_some())
    };
    now.entries.iter().filter(is_one).collect()
}
