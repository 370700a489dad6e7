//! What to do next, as a value: after a plan, after a run, and (`of_status`) from where a migration stands.

mod after;
mod of_status;

pub(super) use after::After;
pub(super) use of_status::Seen;

use super::tried::Obstacle;
use super::{Conclusion, reasons};
use crate::executor::{Ending, Failure, Options, Pruning, Refusal};
use crate::journal::Progress;
use crate::parity::Permissions;
use crate::planner::{Phase, Plan, Step};

/// How far a run goes, and what it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// The last phase.
    pub through: Phase,
    /// The phases `dual-mode` and `api-mode` may be run.
    pub irreversible: bool,
    pub pruning: Pruning,
    /// The permissions that are lost and gained by it, and no decision accepts: whoever runs it names them.
    pub accept: Permissions,
}

/// What to do next. It is a value: only a command line knows how that is typed.
#[derive(Debug)]
pub enum Next {
    /// Nothing is left to do.
    Nothing,
    /// A finding needs a decision, and the plan says which.
    Decide,
    /// Make a plan, read it, and then apply it so far.
    Plan {
        why: WhyPlan,
        /// `None`: something in it needs a decision first.
        then: Option<Reach>,
    },
    /// Apply the plan at hand.
    Apply {
        /// The phase of its first step.
        first: Phase,
        reach: Reach,
    },
    /// Resume the last run.
    Resume {
        /// Where its plan is kept.
        plan: String,
        reach: Reach,
        why: WhyResume,
        /// It left something that can be rolled back instead.
        or_undo: bool,
    },
    /// What comes next is irreversible, and was not allowed: rehearse it first, and then allow it.
    Rehearse { then: Reach },
    /// Roll the last run back.
    Rollback,
    ResumeRollback {
        /// It stopped in the middle of a call.
        in_doubt: bool,
    },
    /// Whatever plan is made, this phase would be refused.
    Refused { phase: Phase, refusals: Vec<Refusal> },
}

/// Why a new plan is made.
#[derive(Debug)]
pub enum WhyPlan {
    /// There is none yet.
    First,
    /// The plan at hand is of no cluster.
    NoCluster,
    /// What the last run did is not known.
    UnknownRun {
        place: String,
    },
    /// The plan at hand is none that the planner makes.
    Unsound,
    /// The cluster is not what the last run left.
    Changed,
    /// The cluster is not what the plan was made from.
    Stale,
    /// The run was rolled back.
    RolledBack,
    CannotResume(Obstacle),
    CannotResumeRollback(Obstacle),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyResume {
    /// It stopped within a phase.
    Stopped,
    /// It was asked to go no further, and this phase is next.
    Ahead(Phase),
}

impl Reach {
    /// With everything else as it is by default.
    pub fn options(self) -> Options<'static> {
        let Self { through, irreversible, pruning, accept: _ } = self;
        Options { allow_irreversible: irreversible, prune: pruning, ..Options::through(through) }
    }

    /// To the end of the phase that is next.
    fn to_end_of(next: Phase, plan: &Plan) -> Self {
        let (through, irreversible) = (next.max(Phase::Verify), next.is_irreversible());
        Self::planned(plan, through, irreversible)
    }

    /// With which a new plan comes to something: through the phase of its first step at least.
    pub(super) fn of_plan(plan: &Plan) -> Self {
        let through = first_phase(plan).unwrap_or(Phase::Verify).max(Phase::Verify);
        let irreversible =
            plan.steps.iter().any(|step| step.phase.is_irreversible() && step.phase <= through);
        Self::planned(plan, through, irreversible)
    }

    /// So far, with all that the plan does to get there.
    pub(super) fn planned(plan: &Plan, through: Phase, irreversible: bool) -> Self {
        Self { through, irreversible, pruning: Pruning::AsPlanned, accept: plan.unaccepted(through, "") }
    }
}

fn first_phase(plan: &Plan) -> Option<Phase> {
    plan.steps.iter().map(|step| step.phase).min()
}

