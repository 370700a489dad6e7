use std::time::Duration;

use crate::calls::{Call, Resource};
use crate::model::AuthenticationMode;
use crate::planner::Phase;

/// What a run tells while it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    PhaseStarted {
        phase: Phase,
    },
    /// `number` counts from 1 in the order in which steps begin, of all that lead to the end of the last phase; those that
    /// earlier runs have done are counted first.
    StepStarted {
        step: String,
        number: usize,
        of: usize,
    },
    /// `already`: it was so before the call, and not by us.
    CallDone {
        step: String,
        call: Call,
        already: bool,
    },
    Retrying {
        step: String,
        error: String,
        wait: Duration,
    },
    /// The next call is irreversible, and is about to be sent for the first time.
    Irreversible {
        step: String,
        to: AuthenticationMode,
    },
    /// EKS is changing the cluster, by itself from now on.
    Updating {
        step: String,
        update: String,
    },
    /// For a written value to be seen, or for an update of the cluster to end.
    Waiting {
        resource: Resource,
        wait: Duration,
        /// Since the first look.
        waited: Duration,
        /// The update, where its id is known.
        update: Option<String>,
    },
    /// Before a rollback: the cluster shows an earlier state of a resource than the young journal of its run tells, and so of
    /// `others`. They are looked at again.
    Unseen {
        resource: Resource,
        others: usize,
        /// The last call about it has no outcome.
        in_doubt: bool,
        wait: Duration,
        /// Since the journal was read.
        waited: Duration,
    },
    /// Verification does not find everything yet, and will look again.
    Unverified {
        differences: usize,
        wait: Duration,
    },
    /// What the step wants was there already, or more: it is left as it is.
    Adopted {
        step: String,
    },
    /// The caller may not tag access entries: those that this run creates from now on do not carry its id.
    Untagged,
    /// A call of an earlier run whose outcome was not known.
    Settled {
        step: String,
        call: Call,
        applied: bool,
    },
    StepDone {
        step: String,
        took: Duration,
    },
    PhaseDone {
        phase: Phase,
        took: Duration,
    },
}

/// Who listens.
pub trait Reporter {
    fn event(&mut self, event: &Event);
}

impl Reporter for () {
    fn event(&mut self, _: &Event) {}
}

impl Reporter for Vec<Event> {
    fn event(&mut self, event: &Event) {
        self.push(event.clone());
    }
}
