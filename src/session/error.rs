use crate::calls::NoCalls;
use crate::executor::NoRollback;
use crate::journal::{JournalError, RunFolderError, RunsError};
use crate::lease::NotTaken;
use crate::model::ClusterId;
use crate::observe::ApiError;
use crate::planner::{PlanFileError, Prune};
use crate::simulator::SimulatorError;
use crate::snapshot::FolderError as SnapshotError;

/// Why a use case did not come to a result.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error("the plan was made without a cluster")]
    NoCluster,
    #[error("the plan is for {planned}, this is {found}")]
    OtherCluster { planned: Box<ClusterId>, found: Box<ClusterId> },
    #[error("the plan was made with --prune {}", word(*planned))]
    OtherPrune { planned: Prune },
    #[error("the cluster cannot be observed")]
    Observe(#[source] ApiError),
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    #[error(transparent)]
    Simulator(#[from] SimulatorError),
    #[error(transparent)]
    Runs(#[from] RunsError),
    #[error("{place}")]
    Journal { place: String, source: JournalError },
    #[error("{place}")]
    KeptPlan { place: String, source: PlanFileError },
    #[error("{place}: the journal is of plan {journal}, not of {plan} beside it")]
    OtherPlan { place: String, journal: String, plan: String },
    #[error("{place}: the journal is of {found}, not of this cluster")]
    OthersJournal { place: String, found: Box<ClusterId> },
    #[error("what the run {place} did is not known: {why}")]
    UnknownRun { place: String, why: String },
    #[error("{place}: run {number} was begun, and nothing of it is there")]
    LostRun { number: u32, place: String },
    #[error("runs are kept as an earlier version did, and are not looked for there: {}", places.join(", "))]
    OldForm { places: Vec<String>, to: String },
    #[error("there is no run of this plan in {place}")]
    NothingToResume { place: String },
    #[error("{place}: the run did not begin, and did nothing")]
    NotBegun { place: String },
    #[error("the plan cannot be carried out")]
    Plan(#[source] NoCalls),
    #[error("this cannot be rolled back")]
    NoRollback(#[from] NoRollback),
}

impl From<RunFolderError> for SessionError {
    fn from(error: RunFolderError) -> Self {
        RunsError::from(error).into()
    }
}

fn word(prune: Prune) -> &'static str {
    match prune {
        Prune::Covered => "covered",
        Prune::Delete => "delete",
    }
}