/// A finding needs a decision before its first steps can be done.
pub(super) fn is_blocked(plan: &Plan) -> bool {
    let first = first_phase(plan).unwrap_or(Phase::Verify);
    plan.blockers(first.max(Phase::Verify)).next().is_some()
}

impl Next {
    /// With a plan that was not applied yet.
    pub fn of_plan(plan: &Plan) -> Self {
        match first_phase(plan) {
            _ if is_blocked(plan) => Self::Decide,
            None => Self::Nothing,
            Some(_) if plan.cluster.is_none() => Self::Plan { why: WhyPlan::NoCluster, then: None },
            Some(first) => Self::Apply { first, reach: Reach::of_plan(plan) },
        }
    }

    /// With a plan of which no run was begun.
    pub(super) fn not_begun(ending: &Ending, plan: &Plan, reach: Reach) -> Self {
        match ending {
            Ending::Refused(refusals) if are_irreversible(refusals) => {
                Self::Rehearse { then: Reach { irreversible: true, ..reach } }
            }
            Ending::Done
            | Ending::Blocked(_)
            | Ending::Interrupted
            | Ending::Refused(_)
            | Ending::Failed(_) => Self::of_plan(plan),
        }
    }

    /// With a run that is over, and of which something is kept. `kept`: the place of its plan. `can_undo`: it did something
    /// that a rollback undoes, or may have.
    pub(super) fn after_run(
        ending: &Ending,
        conclusion: Conclusion,
        plan: &Plan,
        progress: &Progress,
        kept: &str,
        reach: Reach,
        can_undo: bool,
    ) -> Self {
        let resume = |reach, why, or_undo| Self::Resume { plan: kept.to_owned(), reach, why, or_undo };
        let left = plan.steps.iter().filter(|step| !progress.is_done(&step.id));
        let is_rollback = plan.undoes.is_some();
        match conclusion {
            Conclusion::PartlyApplied | Conclusion::Interrupted if !is_over(ending) => match is_rollback {
                true => Self::ResumeRollback { in_doubt: progress.has_open() },
                false => {
                    // what is done needs not to be allowed again
                    let is_ahead = |step: &Step| step.phase.is_irreversible() && step.phase <= reach.through;
                    let irreversible = reach.irreversible && left.clone().any(is_ahead);
                    resume(Reach { irreversible, ..reach }, WhyResume::Stopped, can_undo)
                }
            },
            Conclusion::PartlyApplied | Conclusion::Interrupted if can_undo && !is_rollback => Self::Rollback,
            Conclusion::Done if is_rollback => Self::Plan { why: WhyPlan::RolledBack, then: None },
            Conclusion::Done => match left.map(|step| step.phase).min() {
                Some(phase) => resume(Reach::to_end_of(phase, plan), WhyResume::Ahead(phase), false),
                None => Self::Nothing,
            },
            Conclusion::Blocked => Self::Decide,
            Conclusion::Refused if is_over(ending) => {
                let why = WhyPlan::CannotResume(Obstacle::Reasons(reasons(ending)));
                Self::Plan { why, then: None }
            }
            Conclusion::Declined
            | Conclusion::Refused
            | Conclusion::Failed
            | Conclusion::PartlyApplied
            | Conclusion::Interrupted => Self::not_begun(ending, plan, reach),
        }
    }
}

/// Nothing but that has to be allowed.
fn are_irreversible(refusals: &[Refusal]) -> bool {
    refusals.iter().all(|it| matches!(it, Refusal::Irreversible { .. }))
}

/// Whether the same plan would only be refused again.
fn is_over(ending: &Ending) -> bool {
    let passes = |refusal: &Refusal| {
        matches!(
            refusal,
            Refusal::NodesUnknown
                | Refusal::IamHidden { .. }
                | Refusal::CallerUnknown
                | Refusal::Irreversible { .. }
        )
    };
    match ending {
        Ending::Refused(refusals) => !refusals.iter().all(passes),
        Ending::Failed(Failure::Overtaken(_) | Failure::Unsafe { .. }) => true,
        Ending::Failed(_) | Ending::Done | Ending::Blocked(_) | Ending::Interrupted => false,
    }
}
