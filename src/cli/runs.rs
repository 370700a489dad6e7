use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use eksodus::executor::journal::{Journal, JournalError, KeptRun, Reading, Runs, read};
use eksodus::executor::{Alone, Ending, Finished, Options, Origin, Pruning, execute};
use eksodus::planner::{Phase, Plan};
use futures_util::future::LocalBoxFuture;

use super::cluster::Cluster;
use super::console::Console;
use super::error::CliError;
use super::inputs;
use super::progress::Progress;

/// One run of a plan, with the journal open.
pub struct Run {
    pub kept: KeptRun,
    journal: Journal,
    /// Made for this run, and worth nothing if the run does nothing.
    is_new: bool,
    /// It did nothing, and nothing is kept of it.
    pub is_gone: bool,
    /// Why it was stopped, when that was because it may not be the only one at work.
    pub lost: Option<String>,
}

/// What a run may do.
#[derive(Debug, Clone, Copy)]
pub struct Allowed {
    pub through: Phase,
    pub irreversible: bool,
    pub pruning: Pruning,
}

impl Allowed {
    pub fn includes(self, phase: Phase) -> bool {
        phase <= self.through && (self.pruning != Pruning::None || phase != Phase::Prune)
    }
}

impl Run {
    /// The first run of a plan, with `aws-auth` kept as it is now.
    pub fn begin(cluster: &impl Cluster, plan: &Plan) -> Result<Self, CliError> {
        let id = plan.cluster.as_ref().ok_or(CliError::NoCluster)?;
        let aws_auth = cluster.aws_auth_text()?;
        let (runs, text) = (cluster.runs(), plan.to_json());
        let kept = runs.create(id, &plan.digest, &text, aws_auth.as_deref())?;
        let journal = open(&kept)?;
        Ok(Self { kept, journal, is_new: true, is_gone: false, lost: None })
    }

    /// The last run of a plan, to go on with.
    pub fn resume(cluster: &impl Cluster, plan: &Plan, console: &mut Console) -> Result<Self, CliError> {
        let id = plan.cluster.as_ref().ok_or(CliError::NoCluster)?;
        let mut not_begun = None;
        for kept in cluster.runs().list(&id.name)?.into_iter().rev() {
            if !kept.is_named_after(&plan.digest) {
                continue;
            }
            match reading(&kept)? {
                Some(told) if told.header.plan == plan.digest => return Self::go_on(kept, console),
                Some(told) => return Err(other_plan(&kept, &told, &plan.digest)),
                None => not_begun = not_begun.or(Some(kept)),
            }
        }
        Err(match not_begun {
            Some(run) => CliError::NotBegun { place: run.journal_place() },
            None => CliError::NothingToResume { place: cluster.runs().place() },
        })
    }

    fn go_on(kept: KeptRun, console: &mut Console) -> Result<Self, CliError> {
        let journal = open(&kept)?;
        if journal.torn() > 0 {
            let torn = journal.torn();
            console.warn(&format!(
                "the journal ended in {torn} bytes of a record that was cut; they were dropped"
            ));
        }
        Ok(Self { kept, journal, is_new: false, is_gone: false, lost: None })
    }

    /// Does it; every call is on the disk before the journal says so. A first run holds the plan against its `origin`.
    pub fn execute(
        &mut self,
        cluster: &impl Cluster,
        plan: &Plan,
        origin: Origin<'_>,
        allowed: Allowed,
        interrupted: &AtomicBool,
        console: &mut Console,
    ) -> Finished {
        let options = Options {
            allow_irreversible: allowed.irreversible,
            prune: allowed.pruning,
            interrupted: &|| interrupted.load(Ordering::Relaxed) || cluster.lost().is_some(),
            alone: Some(&Operating(cluster)),
            origin,
            ..Options::through(allowed.through)
        };
        let mut progress = Progress::new(console);
        let finished = cluster.keep(execute(cluster, plan, &mut self.journal, options, &mut progress));
        progress.end();
        self.lost = cluster.lost().filter(|_| matches!(finished.ending, Ending::Interrupted));
        cluster.end(console);
        if self.is_new && self.journal.progress().steps().next().is_none() {
            // nothing was begun: there is nothing to resume or to roll back
            self.is_gone = self.kept.remove().is_ok();
        }
        finished
    }

    /// Whether a call may have taken effect without anybody having looked.
    pub fn is_in_doubt(&self) -> bool {
        self.journal.progress().has_open()
    }
}

/// Lets the engine ask the cluster's lock.
struct Operating<'c, C>(&'c C);

impl<C: Cluster> Alone for Operating<'_, C> {
    fn is_alone(&self) -> LocalBoxFuture<'_, bool> {
        Box::pin(self.0.is_alone())
    }
}

fn open(run: &KeptRun) -> Result<Journal, CliError> {
    let store = run.store()?;
    #[cfg(debug_assertions)]
    let store = super::fault_point::on(store);
    Journal::open(store).map_err(|source| CliError::Journal { place: run.journal_place(), source })
}

/// What the journal of a run tells, without holding it; `None` of a run that did not come to its first record.
pub fn reading(run: &KeptRun) -> Result<Option<Reading>, CliError> {
    match read(&run.journal_bytes()?) {
        Ok(told) => Ok(Some(told)),
        Err(JournalError::Empty) => Ok(None),
        Err(source) => Err(CliError::Journal { place: run.journal_place(), source }),
    }
}

/// The plan of a run, which its journal must be of.
pub fn plan_of(run: &KeptRun, told: &Reading) -> Result<Plan, CliError> {
    let plan = kept_plan(run)?;
    if told.header.plan == plan.digest { Ok(plan) } else { Err(other_plan(run, told, &plan.digest)) }
}

fn other_plan(run: &KeptRun, told: &Reading, plan: &str) -> CliError {
    CliError::OtherPlan {
        place: run.journal_place(),
        journal: told.header.plan.clone(),
        plan: plan.to_owned(),
    }
}

fn kept_plan(run: &KeptRun) -> Result<Plan, CliError> {
    let at = |source| CliError::PlanFile { path: PathBuf::from(run.plan_place()), source };
    Plan::parse(&run.plan()?).map_err(at)
}

/// What a plan undoes: the newest run of the plan that it names, with its plan.
pub fn undone_by(plan: &Plan, cluster: &impl Cluster) -> Result<Option<(Plan, Reading)>, CliError> {
    let (Some(digest), Some(id)) = (&plan.undoes, &plan.cluster) else { return Ok(None) };
    for run in cluster.runs().list(&id.name)?.into_iter().rev() {
        if !run.is_named_after(digest) {
            continue;
        }
        if let Some(told) = reading(&run)?.filter(|told| told.header.plan == *digest) {
            return Ok(Some((plan_of(&run, &told)?, told)));
        }
    }
    Ok(None)
}

/// What the first run of a plan is held against.
pub fn origin(undone: Option<&(Plan, Reading)>) -> Origin<'_> {
    undone.map_or(Origin::Planner, |(plan, told)| Origin::Rollback { plan, told: &told.progress })
}

/// A saved plan: a file, or the one of a run on S3.
pub fn saved_plan(path: &Path, runs: impl FnOnce() -> Result<Runs, CliError>) -> Result<Plan, CliError> {
    let on_s3 = path.to_str().is_some_and(|path| path.starts_with("s3://"));
    if on_s3 { kept_plan(&runs()?.open(path)?) } else { inputs::plan_file(path) }
}
