//! What must be so, in the world as it is at this moment, before a phase may begin.
//!
//! A guard is a second opinion on when, not on what. It asks the same [`facts`](crate::facts) as the planner, so that
//! neither recommends what the other refuses; but it asks them of the world as it is now, without the plan's conclusions,
//! so that it also holds against a plan that is old or that no planner made. That facts themselves are wrong no guard
//! notices: against that stand the tests' oracle and ADR 11, which says why.
//!
//! [`refusals`] is asked when a phase begins and, of what was read only then, right before each call that takes something
//! away; [`no_longer_safe`] once more when the phase is done.

mod administrator;
mod caller;
mod mappings;
mod meaning;
mod nodes;
mod rights;
mod without_aws_auth;

pub(crate) use administrator::others as other_administrators;
pub(crate) use caller::caller;
pub(crate) use mappings::effective;
pub(crate) use meaning::changed_identities;
pub(crate) use nodes::roles as node_roles;
pub(crate) use without_aws_auth::is_switching_to_api;

use std::collections::BTreeSet;

use super::engine::Engine;
use crate::calls::ResourceState;
use crate::executor::Refusal;
use crate::executor::ending::Stop;
use crate::facts::Facts;
use crate::model::PrincipalArn;
use crate::planner::{Phase, Plan, Step, Target};
use crate::snapshot::Snapshot;
use crate::world::World;

/// Every reason not to run these steps of a phase now.
pub fn refusals(plan: &Plan, phase: Phase, steps: &[&Step], now: &Snapshot) -> Vec<Refusal> {
    let facts = &Facts::of(now);
    let mut refusals = caller::keeps_access(plan, phase, steps, facts);
    match phase {
        Phase::Preflight | Phase::DualMode | Phase::Verify => {}
        Phase::Entries => refusals.extend(without_aws_auth::taken(plan, steps, now)),
        Phase::Prune => {
            refusals.extend(mappings::covered(plan, facts));
            refusals.extend(mappings::removed(plan, steps, facts));
            refusals.extend(meaning::stays(steps));
        }
        Phase::ApiMode => {
            refusals.extend(mappings::covered(plan, facts));
            refusals.extend(without_aws_auth::everybody_has_entries(plan, facts));
        }
    }
    refusals
}

/// The questions of the guard once more, when the phase is done: what became so since it looked.
pub fn no_longer_safe(plan: &Plan, after: Phase, before: Option<&Snapshot>, now: &Snapshot) -> Vec<Refusal> {
    if plan.undoes.is_some() {
        return Vec::new();
    }
    let (facts, mut refusals) = (&Facts::of(now), Vec::new());
    match after {
        Phase::Preflight | Phase::DualMode | Phase::Entries | Phase::Verify => {}
        Phase::Prune => {
            refusals.extend(
                before
                    .into_iter()
                    .flat_map(|before| caller::kept_access(plan, after, &Facts::of(before), facts)),
            );
            refusals.extend(mappings::covered(plan, facts));
            refusals.extend(mappings::less_by_entry(plan, before, facts));
            refusals.extend(mappings::gone(plan, before, facts));
        }
        Phase::ApiMode => {
            refusals.extend(mappings::covered(plan, facts));
            refusals.extend(mappings::less_by_entry(plan, before, facts));
            refusals.extend(without_aws_auth::everybody_has_entries(plan, facts));
        }
    }
    refusals
}

/// Whether the target's principal has an entry that is alive and gives what was planned. One that was there before the plan could
/// see it may give more: `adopted`.
fn has_target(target: &Target, adopted: &BTreeSet<&PrincipalArn>, now: &Facts<'_>) -> bool {
    let found = now.entries.of_principal(&target.entry.principal);
    if found.is_some_and(|entry| entry.liveness.is_dead()) {
        return false;
    }
    let found = ResourceState::observed_entry(found.map(|entry| entry.observed));
    let planned = ResourceState::entry(Some(target.entry.clone()));
    found.gives_the_same(&planned)
        || (adopted.contains(&target.entry.principal) && found.gives_at_least(&planned))
}

impl<W: World> Engine<'_, W> {
    pub fn guard(&self, phase: Phase, steps: &[&Step], now: &Snapshot) -> Result<(), Stop> {
        Stop::if_refused(refusals(self.plan, phase, steps, now))
    }
}
