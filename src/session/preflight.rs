use futures_util::future::join;

use super::{Cluster, News, SessionError, Tell};
use crate::kube::KubeApi as _;
use crate::observe::READS_AT_ONCE;
use crate::planner::{Action, Phase, Plan};
use crate::preflight::{Extra, needs_of_plan, preflight};

/// Whether the caller may do it, asked before anything is done. Of a simulated cluster nothing is asked.
///
/// `holds_next`: nobody is asked before the cluster is held, so that what it takes is found out meanwhile.
pub(super) fn passes(
    cluster: &impl Cluster,
    plan: &Plan,
    through: Phase,
    lock: bool,
    holds_next: bool,
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
    let ahead = async {
        if holds_next {
            cluster.before_hold().await;
        }
    };
    let (clock, eks, iam, kube) = (cluster.clock(), cluster.eks(), cluster.iam(), cluster.kube());
    let asked = preflight(clock, eks, iam, kube, &needs, READS_AT_ONCE);
    let (found, ()) = cluster.wait(join(asked, ahead));
    tell.tell(News::Preflight { found: &found, alone });
    Ok(found.passes())
}
