//! Which calls the faults struck, and why others struck none.

use super::strike::{At, Break, Fault};
use crate::simulator::Operation;

/// A call that a fault struck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strike {
    /// The place of the fault among those that were set.
    pub fault: usize,
    pub operation: Operation,
    /// Which call of its operation it was, counted as [`At`] counts.
    pub nth: u32,
    /// The number of the call in [`Simulator::calls`](crate::simulator::Simulator::calls).
    pub call: usize,
    /// The principal, binding or name that the call was about.
    pub target: String,
    pub effect: Effect,
}

/// What a fault did to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It ended in an error; `done`: it took effect all the same.
    Broken { how: Break, done: bool },
    /// The same, and no later call is answered.
    Halted { done: bool },
    /// What it wrote is seen late.
    Delayed,
    /// The update of the mode that it began will fail.
    UpdateFails,
    /// Somebody else changed something right before it.
    Changed,
}

/// Why a fault struck nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missed {
    /// `operation`: `None` for calls of any kind.
    #[error("{} {} made, not {wanted}", match made { 0 => "no".to_owned(), n => format!("only {n}") }, calls(*made, *operation))]
    TooFewCalls { operation: Option<Operation>, wanted: u32, made: u32 },
    #[error("nothing needed {action}")]
    NotNeeded { action: String },
    #[error("nothing that is seen late was written")]
    NothingWritten,
    #[error("the authentication mode was changed {begun} times, not {wanted}")]
    TooFewUpdates { wanted: u32, begun: u32 },
    #[error(transparent)]
    NoEffect(#[from] NoEffect),
    #[error("another fault had broken that call, or all calls, before")]
    Preempted,
}

fn calls(made: u32, operation: Option<Operation>) -> String {
    let (call, was) = if made == 1 { ("call", "was") } else { ("calls", "were") };
    let of = operation.map(|operation| format!(" of {operation}")).unwrap_or_default();
    format!("{call}{of} {was}")
}

/// Why what somebody else does changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoEffect {
    #[error("that call is about no access entry")]
    AboutNoEntry,
    #[error("that call is about no role or user")]
    AboutNoPrincipal,
    #[error("{principal} has no access entry at that moment")]
    NoEntry { principal: String },
    #[error("{principal} does not exist at that moment")]
    NoPrincipal { principal: String },
    #[error("another update of the cluster is in progress at that moment")]
    Updating,
    #[error("the cluster has no nodes")]
    NoNodes,
    #[error("nothing looks at nodes after that call: `verify --watch` on a live cluster does")]
    NobodyLooked,
    /// Somebody else is bound by the same rules.
    #[error("it is refused to somebody else, too: {message}")]
    Refused { message: String },
}

/// What struck while the state was worked on, where no call by itself shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mark {
    Denied { action: String },
    Delayed,
    UpdateFails { number: u32 },
}

impl Mark {
    pub(super) fn is_of(&self, fault: &Fault) -> bool {
        match (self, fault) {
            (Self::Denied { action }, Fault::Deny { action: denied }) => action == denied,
            (Self::Delayed, Fault::Delay(_)) => true,
            (Self::UpdateFails { number }, Fault::FailUpdate { number: wanted }) => number == wanted,
            _ => false,
        }
    }

    pub(super) const fn effect(&self) -> Effect {
        match self {
            Self::Denied { .. } => Effect::Broken { how: Break::Denied, done: false },
            Self::Delayed => Effect::Delayed,
            Self::UpdateFails { .. } => Effect::UpdateFails,
        }
    }
}

/// How often calls were made since the faults were set.
#[derive(Clone, Copy)]
pub(super) struct Counts<'c> {
    pub of: &'c dyn Fn(Option<Operation>) -> u32,
    pub updates_begun: u32,
}

impl Counts<'_> {
    /// Of a fault that struck nothing, and whose change, if it is one, was not tried.
    pub fn why_missed(self, fault: &Fault) -> Missed {
        let at = |at: &At| match (self.of)(at.operation) {
            made if made < at.number => {
                Missed::TooFewCalls { operation: at.operation, wanted: at.number, made }
            }
            _ => Missed::Preempted,
        };
        match fault {
            Fault::Fail { at: of }
            | Fault::FailAfter { at: of }
            | Fault::LostAnswer { at: of }
            | Fault::HalfAnswer { at: of }
            | Fault::Throttle { at: of, last: _ }
            | Fault::Halt { at: of }
            | Fault::HaltAfter { at: of }
            | Fault::Change { at: of, change: _ } => at(of),
            Fault::ThrottleEvery { every } => at(&At { operation: None, number: *every }),
            Fault::Deny { action } => Missed::NotNeeded { action: action.clone() },
            Fault::Delay(_) => Missed::NothingWritten,
            Fault::FailUpdate { number } => {
                Missed::TooFewUpdates { wanted: *number, begun: self.updates_begun }
            }
        }
    }
}
