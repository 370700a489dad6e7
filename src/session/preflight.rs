use super::{Cluster, News, SessionError, Tell};
use crate::kube::KubeApi as _;
use crate::observe::READS_AT_ONCE;
use crate::planner::{Action, Phase, Plan};
use crate::preflight::{Extra, needs_of_plan, preflight};

/// Whether the caller may do it, asked before anything is done. Of a simulated cluster nothing is asked.
pub(super) fn passes(
    cluster: &impl Cluster,
    plan: &Plan,
    through: Phase,
    lock: bool,
    tell: &mut dyn Tell,
) -> Result<bool, SessionError> {
    if cluster.live_name().is_none() {
        return Ok(true);
    }
    let binds = plan.steps.iter().any(|step| matches!(step.action, Action::Binding { .. }));
    // whoever may not look may still bind
    let rbac = binds.then(|| cluster.wait(cluster.kube().list_rbac()).ok()).flatten();
    let kept = cluster.runs();
    let extra = Extra { lock, state: kept.bucket(), ..Extra::default() };
    // whoever goes no further wants to know what the rest needs
    let alone = through == Phase::Preflight;
    let runs = |phase| phase <= through || alone;
    let needs = needs_of_plan(plan, &runs, extra, rbac.as_ref()).map_err(SessionError::Plan)?;
    let found = cluster.wait(preflight(
        cluster.clock(),
        cluster.eks(),
        cluster.iam(),
        cluster.kube(),
        &needs,
        READS_AT_ONCE,
    ));
    tell.tell(News::Preflight { found: &found, alone });
    Ok(found.passes())
}
