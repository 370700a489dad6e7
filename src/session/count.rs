use serde::Serialize;

use crate::journal::{CallState, Progress};
use crate::planner::{Phase, Plan};

/// What a journal tells of one phase of its plan. Each step is done or not; each that is done was made by calls of ours, or
/// had nothing left to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PhaseCount {
    pub phase: Phase,
    pub steps: usize,
    pub done: usize,
    /// Calls that took effect, of all runs of the journal.
    pub changes: usize,
    /// Steps, of those that are done, of which all existed already: by EKS, or by somebody else.
    pub existing: Vec<String>,
    /// A call may have taken effect, and nobody looked.
    pub in_doubt: bool,
}

/// The phases that have steps, in order.
pub(super) fn counts(plan: &Plan, progress: &Progress) -> Vec<PhaseCount> {
    let of = |phase| {
        let mut count =
            PhaseCount { phase, steps: 0, done: 0, changes: 0, existing: Vec::new(), in_doubt: false };
        for step in plan.steps.iter().filter(|step| step.phase == phase) {
            count.steps += 1;
            let Some(begun) = progress.step(&step.id) else { continue };
            let made = begun.calls.iter().filter(|call| call.state == CallState::Applied).count();
            count.changes += made;
            count.done += usize::from(begun.done);
            count.in_doubt |= begun.calls.iter().any(|call| call.state.is_open());
            if begun.done && made == 0 {
                count.existing.push(step.id.clone());
            }
        }
        count
    };
    Phase::ALL.into_iter().map(of).filter(|count| count.steps > 0).collect()
}
