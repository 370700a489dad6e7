use std::collections::BTreeMap;

use super::Reach;
use super::conflict::Conflict;
use super::count::{PhaseCount, counts};
use super::next::{After, Next, WhyPlan};
use super::run::Run;
use crate::executor::{Ending, Failure, Finished};
use crate::findings::{Finding, RuleId};
use crate::journal::{CallState, Progress};
use crate::model::{AuthenticationMode, ClusterId};
use crate::parity::Permissions;
use crate::planner::{Action, Phase, Plan, Step};

/// One migration of one cluster, or its rollback, when it is over.
#[derive(Debug)]
#[non_exhaustive]
pub struct MigrationResult {
    pub conclusion: Conclusion,
    pub end: End,
    pub cluster: Option<ClusterId>,
    /// The plan's digest.
    pub plan: String,
    /// What its mappings were read from.
    pub source: Option<String>,
    /// The phase it was to stop after.
    pub through: Phase,
    /// The last phase that has steps, and all of them done.
    pub reached: Option<Phase>,
    /// It rolls a run back.
    pub is_rollback: bool,
    /// Steps that are done, and all.
    pub steps: [usize; 2],
    /// The same by phase: what is done, and what it took.
    pub phases: Vec<PhaseCount>,
    /// Calls of this run that took effect.
    pub applied: usize,
    /// Calls of all runs of this journal that took effect.
    pub applied_in_all: usize,
    /// Another call may have taken effect, and nobody looked.
    pub in_doubt: bool,
    /// How many findings the plan has, by rule.
    pub findings: BTreeMap<RuleId, usize>,
    /// `None`: no run was begun.
    pub run: Option<RunPlaces>,
    /// A change of the mode that EKS goes on with by itself.
    pub update: Option<String>,
    /// Something was done, or may have been, that a rollback undoes.
    pub can_undo: bool,
    /// What somebody else has changed, where that stopped it.
    pub conflicts: Vec<Conflict>,
    pub next: Next,
}

/// Where the run is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunPlaces {
    pub journal: String,
    pub plan: String,
    /// The run began nothing, and was taken away.
    pub is_gone: bool,
}

/// What stopped it, and why.
#[derive(Debug)]
pub enum End {
    /// The caller lacks a right, or the cluster is not in a state for it.
    NotPermitted,
    Declined,
    /// Permissions would be lost or gained that nobody has accepted.
    NotAccepted {
        found: Permissions,
        accepted: Permissions,
    },
    /// The plan is none that the planner makes.
    Unsound(Vec<Finding>),
    Ended(Ending),
    /// This process may not be the only one at work any more, for this reason.
    Lost(String),
}

/// What whoever started it must know first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    /// Done, or nothing to do.
    Done,
    /// Whoever was asked did not agree. Nothing was done.
    Declined,
    /// A finding needs a decision. Nothing was done.
    Blocked,
    /// By a guard, or for lack of a right. This run did nothing.
    Refused,
    /// It could not go on, and nothing was done.
    Failed,
    /// It stopped, and some of it is done.
    PartlyApplied,
    /// By whoever started it; some of it may be done.
    Interrupted,
}

impl Conclusion {
    pub(super) fn of_run(run: &Run, finished: &Finished) -> Self {
        let Finished { ending, applied, applied_in_all, seen: _ } = finished;
        let in_doubt = run.progress().has_open();
        let is_something = *applied_in_all > 0 || in_doubt;
        match (Self::of(ending, [*applied, *applied_in_all], in_doubt), &run.lost) {
            (Self::Interrupted, Some(_)) if is_something => Self::PartlyApplied,
            (Self::Interrupted, Some(_)) => Self::Refused,
            (conclusion, _) => conclusion,
        }
    }

    /// `applied`: the calls of the run, and of all runs of its journal, that took effect. `in_doubt`: another one may have,
    /// and nobody looked.
    pub(super) fn of(ending: &Ending, [applied, applied_in_all]: [usize; 2], in_doubt: bool) -> Self {
        match ending {
            Ending::Done => Self::Done,
            Ending::Blocked(_) => Self::Blocked,
            // a refusal promises that this run did nothing
            Ending::Refused(_) if applied == 0 => Self::Refused,
            Ending::Refused(_) => Self::PartlyApplied,
            // somebody else was faster than the first call
            Ending::Failed(Failure::Overtaken(_)) if applied == 0 && !in_doubt => Self::Refused,
            Ending::Interrupted => Self::Interrupted,
            // what is there is not what the plan expects, as it would have been before the call
            Ending::Failed(Failure::Overtaken(_)) if applied_in_all == 0 && !in_doubt => Self::Refused,
            Ending::Failed(_) if applied_in_all == 0 && !in_doubt => Self::Failed,
            Ending::Failed(_) => Self::PartlyApplied,
        }
    }
}

