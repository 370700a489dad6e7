use std::path::Path;
use std::time::Duration;

use eksodus::journal::Runs;
use eksodus::model::ClusterId;
use eksodus::planner::Plan;
use eksodus::snapshot::Snapshot;
use eksodus::world::World;

use super::output::{CliError, Console};

/// A cluster that commands work on: simulated, or live.
pub trait Cluster: World {
    /// Runs a future to its end, on whatever carries this cluster's calls.
    fn wait<F: Future>(&self, future: F) -> F::Output;

    /// Somebody asked for something that takes so long beside what waiting may take.
    fn allow(&self, _more: Duration) {}

    /// Where `eksodus.yaml` may be, beside the working directory.
    fn folder(&self) -> Option<&Path>;

    /// The options that name it on the command line, such as `--simulate DIR`.
    fn options(&self) -> String;

    /// From now on, until [`Cluster::end`], nobody else changes it.
    ///
    /// # Errors
    /// When somebody else is at work on it.
    fn hold(self, console: &mut Console) -> Result<Self, CliError>
    where
        Self: Sized;

    /// Everything there is to know about it now; what may not be read is told.
    ///
    /// # Errors
    /// When what no plan can do without could not be read.
    fn look(&self, console: &mut Console) -> Result<Snapshot, CliError>;

    /// `aws-auth` as it is kept beside a journal before anything is changed; `None` where there is none.
    ///
    /// # Errors
    /// When it could not be read.
    fn aws_auth_text(&self) -> Result<Option<String>, CliError>;

    /// Which cluster it is; `None` where its folder does not say.
    fn id(&self) -> Option<ClusterId>;

    /// The ARN of whoever runs this, for the records; `None` where that cannot be asked.
    fn caller_arn(&self) -> Option<String>;

    /// Its name, when it is a live one, and what is done to it lasts.
    fn live_name(&self) -> Option<&str>;

    /// Where the runs on this cluster keep their journals.
    fn runs(&self) -> Runs;

    /// Drives a run to its end, while whatever makes this process the only one at work here is kept up.
    fn keep<F: Future>(&self, run: F) -> F::Output {
        self.wait(run)
    }

    /// Why a run must stop before its next call: this process may be the only one no more.
    fn lost(&self) -> Option<String> {
        None
    }

    /// Asked right before every write: whether this process still is the only one at work here.
    async fn is_alone(&self) -> bool {
        true
    }

    /// The run is over, however it ended.
    fn end(&self, console: &mut Console);

    /// # Errors
    /// When the plan is of another cluster, or of none.
    fn is_of(&self, plan: &Plan) -> Result<(), CliError> {
        let planned = plan.cluster.as_ref().ok_or(CliError::NoCluster)?;
        match self.id() {
            Some(found) if found != *planned => {
                Err(CliError::OtherCluster { planned: planned.to_string(), found: found.to_string() })
            }
            _ => Ok(()),
        }
    }
}
