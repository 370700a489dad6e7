use std::path::PathBuf;

use super::cluster::look;
use super::conflict::{Conflict, of_refusals};
use super::history::{History, KnownRun, Undo};
use super::migrate::carry_out;
use super::run::{Run, Telling};
use super::shown::until_shown;
use super::talk::Quiet;
use super::{Cluster, End, MigrationResult, News, Reach, SessionError, Talk, Tell, preflight};
use crate::executor::{NoRollback, Origin, Pruning, Refusal, Rollback, Told, refusals};
use crate::journal::{Runs, Stamp, Stamps};
use crate::model::ClusterId;
use crate::observe::SHOWN;
use crate::parity::Permissions;
use crate::planner::{Phase, Plan, Step};
use crate::snapshot::Snapshot;

/// What is asked of a rollback.
#[derive(Debug, Clone)]
pub struct RollbackRequest {
    /// The place of the run to undo; without it, the newest one that left something behind.
    pub run: Option<PathBuf>,
    /// It is done; otherwise it is only looked at what would be.
    pub act: bool,
    /// Other operators are kept away from a live cluster.
    pub lock: bool,
    /// For the records of the journal; the caller is filled in.
    pub stamps: Stamps,
}

/// What came of it.
#[derive(Debug)]
pub enum RolledBack {
    NothingToUndo,
    /// The run of this name left something, and none of it can be undone.
    NothingCanBeUndone {
        run: String,
    },
    /// What would be done, and why it would be refused.
    Preview {
        plan: Plan,
        refusals: Vec<Refusal>,
    },
    /// `aws-auth` was changed since: what somebody else wrote there is not taken back.
    InTheWay {
        refusal: Refusal,
        conflicts: Vec<Conflict>,
    },
    Over(MigrationResult),
}

/// A rollback goes no further, and needs nothing that is irreversible.
const REACH: Reach = Reach {
    through: Phase::Verify,
    irreversible: false,
    pruning: Pruning::AsPlanned,
    accept: Permissions { lost: 0, gained: 0 },
};

/// Undoes what the journal of a run says was done.
///
/// # Errors
/// When there is no result: what is needed for it cannot be read or written, or nothing says what the run did.
pub fn rollback<C: Cluster, T: Talk>(
    cluster: C,
    request: RollbackRequest,
    talk: &mut T,
) -> Result<RolledBack, T::Error> {
    let cluster = if request.act { cluster.hold(talk)? } else { cluster };
    let seen = look(&cluster, talk)?;
    let id = seen.cluster.as_ref().map(|cluster| cluster.id.clone()).ok_or(SessionError::NoCluster)?;
    let runs = RunsToUndo::of(&cluster, &request, &id)?;
    let now = shown(&cluster, &runs, seen, &request.stamps, talk)?;
    let found = match runs.to_undo(&id, &cluster.runs(), &now) {
        Err(SessionError::NoRollback(NoRollback::AwsAuth(refusal))) => {
            let conflicts = of_refusals(None, std::slice::from_ref(&refusal), &now);
            return Ok(RolledBack::InTheWay { refusal: *refusal, conflicts });
        }
        found => found?,
    };
    let Some(Undo { run: undone, rollback: Rollback { plan, refused } }) = found else {
        return Ok(RolledBack::NothingToUndo);
    };
    let name = undone.run.name();
    talk.tell(News::Planned { plan: &plan, to_read: false });
    refused.iter().for_each(|refusal| talk.tell(News::NotUndone(refusal)));
    if plan.steps.is_empty() {
        return Ok(match refused.is_empty() {
            true => RolledBack::NothingToUndo,
            false => RolledBack::NothingCanBeUndone { run: name.to_owned() },
        });
    }
    if !request.act {
        let steps: Vec<&Step> = plan.steps.iter().collect();
        let refusals = refusals(&plan, Phase::Entries, &steps, &now);
        return Ok(RolledBack::Preview { plan, refusals });
    }
    let lock = cluster.live_name().is_some() && request.lock;
    if !preflight::passes(&cluster, &plan, REACH.through, lock, false, talk)? {
        return Ok(RolledBack::Over(MigrationResult::not_begun(&plan, REACH, End::NotPermitted)));
    }
    let stamps = request.stamps.by_caller(cluster.caller_arn());
    // not before: whoever waits for another operator may leave at once
    let interrupted = talk.begin()?;
    let run = Run::begin(&cluster, &plan, Some(name), stamps)?;
    let origin = Origin::Rollback { plan: &undone.plan, progress: &undone.reading.progress };
    Ok(RolledBack::Over(carry_out(&cluster, run, &plan, origin, REACH, &interrupted, talk)))
}

/// Where the run to undo is looked for.
enum RunsToUndo {
    /// It was named. `None`: it did not begin.
    Named(Option<Box<KnownRun>>),
    /// Among all.
    Any(History),
}

impl RunsToUndo {
    fn of(cluster: &impl Cluster, request: &RollbackRequest, id: &ClusterId) -> Result<Self, SessionError> {
        let kept = cluster.runs();
        Ok(match &request.run {
            Some(path) => Self::Named(KnownRun::of(kept.open(path)?, id)?.map(Box::new)),
            None => Self::Any(History::of(&kept, id)?),
        })
    }

    fn to_undo(&self, id: &ClusterId, kept: &Runs, now: &Snapshot) -> Result<Option<Undo<'_>>, SessionError> {
        match self {
            Self::Named(Some(run)) => Ok(Some(Undo { run, rollback: run.rollback(now)? })),
            Self::Named(None) => Ok(None),
            Self::Any(history) => history.to_undo(id, kept, now),
        }
    }

    /// What they tell, and how long the cluster may show less. Of a run that was named, what later ones did to its resources
    /// belongs to it.
    fn told(&self, cluster: &impl Cluster, id: &ClusterId, now: &Stamp) -> Result<Told, SessionError> {
        let mut told = Told::default();
        let mut add = |run: &KnownRun| {
            let young_for = run.reading.unseen_for(SHOWN, now);
            told.add(&run.plan, &run.reading.progress, young_for).map_err(NoRollback::Plan)
        };
        match self {
            Self::Any(history) => history.known().try_for_each(&mut add)?,
            Self::Named(None) => {}
            Self::Named(Some(run)) => {
                add(run)?;
                if !run.reading.unseen_for(SHOWN, now).is_zero()
                    && let Ok(history) = History::of(&cluster.runs(), id)
                {
                    let later = history.known().filter(|it| it.run.number() > run.run.number());
                    later.into_iter().try_for_each(&mut add)?;
                }
            }
        }
        Ok(told)
    }
}

/// What is seen is not undone before it is what the journals tell, or they are old enough for that to be somebody else's doing.
fn shown(
    cluster: &impl Cluster,
    runs: &RunsToUndo,
    seen: Snapshot,
    stamps: &Stamps,
    tell: &mut dyn Tell,
) -> Result<Snapshot, SessionError> {
    let Some(id) = seen.cluster.as_ref().map(|cluster| cluster.id.clone()) else { return Ok(seen) };
    let told = runs.told(cluster, &id, &stamps.stamp())?;
    let mut reporter = Telling(tell);
    let wait = |unseen, waited| cluster.keep(told.wait_for(cluster, unseen, waited, &mut reporter));
    until_shown(&told, cluster.clock(), seen, wait, || look(cluster, &mut Quiet))
}
