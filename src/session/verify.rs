use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::cluster::{is_of, look};
use super::history::reading;
use super::{Cluster, News, Talk};
use crate::checks::{Check, Watch, access, nodes, own_login, parity};
use crate::executor::{Difference, Refusal, no_longer_safe, principals_of, verify as differences};
use crate::facts::{Administrators, Facts};
use crate::journal::{KeptRun, Progress};
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
    /// All other entries, such as those that EKS makes and keeps.
    pub others: Vec<OtherEntry>,
}

/// An access entry of a principal that the plan neither gives one nor leaves one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherEntry {
    pub principal: String,
    /// By this entry it can do everything in the cluster.
    pub is_administrator: bool,
    /// The plan knows that it is an administrator.
    pub is_planned: bool,
    /// It authenticates nobody, as far as IAM tells.
    pub is_dead: bool,
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
    let told = told_of(cluster, plan);
    let Compared { differences, refusals } =
        compare(plan, &|phase| phase <= through, through, told.as_ref(), &now);
    let (planned, others) = entries(plan, &Facts::of(&now));
    let entries = now.access_entries.as_ref().map(|_| planned);
    Ok(Verified { through, differences, refusals, checks, entries, others })
}

/// What a plan leaves behind, held against the cluster.
#[derive(Debug, Default)]
pub(super) struct Compared {
    pub differences: Vec<Difference>,
    pub refusals: Vec<Refusal>,
}

/// The one comparison of `verify` and `status`. `through`: the last of the phases that are `done`.
pub(super) fn compare(
    plan: &Plan,
    done: &dyn Fn(Phase) -> bool,
    through: Phase,
    told: Option<&Progress>,
    now: &Snapshot,
) -> Compared {
    Compared {
        differences: differences(plan, done, told, now),
        refusals: no_longer_safe(plan, through, None, now),
    }
}

/// What the journal of the plan's last run tells; `None`: there is none that can be read.
fn told_of(cluster: &impl Cluster, plan: &Plan) -> Option<Progress> {
    let id = cluster.id()?;
    let runs = cluster.runs().list(&id).ok()?;
    // a run is named after its plan
    let of_plan = |run: &KeptRun| plan.digest.get(..12).is_some_and(|digest| run.name().starts_with(digest));
    let mut readings = runs.into_iter().rev().filter(of_plan).filter_map(|run| reading(&run, &id).ok()?);
    readings.find(|(reading, _)| reading.header.plan == plan.digest).map(|(reading, _)| reading.progress)
}

/// How many entries are of principals that the plan names, and whose the others are.
fn entries(plan: &Plan, now: &Facts<'_>) -> (usize, Vec<OtherEntry>) {
    let planned: BTreeSet<&str> = principals_of(plan).collect();
    let administrators = Administrators::of(now.snapshot.rbac.as_ref(), std::iter::empty());
    let of_others = now.entries.iter().filter(|entry| !planned.contains(entry.observed.principal.as_str()));
    let others: Vec<OtherEntry> = of_others
        .map(|entry| {
            let is_administrator =
                entry.entry.as_ref().is_some_and(|it| administrators.is_administrator(it).is_some());
            let principal = entry.observed.principal.clone();
            let mut known = plan.administrators.iter().flatten();
            let is_planned = known.any(|it| it.principal == principal && it.after.is_some());
            OtherEntry { principal, is_administrator, is_planned, is_dead: entry.liveness.is_dead() }
        })
        .collect();
    (now.entries.len() - others.len(), others)
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
