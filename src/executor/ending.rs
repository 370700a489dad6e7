use std::rc::Rc;

use super::changed::changed;
use super::{Difference, NoRollback, Refusal};
use crate::calls::{Call, NoCalls, Resource, ResourceState};
use crate::findings::Finding;
use crate::journal::JournalError;
use crate::observe::ApiError;
use crate::planner::Phase;
use crate::snapshot::Snapshot;

/// How a run ended.
#[derive(Debug)]
pub struct Finished {
    pub ending: Ending,
    /// Calls of this run that took effect.
    pub applied: usize,
    /// Calls of all runs of this journal that took effect.
    pub applied_in_all: usize,
    /// The cluster as the run has left it; `None` where something was written, or time has passed, since it was seen.
    pub seen: Option<Rc<Snapshot>>,
}

#[derive(Debug)]
pub enum Ending {
    Done,
    /// Findings that need a decision; nothing was done.
    Blocked(Vec<Finding>),
    /// By a guard; what came before it stays done.
    Refused(Vec<Refusal>),
    Failed(Failure),
    /// Asked to stop, between two calls.
    Interrupted,
}

/// Why a run could not go on.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("step {step}: {call} failed, nothing was changed by it")]
    Call { step: String, call: Box<Call>, source: ApiError },
    #[error("step {step}: {call} failed, and whether it took effect is unknown")]
    Doubt { step: String, call: Box<Call>, source: ApiError },
    #[error("step {step}: the cluster update {update} {status}: {}", errors.join("; "))]
    Update { step: String, update: String, status: &'static str, errors: Vec<String> },
    #[error("step {step}: the cluster update {update} did not end in time")]
    StillUpdating { step: String, update: String },
    #[error("step {step}: another update of the cluster did not end in time")]
    OtherUpdate { step: String, source: ApiError },
    /// Somebody else's change came between the look and the call.
    #[error("{0}: changed by somebody else meanwhile")]
    Overtaken(Box<Mismatch>),
    /// Written, and then not seen for as long as the run had patience.
    #[error("{0} after it was written")]
    NotSeen(Box<Mismatch>),
    #[error("the cluster could not be observed")]
    Observe(#[source] ApiError),
    #[error("the cluster is not as the plan wants it after {after}")]
    Verify { after: Phase, differences: Vec<Difference> },
    /// The phase was done, and what its guard had asked before is answered otherwise now.
    #[error("after {after}: {}", refusals.first().map(ToString::to_string).unwrap_or_default())]
    Unsafe { after: Phase, refusals: Vec<Refusal> },
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the journal has step {step} otherwise than the plan")]
    JournalAgainstPlan { step: String },
    #[error(transparent)]
    Plan(#[from] NoCalls),
    #[error("what this plan undoes cannot be undone")]
    Rollback(#[source] NoRollback),
}

/// A resource that is not in the state it was to be in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("step {step}: {}", changed(resource, found, expected))]
pub struct Mismatch {
    pub step: String,
    pub resource: Resource,
    pub expected: ResourceState,
    pub found: ResourceState,
}

/// Why the engine leaves its work.
pub(super) enum Stop {
    Blocked(Vec<Finding>),
    Refused(Vec<Refusal>),
    Failed(Failure),
    Interrupted,
}

impl Stop {
    /// Unless there is no reason for it.
    pub(super) fn if_refused(refusals: Vec<Refusal>) -> Result<(), Self> {
        if refusals.is_empty() { Ok(()) } else { Err(Self::Refused(refusals)) }
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(vec![refusal])
    }
}

impl<F: Into<Failure>> From<F> for Stop {
    fn from(failure: F) -> Self {
        Self::Failed(failure.into())
    }
}

impl From<Stop> for Ending {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Blocked(notices) => Self::Blocked(notices),
            Stop::Refused(refusals) => Self::Refused(refusals),
            Stop::Failed(failure) => Self::Failed(failure),
            Stop::Interrupted => Self::Interrupted,
        }
    }
}
