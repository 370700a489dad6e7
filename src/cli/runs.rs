use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use eksodus::executor::journal::{Journal, JournalError, Reading, RunFolder, read};
use eksodus::executor::{Finished, Options, Patience, execute};
use eksodus::planner::{Phase, Plan};

use super::cluster::Cluster;
use super::console::Console;
use super::error::CliError;
use super::progress::Progress;

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
    pub fn begin(cluster: &impl Cluster, plan: &Plan) -> Result<Self, CliError> {
        let id = plan.cluster.as_ref().ok_or(CliError::NoCluster)?;
        let aws_auth = cluster.aws_auth_text()?;
        let (runs, text) = (cluster.runs(), plan.to_json());
        let folder = RunFolder::create(&runs, id, &plan.digest, &text, aws_auth.as_deref())?;
        let journal = open(&folder)?;
        Ok(Self { folder, journal, is_new: true })
    }

    /// The last run of a plan, to go on with.
    pub fn resume(cluster: &impl Cluster, plan: &Plan, console: &mut Console) -> Result<Self, CliError> {
        let id = plan.cluster.as_ref().ok_or(CliError::NoCluster)?;
        let mut not_begun = None;
        for folder in RunFolder::list(&cluster.runs(), &id.name)?.into_iter().rev() {
            if !folder.is_named_after(&plan.digest) {
                continue;
            }
            match reading(&folder)? {
                Some(told) if told.header.plan == plan.digest => return Self::go_on(folder, console),
                Some(told) => return Err(other_plan(&folder, &told, &plan.digest)),
                None => not_begun = not_begun.or(Some(folder)),
            }
        }
        Err(match not_begun {
            Some(run) => CliError::NotBegun { path: run.journal_path() },
            None => CliError::NothingToResume,
        })
    }

    fn go_on(folder: RunFolder, console: &mut Console) -> Result<Self, CliError> {
        let journal = open(&folder)?;
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
        cluster: &impl Cluster,
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
        let finished = cluster.wait(execute(cluster, plan, &mut self.journal, options, &mut progress));
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

fn open(run: &RunFolder) -> Result<Journal, CliError> {
    let store = run.store()?;
    #[cfg(debug_assertions)]
    let store = super::fault_point::on(store);
    Journal::open(store).map_err(|source| CliError::Journal { path: run.journal_path(), source })
}

/// What the journal of a run tells, without holding it; `None` of a run that did not come to its first record.
pub fn reading(run: &RunFolder) -> Result<Option<Reading>, CliError> {
    match read(&run.journal_bytes()?) {
        Ok(told) => Ok(Some(told)),
        Err(JournalError::Empty) => Ok(None),
        Err(source) => Err(CliError::Journal { path: run.journal_path(), source }),
    }
}

/// The plan of a run, which its journal must be of.
pub fn plan_of(run: &RunFolder, told: &Reading) -> Result<Plan, CliError> {
    let path = || run.path().join("plan.json");
    let plan = Plan::parse(&run.plan()?).map_err(|source| CliError::PlanFile { path: path(), source })?;
    if told.header.plan == plan.digest { Ok(plan) } else { Err(other_plan(run, told, &plan.digest)) }
}

fn other_plan(run: &RunFolder, told: &Reading, plan: &str) -> CliError {
    CliError::OtherPlan { path: run.journal_path(), journal: told.header.plan.clone(), plan: plan.to_owned() }
}

/// A run by its folder, or by the journal in it.
pub fn at(path: &Path) -> Result<RunFolder, CliError> {
    let folder = if path.is_file() { path.parent().unwrap_or(path) } else { path };
    Ok(RunFolder::open(folder)?)
}
