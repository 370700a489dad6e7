//! Whether whoever runs this may do it, before anything is done.

use eksodus::kube::KubeApi as _;
use eksodus::observe::READS_AT_ONCE;
use eksodus::planner::{Action, Phase, Plan};
use eksodus::preflight::{Extra, needs_of_plan, preflight};

use super::cluster::Cluster;
use super::output::{CliError, Console};

/// Tells all that is missing, with what would give it. Of a simulated cluster nothing is asked.
pub fn run(
    cluster: &impl Cluster,
    plan: &Plan,
    through: Phase,
    lock: bool,
    console: &mut Console,
) -> Result<bool, CliError> {
    if cluster.live_name().is_none() {
        return Ok(true);
    }
    let binds = plan.steps.iter().any(|step| matches!(step.action, Action::Binding { .. }));
    // whoever may not look may still bind
    let rbac = binds.then(|| cluster.wait(cluster.kube().list_rbac()).ok()).flatten();
    let kept = cluster.runs();
    let extra = Extra { lock, state: kept.bucket(), ..Extra::default() };
    // whoever goes no further wants to know what the rest needs
    let runs = |phase| phase <= through || through == Phase::Preflight;
    let needs = needs_of_plan(plan, &runs, extra, rbac.as_ref()).map_err(CliError::Plan)?;
    let found = cluster.wait(preflight(
        cluster.clock(),
        cluster.eks(),
        cluster.iam(),
        cluster.kube(),
        &needs,
        READS_AT_ONCE,
    ));
    for unchecked in &found.unchecked {
        console.warn(&unchecked.to_string());
    }
    if let Some(status) = &found.status {
        console.warn(&format!(
            "the cluster is {status}: EKS does one thing at a time, and a change of the mode waits"
        ));
        match &found.running {
            Some(update) => console.note(&format!("another update is in progress: {update}")),
            None => console.hint("`aws eks describe-cluster` shows ACTIVE when it is done"),
        }
    }
    for lacking in &found.lacking {
        console.note(&lacking.to_string());
    }
    for missing in &found.missing {
        console.complain(&missing.to_string());
    }
    if let Some(policy) = found.policy() {
        console.hint("this IAM policy gives what is missing:");
        console.page(policy.trim_end());
    }
    if let Some(roles) = found.roles("eksodus") {
        console.hint("these roles give what is missing, once they are bound to the caller:");
        console.page(roles.trim_end());
    }
    if !found.passes() {
        console.note("nothing was done");
    } else if through == Phase::Preflight && found.unchecked.is_empty() {
        console.note("the caller has every right that the plan needs");
    }
    Ok(found.passes())
}
