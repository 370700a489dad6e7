//! What must be so, in the world as it is at this moment, before a phase may begin.

mod administrator;
mod caller;
mod lines;
mod meaning;
mod nodes;

pub(super) use caller::{caller, canonical, lines};
pub(super) use meaning::changed_identities;

use super::ending::Stop;
use super::engine::Engine;
use super::look::entry_in;
use super::{Refusal, Value};
use crate::eks::World;
use crate::model::AuthenticationMode;
use crate::planner::{Action, Phase, Plan, Step};
use crate::snapshot::Snapshot;

/// Every reason not to run these steps of a phase now.
pub fn refusals(plan: &Plan, phase: Phase, steps: &[&Step], now: &Snapshot) -> Vec<Refusal> {
    let mut refusals = caller::keeps_access(plan, phase, steps, now);
    match phase {
        Phase::Preflight | Phase::DualMode | Phase::Verify => {}
        Phase::Entries => refusals.extend(deletes_in_api_mode(steps, now)),
        Phase::Prune => {
            refusals.extend(lines::covered(plan, now));
            refusals.extend(lines::removed(plan, steps, now));
            refusals.extend(meaning::stays(steps));
        }
        Phase::ApiMode => {
            refusals.extend(lines::covered(plan, now));
            refusals.extend(lines::migrated(plan, now));
            refusals.extend(nodes::covered(plan, now));
            refusals.extend(caller::has_entry(plan, now));
            refusals.extend(administrator::another_remains(plan, now));
        }
    }
    refusals
}

/// In API mode an entry is all the access its principal has.
fn deletes_in_api_mode(steps: &[&Step], now: &Snapshot) -> Vec<Refusal> {
    let mode = now.cluster.as_ref().map(|cluster| cluster.mode);
    if mode.is_some_and(AuthenticationMode::reads_config_map) {
        return Vec::new();
    }
    let deletes = steps.iter().filter_map(|step| match &step.action {
        Action::Entry { principal, after: None, .. } => {
            Some(Refusal::DeletesInApiMode { step: step.id.clone(), principal: principal.clone() })
        }
        _ => None,
    });
    deletes.collect()
}

/// Whether the observed entry of the target's principal equals it in all that gives access.
fn has_target(target: &crate::planner::Target, now: &Snapshot) -> bool {
    let found = Value::observed_entry(entry_in(now, target.entry.principal.as_str()));
    found.gives_the_same(&Value::entry(Some(target.entry.clone())))
}

impl<W: World> Engine<'_, W> {
    pub(super) fn guard(&self, phase: Phase, steps: &[&Step], now: &Snapshot) -> Result<(), Stop> {
        let refusals = refusals(self.plan, phase, steps, now);
        if refusals.is_empty() { Ok(()) } else { Err(Stop::Refused(refusals)) }
    }
}
