use super::run::LastRun;
use super::{Cluster, Question, Reach, Stake, Start, Talk};
use crate::eks::EksApi as _;
use crate::planner::{Action, Plan, Step};

/// Whoever runs this agrees: to a plan that was only now made, and to whatever is done to a live cluster. What earlier runs
/// of the plan did needs no word any more.
pub(super) fn is_agreed<T: Talk>(
    cluster: &impl Cluster,
    plan: &Plan,
    reach: Reach,
    is_saved: bool,
    start: Start,
    talk: &mut T,
) -> Result<bool, T::Error> {
    let live = cluster.live_name();
    if live.is_none() && is_saved {
        return Ok(true);
    }
    let last = match start {
        Start::Resume | Start::MustResume if is_saved => LastRun::of(cluster, plan).ok(),
        Start::New | Start::Resume | Start::MustResume => None,
    };
    let progress = match &last {
        Some(LastRun::Begun(_, read)) => Some(&read.progress),
        Some(LastRun::None | LastRun::NotBegun(_)) | None => None,
    };
    // what cannot be looked at is asked about
    let mode = live.and_then(|_| cluster.wait(cluster.eks().describe_cluster()).ok()).map(|it| it.mode);
    let is_ahead = |step: &&Step| {
        let is_passed = match step.action {
            Action::Mode { to, .. } => mode.is_some_and(|mode| mode >= to),
            Action::Binding { .. } | Action::Entry { .. } | Action::AwsAuth { .. } => false,
        };
        let is_done = progress.is_some_and(|progress| progress.is_done(&step.id));
        reach.options().includes(step.phase) && !is_passed && !is_done
    };
    let steps: Vec<&Step> = plan.steps.iter().filter(is_ahead).collect();
    if steps.is_empty() {
        return Ok(true);
    }
    let stake = Stake { plan, through: reach.through, mode: mode.or(plan.mode), steps };
    // not allowed is refused, and need not be asked
    match live.filter(|_| reach.irreversible && stake.irreversible().next().is_some()) {
        Some(cluster) => talk.agrees(Question::Irreversible { cluster, stake }),
        None if is_saved => talk.agrees(Question::Reversible(stake)),
        None => talk.agrees(Question::Plan(stake)),
    }
}