impl MigrationResult {
    /// Before a run was begun.
    pub(super) fn not_begun(plan: &Plan, reach: Reach, end: End) -> Self {
        let conclusion = match end {
            End::Declined => Conclusion::Declined,
            End::NotPermitted | End::NotAccepted { .. } | End::Unsound(_) | End::Ended(_) | End::Lost(_) => {
                Conclusion::Refused
            }
        };
        Self {
            conclusion,
            end,
            cluster: plan.cluster.clone(),
            plan: plan.digest.clone(),
            source: plan.source.clone(),
            through: reach.through,
            reached: None,
            is_rollback: plan.undoes.is_some(),
            steps: [0, plan.steps.len()],
            phases: counts(plan, &Progress::default()),
            applied: 0,
            applied_in_all: 0,
            in_doubt: false,
            findings: findings(plan),
            run: None,
            update: None,
            can_undo: false,
            conflicts: Vec::new(),
            next: Next::of_plan(plan),
        }
    }

    /// Held against the rules for plans, it is none: nothing was looked at.
    pub(super) fn unsound(plan: &Plan, through: Phase, found: Vec<Finding>) -> Self {
        let reach = Reach::planned(plan, through, false);
        let next = Next::Plan { why: WhyPlan::Unsound, then: None };
        Self { next, ..Self::not_begun(plan, reach, End::Unsound(found)) }
    }

    /// A finding needs a decision.
    pub(super) fn blocked(plan: &Plan, through: Phase) -> Self {
        let notices: Vec<Finding> = plan.blockers(through).cloned().collect();
        let reach = Reach::planned(plan, through, false);
        let end = End::Ended(Ending::Blocked(notices));
        Self { conclusion: Conclusion::Blocked, next: Next::Decide, ..Self::not_begun(plan, reach, end) }
    }

    pub(super) fn of(run: &Run, plan: &Plan, finished: Finished, reach: Reach, after: After) -> Self {
        let conclusion = Conclusion::of_run(run, &finished);
        let Finished { ending, applied, applied_in_all, seen: _ } = finished;
        let After { next, conflicts } = after;
        let progress = run.progress();
        let is_done = |id: &str| progress.is_done(id);
        Self {
            conclusion,
            cluster: plan.cluster.clone(),
            plan: plan.digest.clone(),
            source: plan.source.clone(),
            through: reach.through,
            reached: reached(plan, progress),
            is_rollback: plan.undoes.is_some(),
            steps: [plan.steps.iter().filter(|step| is_done(&step.id)).count(), plan.steps.len()],
            phases: counts(plan, progress),
            applied,
            applied_in_all,
            in_doubt: progress.has_open(),
            findings: findings(plan),
            update: progress.update().map(str::to_owned),
            can_undo: can_undo(plan, progress),
            conflicts,
            next,
            run: Some(RunPlaces {
                journal: run.kept.journal_place(),
                plan: run.kept.plan_place(),
                is_gone: run.is_gone,
            }),
            end: match &run.lost {
                Some(why) => End::Lost(why.clone()),
                None => End::Ended(ending),
            },
        }
    }

    /// Where the journal is, unless nothing is kept of the run.
    pub fn journal(&self) -> Option<&str> {
        self.run.as_ref().filter(|run| !run.is_gone).map(|run| run.journal.as_str())
    }
}

fn findings(plan: &Plan) -> BTreeMap<RuleId, usize> {
    let mut findings = BTreeMap::new();
    for notice in &plan.notices {
        *findings.entry(notice.rule).or_default() += 1;
    }
    findings
}

fn reached(plan: &Plan, progress: &Progress) -> Option<Phase> {
    let steps = |phase| plan.steps.iter().filter(move |step| step.phase == phase);
    let is_done = |phase: &Phase| steps(*phase).all(|step| progress.is_done(&step.id));
    let has_steps = |phase: &Phase| steps(*phase).next().is_some();
    Phase::ALL.into_iter().take_while(is_done).filter(has_steps).last()
}

/// The mode stays as it is, for it is irreversible.
pub(super) fn can_undo(plan: &Plan, progress: &Progress) -> bool {
    let is_last = |step: &Step| matches!(step.action, Action::Mode { to: AuthenticationMode::Api, .. });
    // EKS does not stop what it has begun
    if plan.steps.iter().filter(|step| is_last(step)).any(|step| may_have_acted(progress, step)) {
        return false;
    }
    let mut undone = plan.steps.iter().filter(|step| !matches!(step.action, Action::Mode { .. }));
    undone.any(|step| may_have_acted(progress, step))
}

fn may_have_acted(progress: &Progress, step: &Step) -> bool {
    let calls = progress.step(&step.id).map(|begun| begun.calls.as_slice()).unwrap_or_default();
    calls.iter().any(|call| call.state.is_open() || call.state == CallState::Applied)
}
