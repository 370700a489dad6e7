use super::{Cluster, Question, Reach, Talk};
use crate::eks::EksApi as _;
use crate::planner::{Action, Phase, Plan, Step};

/// Whoever runs this agrees: to a plan that was only now made, and to what is irreversible on a live cluster.
pub(super) fn is_agreed<T: Talk>(
    cluster: &impl Cluster,
    plan: &Plan,
    reach: Reach,
    is_saved: bool,
    talk: &mut T,
) -> Result<bool, T::Error> {
    let live = cluster.live_name().filter(|_| reach.irreversible);
    // what an earlier run did needs no word any more; what cannot be looked at is asked about
    let mode = live.and_then(|_| cluster.wait(cluster.eks().describe_cluster()).ok()).map(|it| it.mode);
    let is_ahead = |step: &&Step| match step.action {
        Action::Mode { to, .. } => step.phase <= reach.through && mode.is_none_or(|mode| mode < to),
        _ => false,
    };
    let phases: Vec<Phase> = plan.steps.iter().filter(is_ahead).map(|step| step.phase).collect();
    match live.filter(|_| !phases.is_empty()) {
        Some(cluster) => talk.agrees(Question::Irreversible { cluster, phases }),
        None if is_saved => Ok(true),
        None => talk.agrees(Question::Plan),
    }
}
