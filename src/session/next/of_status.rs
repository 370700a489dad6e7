//! What `status` recommends.

use super::{Next, Reach, WhyPlan, WhyResume, is_blocked};
use crate::model::ClusterId;
use crate::planner::{Phase, Plan, Step};
use crate::session::Cluster;
use crate::session::conflict::Conflict;
use crate::session::history::{Found, History, KnownRun};
use crate::session::status::in_effect;
use crate::session::tried::{self, Tried};
use crate::snapshot::Snapshot;

/// All that the next step follows from.
pub(in crate::session) struct Seen<'s, C> {
    pub cluster: &'s C,
    pub id: &'s ClusterId,
    pub now: &'s Snapshot,
    pub fresh: &'s Plan,
    pub history: &'s History,
}

impl<C: Cluster> Seen<'_, C> {
    /// Every command that it leads to was tried on a copy of the cluster as it was just seen. With what somebody else has
    /// changed, where that is in the way.
    pub fn next(&self) -> (Next, Vec<Conflict>) {
        let mut conflicts = Vec::new();
        (self.next_with(&mut conflicts), conflicts)
    }

    fn next_with(&self, conflicts: &mut Vec<Conflict>) -> Next {
        if let Some(Found::Unknown { place, .. }) = self.history.runs.last() {
            return self.plan(WhyPlan::UnknownRun { place: place.clone() });
        }
        let newest = self.history.known().next_back();
        if let Some(rollback) = newest.filter(|run| run.plan.undoes.is_some() && !run.is_done()) {
            match self.try_rollback() {
                Ok(true) => return Next::ResumeRollback { in_doubt: rollback.in_doubt() > 0 },
                // all that it was for is done
                Ok(false) => {}
                Err(why) => return self.plan(WhyPlan::CannotResumeRollback(why)),
            }
        }
        let in_effect = in_effect(self.history);
        let left = &self.fresh.steps;
        if let Some(stopped) = in_effect.filter(|run| run.is_stopped())
            && (stopped.in_doubt() > 0 || !left.is_empty())
        {
            return self.resume(stopped, WhyResume::Stopped, conflicts);
        }
        if self.is_all_done() {
            return Next::Nothing;
        }
        let at = in_effect.and_then(KnownRun::is_at).unwrap_or(Phase::Verify);
        if self.fresh.blockers(at.max(Phase::Verify)).next().is_some() {
            return Next::Decide;
        }
        let Some(run) = in_effect else { return self.plan(WhyPlan::First) };
        let changed = |step: &Step| run.count(step.phase).is_none_or(|[done, of]| done == of);
        match run.is_at() {
            Some(at) if !left.is_empty() && !left.iter().any(changed) => {
                self.resume(run, WhyResume::Ahead(at), conflicts)
            }
            _ => self.plan(WhyPlan::Changed),
        }
    }

    /// On to the end of the phase that it is in, if that is not refused.
    fn resume(&self, run: &KnownRun, why: WhyResume, conflicts: &mut Vec<Conflict>) -> Next {
        let through = run.is_at().unwrap_or(Phase::Verify).max(Phase::Verify);
        let is_left = |step: &&Step| !run.reading.progress.is_done(&step.id);
        let one_way = |step: &Step| step.phase.is_irreversible() && step.phase <= through;
        let irreversible = run.plan.steps.iter().filter(is_left).any(one_way);
        let reach = Reach::planned(&run.plan, through, irreversible);
        match tried::resume(run, self.now, reach) {
            Tried::Passes => Next::Resume {
                plan: run.run.plan_place(),
                reach,
                why,
                or_undo: run.is_stopped() && matches!(self.try_rollback(), Ok(true)),
            },
            Tried::NeedsPlan(..) if self.is_all_done() => Next::Nothing,
            Tried::NeedsPlan(why, in_the_way) => {
                *conflicts = in_the_way;
                self.plan(WhyPlan::CannotResume(why))
            }
            Tried::Refused(refusals) => Next::Refused { phase: through, refusals },
        }
    }

    fn is_all_done(&self) -> bool {
        self.fresh.steps.is_empty() && self.fresh.blockers(Phase::ApiMode).next().is_none()
    }

    fn plan(&self, why: WhyPlan) -> Next {
        let has_steps = !self.fresh.steps.is_empty();
        let then = (has_steps && !is_blocked(self.fresh)).then(|| Reach::of_plan(self.fresh));
        Next::Plan { why, then }
    }

    fn try_rollback(&self) -> Result<bool, tried::Obstacle> {
        tried::rollback(self.cluster, self.id, self.history, self.now)
    }
}
