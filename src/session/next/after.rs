//! What to do after a run, as `status` would say it: tried on a copy of the cluster as it was seen last.

use super::{Next, Reach, Seen, WhyPlan, is_blocked, is_over};
use crate::executor::{Ending, Failure, Finished};
use crate::planner::{Plan, plan};
use crate::session::conflict::{Conflict, conflicts};
use crate::session::history::{History, KnownRun};
use crate::session::result::can_undo;
use crate::session::run::Run;
use crate::session::talk::Quiet;
use crate::session::tried::{self, Tried};
use crate::session::{Cluster, Conclusion, SessionError, look};
use crate::snapshot::Snapshot;

/// What follows from how a run has ended.
pub(in crate::session) struct After {
    pub next: Next,
    /// What somebody else has changed, where that stopped it.
    pub conflicts: Vec<Conflict>,
}

impl After {
    /// The cluster is looked at again only where the cluster itself, or somebody else's change, stopped the run: else the same
    /// command leads on, or what the run itself saw last tells enough.
    pub fn of(cluster: &impl Cluster, run: &Run, plan: &Plan, finished: &Finished, reach: Reach) -> Self {
        let usual = usual(run, plan, finished, reach);
        let only = |next| Self { next, conflicts: Vec::new() };
        match &finished.ending {
            Ending::Done => only(done(cluster, run, plan, finished, usual)),
            ending if needs_look(ending) && run.lost.is_none() => {
                match again(cluster, run, plan, ending, &usual) {
                    Ok(Some(after)) => after,
                    // what cannot be seen now is told by the next command
                    Ok(None) | Err(_) => only(usual),
                }
            }
            _ => only(usual),
        }
    }
}

/// The cluster has answered, and something about it may be other than the run needs it to be. Where it could not be reached
/// a look would only take long.
fn needs_look(ending: &Ending) -> bool {
    match ending {
        Ending::Failed(Failure::Call { source, .. }) => !source.is_retryable() && !source.leaves_doubt(),
        Ending::Failed(Failure::Verify { .. } | Failure::NotSeen(_) | Failure::Update { .. }) => true,
        ending => is_over(ending),
    }
}

fn usual(run: &Run, plan: &Plan, finished: &Finished, reach: Reach) -> Next {
    let conclusion = Conclusion::of_run(run, finished);
    let progress = run.progress();
    match run.is_gone {
        true => Next::not_begun(&finished.ending, plan, reach),
        false => {
            let can_undo = can_undo(plan, progress);
            let kept = run.kept.plan_place();
            Next::after_run(&finished.ending, conclusion, plan, progress, &kept, reach, can_undo)
        }
    }
}

/// The phase that is next may be refused; that is said now, and not when it is typed.
fn done(cluster: &impl Cluster, run: &Run, of: &Plan, finished: &Finished, usual: Next) -> Next {
    let (Next::Resume { reach, .. }, Some(seen)) = (&usual, &finished.seen) else { return usual };
    let now = Snapshot { own_switch: run.own_switch.clone(), ..Snapshot::clone(seen) };
    let known = cluster.id().and_then(|id| KnownRun::of(run.kept.clone(), &id).ok()?);
    let Some(known) = known else { return usual };
    match tried::resume(&known, &now, *reach) {
        Tried::Passes => usual,
        Tried::NeedsPlan(why, _) => {
            let fresh = plan(&now, &of.decisions);
            let then = (!fresh.steps.is_empty() && !is_blocked(&fresh)).then(|| Reach::of_plan(&fresh));
            Next::Plan { why: WhyPlan::CannotResume(why), then }
        }
        Tried::Refused(refusals) => Next::Refused { phase: reach.through, refusals },
    }
}

/// `None`: what is usual works.
fn again(
    cluster: &impl Cluster,
    run: &Run,
    of: &Plan,
    ending: &Ending,
    usual: &Next,
) -> Result<Option<After>, SessionError> {
    let now = look(cluster, &mut Quiet)?;
    let id = now.cluster.as_ref().map(|cluster| cluster.id.clone()).ok_or(SessionError::NoCluster)?;
    if let Next::Resume { reach, .. } = usual
        && let Some(known) = KnownRun::of(run.kept.clone(), &id)?
        && matches!(tried::resume(&known, &now, *reach), Tried::Passes)
    {
        return Ok(None);
    }
    let history = History::of(&cluster.runs(), &id)?;
    let fresh = plan(&Snapshot { evidence: of.evidence.clone(), ..now.clone() }, &of.decisions);
    let seen = Seen { cluster, id: &id, now: &now, fresh: &fresh, history: &history };
    let (next, found) = seen.next();
    let next = match next {
        Next::Plan { why: WhyPlan::First, then } if run.is_gone => Next::Plan { why: WhyPlan::Stale, then },
        next => next,
    };
    let own = conflicts(of, ending, &now);
    Ok(Some(After { next, conflicts: if own.is_empty() { found } else { own } }))
}
