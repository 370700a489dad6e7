//! Whether a command would work: the very engine on a copy of the cluster as it was just seen, interrupted before its
//! first step. So no second set of rules says what `apply` and `rollback` do.

use std::fmt;
use std::time::Duration;

use pollster::block_on;

use super::conflict::{Conflict, conflicts};
use super::history::{History, KnownRun};
use super::{Cluster, Reach, SessionError, in_one_line, reasons};
use crate::executor::{Ending, Options, Origin, Pruning, Refusal, execute};
use crate::journal::{Header, Journal, JournalError, MemoryStore, Stamps};
use crate::model::ClusterId;
use crate::observe::{Backoff, Patience};
use crate::parity::Permissions;
use crate::planner::{Phase, Plan};
use crate::simulator::{Behaviour, Simulator, SimulatorError};
use crate::snapshot::Snapshot;

/// What would come of a command, as far as that can be told before it changes anything.
pub(super) enum Tried {
    /// It passes the gate and the guards of its first phase.
    Passes,
    /// It ends in this, and a new plan leads on; the conflicts are what somebody else has changed.
    NeedsPlan(Obstacle, Vec<Conflict>),
    /// It ends in this, and so does what any other plan does there.
    Refused(Vec<Refusal>),
}

/// Why a run cannot be resumed.
#[derive(Debug)]
pub enum Obstacle {
    Session(SessionError),
    Simulator(SimulatorError),
    Journal(JournalError),
    Reasons(Vec<String>),
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session(error) => f.write_str(&in_one_line(error)),
            Self::Simulator(error) => f.write_str(&in_one_line(error)),
            Self::Journal(error) => f.write_str(&in_one_line(error)),
            Self::Reasons(reasons) => f.write_str(&reasons.join("; ")),
        }
    }
}

pub(super) fn resume(run: &KnownRun, now: &Snapshot, reach: Reach) -> Tried {
    let store = Box::new(MemoryStore::of(run.bytes.clone()));
    match Journal::open(store, Stamps::default()) {
        Ok(journal) => on_a_copy(&run.plan, journal, Origin::Planner, now, reach),
        Err(error) => Tried::NeedsPlan(Obstacle::Journal(error), Vec::new()),
    }
}

/// Whether there is something to undo; else why it cannot be undone.
pub(super) fn rollback(
    cluster: &impl Cluster,
    id: &ClusterId,
    history: &History,
    now: &Snapshot,
) -> Result<bool, Obstacle> {
    let undo = history.to_undo(id, &cluster.runs(), now).map_err(Obstacle::Session)?;
    let Some(undo) = undo else { return Ok(false) };
    let plan = &undo.rollback.plan;
    let texts = |refused: &[Refusal]| Obstacle::Reasons(refused.iter().map(ToString::to_string).collect());
    if plan.steps.is_empty() {
        return Err(texts(&undo.rollback.refused));
    }
    let header = Header::new(&plan.digest, id.clone(), "tried");
    let journal = Journal::create(Box::new(MemoryStore::default()), header, Stamps::default());
    let origin = Origin::Rollback { plan: &undo.run.plan, progress: &undo.run.reading.progress };
    let reach = Reach {
        through: Phase::Verify,
        irreversible: false,
        pruning: Pruning::AsPlanned,
        accept: Permissions::default(),
    };
    match on_a_copy(plan, journal.map_err(Obstacle::Journal)?, origin, now, reach) {
        Tried::Passes => Ok(true),
        Tried::NeedsPlan(why, _) => Err(why),
        Tried::Refused(refusals) => Err(texts(&refusals)),
    }
}

fn on_a_copy(plan: &Plan, mut journal: Journal, origin: Origin<'_>, now: &Snapshot, reach: Reach) -> Tried {
    let world = match Simulator::from_snapshot(now, Behaviour::default()) {
        Ok(world) => world,
        Err(error) => return Tried::NeedsPlan(Obstacle::Simulator(error), Vec::new()),
    };
    // nothing of it changes while it is looked at
    let once = |backoff| Backoff { retries: 0, ..backoff };
    let Patience { calls, read_back, shown: _, update } = Patience::default();
    let options = Options {
        patience: Patience {
            calls: once(calls),
            read_back: once(read_back),
            shown: Duration::ZERO,
            update: once(update),
        },
        interrupted: &|| true,
        origin,
        own_switch: now.own_switch.as_ref(),
        ..reach.options()
    };
    let finished = block_on(execute(&world, plan, &mut journal, options, &mut ()));
    match finished.ending {
        Ending::Done | Ending::Interrupted => Tried::Passes,
        Ending::Refused(refusals) if !refusals.iter().all(is_of_old_plan) => Tried::Refused(refusals),
        ending @ (Ending::Refused(_) | Ending::Blocked(_) | Ending::Failed(_)) => {
            Tried::NeedsPlan(Obstacle::Reasons(reasons(&ending)), conflicts(plan, &ending, now))
        }
    }
}

/// Whether it is about this plan, so that another one made from what is there now would not meet it.
fn is_of_old_plan(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::Stale { .. }
        | Refusal::Edited { .. }
        | Refusal::OtherPlan { .. }
        | Refusal::OriginUnknown
        | Refusal::SwitchUnknown
        | Refusal::Changed { .. }
        | Refusal::ChangedSince { .. }
        | Refusal::NeedsNewPlan { .. }
        | Refusal::UnknownLine { .. }
        | Refusal::NotCovered { .. }
        | Refusal::NotPrunable { .. }
        | Refusal::NotMigrated { .. }
        | Refusal::NoCluster
        | Refusal::OtherCluster { .. } => true,
        Refusal::Unchecked { .. }
        | Refusal::Irreversible { .. }
        | Refusal::CallerLosesAccess { .. }
        | Refusal::CallerUnknown
        | Refusal::CallerHasNoEntry { .. }
        | Refusal::CallerEntryGivesNothing { .. }
        | Refusal::MeansOtherwise { .. }
        | Refusal::NodeRole { .. }
        | Refusal::NodesUnknown
        | Refusal::IamHidden { .. }
        | Refusal::NoOtherAdministrator
        | Refusal::AdministratorUnknown { .. }
        | Refusal::LostAccess { .. }
        | Refusal::DeletesInApiMode { .. }
        | Refusal::TakesInApiMode { .. }
        | Refusal::SwitchingToApi { .. }
        | Refusal::LineGone { .. }
        | Refusal::PrincipalGone { .. }
        | Refusal::PrincipalRecreated { .. }
        | Refusal::BindingNeeded { .. } => false,
    }
}
