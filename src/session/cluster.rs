use std::time::Duration;

use super::{SessionError, Tell};
use crate::journal::{KeptRun, Runs, Store};
use crate::kube::KubeError;
use crate::model::ClusterId;
use crate::planner::Plan;
use crate::snapshot::{FolderError as SnapshotError, Snapshot};
use crate::world::World;

/// A cluster that use cases work on: a live one, or one that is simulated.
#[expect(async_fn_in_trait, reason = "futures run on the caller's task; nothing needs them to be Send")]
pub trait Cluster: World {
    /// Runs a future to its end, on whatever carries this cluster's calls.
    fn wait<F: Future>(&self, future: F) -> F::Output;

    /// Somebody asked for something that takes so long beside what waiting may take.
    fn allow(&self, _more: Duration) {}

    /// Asked while rights are: what [`Cluster::hold`] will have to know first. It writes nothing, and may be done in vain.
    async fn before_hold(&self) {}

    /// From now on, until [`Cluster::end`], nobody else changes it.
    ///
    /// # Errors
    /// When somebody else is at work on it.
    fn hold(self, tell: &mut dyn Tell) -> Result<Self, SessionError>
    where
        Self: Sized;

    /// Everything there is to know about it now, but for what the journals tell; what may not be read is told.
    ///
    /// # Errors
    /// When what no plan can do without could not be read.
    fn look(&self, tell: &mut dyn Tell) -> Result<Snapshot, SessionError>;

    /// `aws-auth` as it is kept beside a journal before anything is changed; `None` where there is none.
    ///
    /// # Errors
    /// When it could not be read.
    fn aws_auth_text(&self) -> Result<Option<String>, SessionError>;

    /// Which cluster it is; `None` where its folder does not say.
    fn id(&self) -> Option<ClusterId>;

    /// The ARN of whoever runs this, for the records; `None` where that cannot be asked.
    fn caller_arn(&self) -> Option<String>;

    /// Its name, when it is a live one, and what is done to it lasts.
    fn live_name(&self) -> Option<&str>;

    /// Where the runs on this cluster keep their journals.
    fn runs(&self) -> Runs;

    /// Where the journal of a run is written to.
    ///
    /// # Errors
    /// When it cannot be opened for writing, or another run has it open.
    fn store(&self, run: &KeptRun) -> Result<Box<dyn Store>, SessionError> {
        Ok(run.store()?)
    }

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
    ///
    /// # Errors
    /// When others are not told, or not all of it is kept.
    fn end(&self) -> Result<(), NotEnded>;
}

/// What was left undone when a run was over.
#[derive(Debug, thiserror::Error)]
pub enum NotEnded {
    /// Others find out by themselves, in half a minute.
    #[error("the lease could not be given back: {0}")]
    Lease(KubeError),
    #[error(transparent)]
    Folder(#[from] SnapshotError),
}

/// # Errors
/// When the plan is of another cluster, or of none.
pub(super) fn is_of(cluster: &impl Cluster, plan: &Plan) -> Result<(), SessionError> {
    let planned = plan.cluster.as_ref().ok_or(SessionError::NoCluster)?;
    match cluster.id() {
        Some(found) if found != *planned => {
            Err(SessionError::OtherCluster { planned: Box::new(planned.clone()), found: Box::new(found) })
        }
        _ => Ok(()),
    }
}

/// Everything there is to know about it now.
///
/// # Errors
/// Those of [`Cluster::look`].
pub fn look(cluster: &impl Cluster, tell: &mut dyn Tell) -> Result<Snapshot, SessionError> {
    let seen = cluster.look(tell)?;
    Ok(Snapshot { own_switch: super::history::own_switch_of(cluster), ..seen })
}
