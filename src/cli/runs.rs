use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use eksodus::executor::{Alone, Ending, Finished, Options, Origin, Pruning, execute};
use eksodus::journal::{Journal, KeptRun, NewRun, Progress as Journalled, Reading, Runs, Stamps, Writer};
use eksodus::planner::{Phase, Plan};
use futures_util::future::LocalBoxFuture;
use jiff::Timestamp;

use super::cluster::Cluster;
use super::history::{self, History};
use super::host::Host;
use super::inputs;
use super::output::{CliError, Console, Progress, in_one_line};

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

/// Who writes the records of a run, and when.
pub fn stamps(host: &Host, cluster: &impl Cluster, note: Option<&str>) -> Stamps {
    let by = Writer {
        caller: cluster.caller_arn(),
        host: host.machine.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: env!("EKSODUS_COMMIT").to_owned(),
        note: note.map(str::to_owned),
    };
    Stamps::new(by, Timestamp::now)
}

impl Run {
    /// The first run of a plan, with `aws-auth` kept as it is now. `undoes`: the name of the run that it rolls back.
    pub fn begin(
        cluster: &impl Cluster,
        plan: &Plan,
        undoes: Option<&str>,
        stamps: Stamps,
    ) -> Result<Self, CliError> {
        let id = plan.cluster.as_ref().ok_or(CliError::NoCluster)?;
        let aws_auth = cluster.aws_auth_text()?;
        let text = plan.to_json();
        let kept = cluster.runs().create(&NewRun {
            cluster: id,
            plan_digest: &plan.digest,
            plan: &text,
            aws_auth: aws_auth.as_deref(),
            undoes,
            stamps: &stamps,
        })?;
        let journal = open(&kept, stamps)?;
        Ok(Self { kept, journal, is_new: true, is_gone: false, lost: None })
    }

    /// The last run of a plan, to be resumed.
    pub fn resume(
        cluster: &impl Cluster,
        plan: &Plan,
        stamps: Stamps,
        console: &mut Console,
    ) -> Result<Self, CliError> {
        let id = plan.cluster.as_ref().ok_or(CliError::NoCluster)?;
        let runs = cluster.runs();
        let mut not_begun = None;
        for kept in runs.list(id)?.into_iter().rev() {
            if !kept.is_named_after(&plan.digest) {
                continue;
            }
            match history::reading(&kept, id)? {
                Some((told, _)) if told.header.plan == plan.digest => {
                    return Self::go_on(kept, stamps, console);
                }
                Some((told, _)) => return Err(history::other_plan(&kept, &told, &plan.digest)),
                None => not_begun = not_begun.or(Some(kept)),
            }
        }
        if let Some(run) = not_begun {
            return Err(CliError::NotBegun { place: run.journal_place() });
        }
        History::no_old_form(&runs, id, |run| run.is_named_after(&plan.digest))?;
        Err(CliError::NothingToResume { place: runs.place_of(id) })
    }

    fn go_on(kept: KeptRun, stamps: Stamps, console: &mut Console) -> Result<Self, CliError> {
        let journal = open(&kept, stamps)?;
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
        let own_switch = history::own_switch_of(cluster);
        let options = Options {
            own_switch: own_switch.as_ref(),
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
        } else if let Err(error) = self.journal.close() {
            console.warn(&in_one_line(&error));
        }
        finished
    }

    /// What its journal says.
    pub fn journalled(&self) -> &Journalled {
        self.journal.progress()
    }
}

/// Lets the engine ask the cluster's lock.
struct Operating<'c, C>(&'c C);

impl<C: Cluster> Alone for Operating<'_, C> {
    fn is_alone(&self) -> LocalBoxFuture<'_, bool> {
        Box::pin(self.0.is_alone())
    }
}

fn open(run: &KeptRun, stamps: Stamps) -> Result<Journal, CliError> {
    let store = run.store()?;
    #[cfg(debug_assertions)]
    let store = super::fault_point::on(store);
    Journal::open(store, stamps).map_err(|source| CliError::Journal { place: run.journal_place(), source })
}

/// What a plan undoes: the newest run of the plan that it names, with its plan.
pub fn undone_by(plan: &Plan, cluster: &impl Cluster) -> Result<Option<(Plan, Reading)>, CliError> {
    let (Some(digest), Some(id)) = (&plan.undoes, &plan.cluster) else { return Ok(None) };
    for run in cluster.runs().list(id)?.into_iter().rev() {
        if !run.is_named_after(digest) {
            continue;
        }
        if let Some((told, _)) = history::reading(&run, id)?.filter(|(told, _)| told.header.plan == *digest) {
            return Ok(Some((history::kept_plan(&run)?, told)));
        }
    }
    Ok(None)
}

/// What the first run of a plan is held against.
pub fn origin(undone: Option<&(Plan, Reading)>) -> Origin<'_> {
    undone.map_or(Origin::Planner, |(plan, told)| Origin::Rollback { plan, progress: &told.progress })
}

/// A saved plan: a file, or the one of a run on S3.
pub fn saved_plan(path: &Path, runs: impl FnOnce() -> Result<Runs, CliError>) -> Result<Plan, CliError> {
    let on_s3 = path.to_str().is_some_and(|path| path.starts_with("s3://"));
    if on_s3 { history::kept_plan(&runs()?.open(path)?) } else { inputs::plan_file(path) }
}
