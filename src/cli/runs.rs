use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use eksodus::executor::journal::{Header, Journal, Reading, RunFolder, read};
use eksodus::executor::{Finished, Options, Patience, execute};
use eksodus::planner::{Phase, Plan};
use pollster::block_on;

use super::console::Console;
use super::error::CliError;
use super::progress::Progress;
use super::simulated::Simulated;

/// One run of a plan: its folder, with the journal open.
pub struct Run {
    pub folder: RunFolder,
    journal: Journal,
    /// Made for this run, and worth nothing if the run does nothing.
    is_new: bool,
}

/// What a run may do.
#[derive(Debug, Clone, Copy)]
pub struct Allowed {
    pub through: Phase,
    pub irreversible: bool,
}

impl Run {
    /// The first run of a plan, with `aws-auth` kept as it is now.
    pub fn begin(cluster: &Simulated, plan: &Plan) -> Result<Self, CliError> {
        let id = plan.cluster.as_ref().ok_or(CliError::NoCluster)?;
        let folder = RunFolder::create(&cluster.runs(), id, &plan.digest, &plan.to_json())?;
        if let Some(manifest) = cluster.world.to_snapshot().aws_auth {
            folder.backup(&manifest.source.text)?;
        }
        let header = Header::new(&plan.digest, id.clone(), folder.name());
        let journal = Journal::create(folder.store()?, header)
            .map_err(|source| CliError::Journal { path: folder.journal_path(), source })?;
        Ok(Self { folder, journal, is_new: true })
    }

    /// The last run of a plan, to go on with.
    pub fn resume(cluster: &Simulated, plan: &Plan, console: &mut Console) -> Result<Self, CliError> {
        let id = plan.cluster.as_ref().ok_or(CliError::NoCluster)?;
        let runs = RunFolder::list(&cluster.runs(), &id.name)?;
        let of_plan = |run: &RunFolder| reading(run).is_ok_and(|told| told.header.plan == plan.digest);
        let folder = runs.into_iter().rfind(of_plan).ok_or(CliError::NothingToResume)?;
        let journal = Journal::open(folder.store()?)
            .map_err(|source| CliError::Journal { path: folder.journal_path(), source })?;
        if journal.torn() > 0 {
            let torn = journal.torn();
            console.warn(&format!(
                "the journal ended in {torn} bytes of a record that was cut; they were dropped"
            ));
        }
        Ok(Self { folder, journal, is_new: false })
    }

    /// Does it; every call is on the disk before the journal says so.
    pub fn execute(
        &mut self,
        cluster: &Simulated,
        plan: &Plan,
        allowed: Allowed,
        interrupted: &AtomicBool,
        console: &mut Console,
    ) -> Finished {
        let options = Options {
            through: allowed.through,
            allow_irreversible: allowed.irreversible,
            prune: true,
            patience: Patience::default(),
            interrupted: &|| interrupted.load(Ordering::Relaxed),
        };
        let mut progress = Progress::new(console);
        let finished = block_on(execute(cluster, plan, &mut self.journal, options, &mut progress));
        progress.end();
        cluster.end(console);
        if self.is_new && self.journal.progress().steps().next().is_none() {
            // nothing was begun: there is nothing to resume or to roll back
            let _ = fs::remove_dir_all(self.folder.path());
        }
        finished
    }

    /// Whether a call may have taken effect without anybody having looked.
    pub fn is_in_doubt(&self) -> bool {
        self.journal.progress().has_open()
    }
}

/// What the journal of a run tells, without holding it.
pub fn reading(run: &RunFolder) -> Result<Reading, CliError> {
    read(&run.journal_bytes()?).map_err(|source| CliError::Journal { path: run.journal_path(), source })
}

/// The plan of a run, which its journal must be of.
pub fn plan_of(run: &RunFolder, told: &Reading) -> Result<Plan, CliError> {
    let path = || run.path().join("plan.json");
    let plan = Plan::parse(&run.plan()?).map_err(|source| CliError::PlanFile { path: path(), source })?;
    if told.header.plan == plan.digest {
        return Ok(plan);
    }
    Err(CliError::OtherPlan {
        path: run.journal_path(),
        journal: told.header.plan.clone(),
        plan: plan.digest,
    })
}

/// A run by its folder, or by the journal in it.
pub fn at(path: &Path) -> Result<RunFolder, CliError> {
    let folder = if path.is_file() { path.parent().unwrap_or(path) } else { path };
    Ok(RunFolder::open(folder)?)
}
