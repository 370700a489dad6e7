use std::path::PathBuf;

use super::cluster::look;
use super::conflict::{Conflict, of_refusals};
use super::history::{History, KnownRun, Undo};
use super::migrate::carry_out;
use super::run::Run;
use super::{Cluster, End, MigrationResult, News, Reach, SessionError, Talk, preflight};
use crate::executor::{NoRollback, Origin, Pruning, Refusal, Rollback, refusals};
use crate::journal::Stamps;
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
    let now = look(&cluster, talk)?;
    // one of them holds the run
    let (mut named, mut history) = (None, None);
    let found = match to_undo(&cluster, &request, &now, &mut named, &mut history) {
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

fn to_undo<'h>(
    cluster: &impl Cluster,
    request: &RollbackRequest,
    now: &Snapshot,
    named: &'h mut Option<KnownRun>,
    history: &'h mut Option<History>,
) -> Result<Option<Undo<'h>>, SessionError> {
    let id = now.cluster.as_ref().map(|cluster| &cluster.id).ok_or(SessionError::NoCluster)?;
    let kept = cluster.runs();
    match &request.run {
        Some(path) => {
            *named = KnownRun::of(kept.open(path)?, id)?;
            named.as_ref().map(|run| Ok(Undo { run, rollback: run.rollback(now)? })).transpose()
        }
        None => history.insert(History::of(&kept, id)?).to_undo(id, &kept, now),
    }
}
