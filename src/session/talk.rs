use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::{NotEnded, PhaseCount, SessionError};
use crate::checks::Watched;
use crate::executor::{Ending, Event, Refusal};
use crate::journal::{JournalError, Stamp};
use crate::kube::Owner;
use crate::lease::HeldLease;
use crate::model::AuthenticationMode;
use crate::observe::{Observing, Unread};
use crate::planner::{Action, Decisions, Phase, Plan, Step};
use crate::preflight::Preflight;
use crate::simulator::{Fault, Strike};

/// Who is told what goes on.
pub trait Tell {
    fn tell(&mut self, news: News<'_>);
}

/// Nobody waits to be told of this.
pub(super) struct Quiet;

impl Tell for Quiet {
    fn tell(&mut self, _: News<'_>) {}
}

/// Who is asked besides: a person, or what stands for one.
pub trait Talk: Tell {
    /// Why there is no answer.
    type Error: From<SessionError>;

    /// What the team has decided; asked once the cluster was seen.
    ///
    /// # Errors
    /// When it cannot be read.
    fn decisions(&mut self) -> Result<Decisions, Self::Error>;

    /// Whether to go on.
    ///
    /// # Errors
    /// When nobody can answer.
    fn agrees(&mut self, to: Question<'_>) -> Result<bool, Self::Error>;

    /// From now on there is something to lose by leaving at once. The flag, raised, stops it between two calls; until now
    /// nothing was begun.
    ///
    /// # Errors
    /// When nobody could raise it.
    fn begin(&mut self) -> Result<Arc<AtomicBool>, Self::Error>;
}

/// What there is to agree to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question<'q> {
    /// To a plan that was only now made.
    Plan(Stake<'q>),
    /// To steps of a saved plan on a live cluster, all of which can be rolled back: asked where somebody can answer, for who
    /// saves a plan has mostly agreed to it.
    Reversible(Stake<'q>),
    /// To phases that are irreversible, on a live cluster of this name.
    Irreversible { cluster: &'q str, stake: Stake<'q> },
}

/// What would be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stake<'q> {
    pub plan: &'q Plan,
    /// The last phase.
    pub through: Phase,
    /// Of the cluster now.
    pub mode: Option<AuthenticationMode>,
    /// What no earlier run has done.
    pub steps: Vec<&'q Step>,
}

impl<'q> Stake<'q> {
    /// The phases that are irreversible.
    pub fn irreversible(&self) -> impl Iterator<Item = Phase> {
        let modes = self.steps.iter().filter(|step| matches!(step.action, Action::Mode { .. }));
        modes.map(|step| step.phase)
    }
}

/// What happens beside the result.
#[derive(Debug, Clone, Copy)]
pub enum News<'n> {
    Looking(Observing),
    /// The look is over.
    Looked {
        unread: &'n [Unread],
    },
    /// Before anything else is told of the plan.
    Planned {
        plan: &'n Plan,
        /// It was made now, and is to be read before it is agreed to.
        to_read: bool,
    },
    /// Somebody else who writes `aws-auth`, before mappings are taken out of it.
    Owner(&'n Owner),
    Preflight {
        found: &'n Preflight,
        /// Nothing but this was asked for.
        alone: bool,
    },
    /// Somebody else holds the Lease, and is watched.
    LeaseHeld(&'n HeldLease),
    LeaseTakenOver,
    /// An earlier run of the plan is resumed.
    Resuming {
        journal: &'n str,
        /// How far it had come.
        phases: &'n [PhaseCount],
        /// Its last record: when, by whom; `None` where a journal of format 1 does not tell.
        last: Option<&'n Stamp>,
    },
    /// The journal ended in so many bytes of a record that was cut.
    Torn(usize),
    Run(&'n Event),
    /// A look at the nodes of a cluster that is watched.
    Watching(&'n Watched),
    /// A run, or a watch, is over.
    RunEnded,
    NotEnded(&'n NotEnded),
    JournalNotClosed(&'n JournalError),
    /// What a rollback leaves as it is.
    NotUndone(&'n Refusal),
    /// A fault has struck a call of a rehearsal.
    Struck {
        fault: &'n Fault,
        strike: &'n Strike,
    },
    /// A fault stopped a rehearsal, which now resumes without it.
    Stopped(&'n Ending),
    /// So many interruptions of a migration were tried.
    Tried {
        number: usize,
        of: usize,
    },
    /// A rehearsal came to this, before it is rolled back.
    Rehearsed(&'n Ending),
    RollingBack,
}
