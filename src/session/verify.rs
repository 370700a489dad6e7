use std::sync::atomic::Ordering;
use std::time::Duration;

use super::cluster::{is_of, look};
use super::{Cluster, News, Talk};
use crate::checks::{Check, Watch, access, nodes, own_login, parity};
use crate::executor::{Difference, Refusal, no_longer_safe, verify as differences};
use crate::model::AuthenticationMode;
use crate::observe::READS_AT_ONCE;
use crate::planner::{Phase, Plan};
use crate::snapshot::Snapshot;

/// Between two looks at the nodes.
const LOOKS: Duration = Duration::from_secs(15);

/// What is asked of a verification.
#[derive(Debug, Clone, Copy)]
pub struct Verification<'v> {
    pub plan: &'v Plan,
    /// The last phase that was done; without it what the cluster's mode says.
    pub through: Option<Phase>,
    /// The nodes of a live cluster are watched for so long.
    pub watch: Option<Duration>,
}

/// Whether the cluster is what the plan leads to.
#[derive(Debug)]
pub struct Verified {
    pub through: Phase,
    pub differences: Vec<Difference>,
    /// What the guards ask before a phase holds after it, too.
    pub refusals: Vec<Refusal>,
    /// Of a live cluster: nodes, rights and logins.
    pub checks: Vec<Check>,
    /// Access entries of principals that the plan leads to; `None`: entries cannot be listed.
    pub entries: Option<usize>,
    /// Principals of all other entries, such as those that EKS makes and keeps.
    pub others: Vec<String>,
}

impl Verified {
    pub fn is_equal(&self) -> bool {
        self.differences.is_empty() && self.refusals.is_empty()
    }

    pub fn is_good(&self) -> bool {
        self.is_equal() && !self.checks.iter().any(Check::is_failed)
    }
}

/// Compares the cluster with the plan. Nothing is changed.
///
/// # Errors
/// When the plan is of another cluster, or the cluster cannot be seen.
pub fn verify<T: Talk>(
    cluster: &impl Cluster,
    asked: Verification<'_>,
    talk: &mut T,
) -> Result<Verified, T::Error> {
    let plan = asked.plan;
    talk.tell(News::Planned { plan, to_read: false });
    is_of(cluster, plan)?;
    let now = look(cluster, talk)?;
    let is_api = now.cluster.as_ref().is_some_and(|cluster| cluster.mode == AuthenticationMode::Api);
    let through = asked.through.unwrap_or(if is_api { Phase::ApiMode } else { Phase::Verify });
    let checks = match cluster.live_name() {
        Some(_) => look_at_life(cluster, asked, &now, through, talk)?,
        None => Vec::new(),
    };
    let (planned, others) = entries(plan, &now);
    Ok(Verified {
        through,
        entries: now.access_entries.as_ref().map(|_| planned),
        others,
        differences: differences(plan, &|phase| phase <= through, &now),
        refusals: no_longer_safe(plan, through, None, &now),
        checks,
    })
}

/// How many entries are of principals that the plan names, and whose the others are.
fn entries(plan: &Plan, now: &Snapshot) -> (usize, Vec<String>) {
    let is_planned = |principal: &str| plan.targets.iter().any(|it| it.entry.principal.as_str() == principal);
    let all = now.access_entries.iter().flatten().map(|entry| entry.principal.clone());
    let (planned, others): (Vec<String>, Vec<String>) = all.partition(|principal| is_planned(principal));
    (planned.len(), others)
}

/// Whether the cluster works as before: its nodes, what principals may do, who the caller is.
fn look_at_life<T: Talk>(
    cluster: &impl Cluster,
    asked: Verification<'_>,
    now: &Snapshot,
    through: Phase,
    talk: &mut T,
) -> Result<Vec<Check>, T::Error> {
    let interrupted = talk.begin()?;
    let interrupted = || interrupted.load(Ordering::Relaxed);
    let watch = asked.watch.map(|duration| Watch { duration, every: LOOKS, interrupted: &interrupted });
    asked.watch.iter().for_each(|duration| cluster.allow(*duration));
    let mut checks = cluster.wait(nodes(cluster.clock(), cluster.kube(), watch, &mut |seen| {
        talk.tell(News::Watching(seen));
    }));
    if watch.is_some() {
        talk.tell(News::RunEnded);
    }
    if let Some(rbac) = &now.rbac {
        let access = access(cluster.clock(), cluster.kube(), asked.plan, rbac, READS_AT_ONCE);
        checks.extend(cluster.wait(access));
    }
    let changes = parity(cluster.clock(), cluster.kube(), asked.plan, through, READS_AT_ONCE);
    checks.extend(cluster.wait(changes));
    checks.push(cluster.wait(own_login(cluster.clock(), cluster.sts(), cluster.kube(), asked.plan)));
    Ok(checks)
}
