use std::fmt::Debug;
use std::path::Path;
use std::rc::Rc;

#[cfg(feature = "live")]
use super::s3::S3Error;
use super::{Header, Record, RunFolderError, RunsLock, Stamps, Store};
use crate::model::ClusterId;

/// Where runs keep their plans and journals: `BASE/ACCOUNT/REGION/CLUSTER/RUN`, in a folder or on S3.
pub type Runs = Rc<dyn RunStore>;

/// One run that is kept: its plan, its journal, and `aws-auth` as it was before.
pub type KeptRun = Rc<dyn StoredRun>;

/// What a run begins with.
#[derive(Debug, Clone, Copy)]
pub struct NewRun<'r> {
    pub cluster: &'r ClusterId,
    pub plan_digest: &'r str,
    pub plan: &'r str,
    /// `aws-auth` as it is now.
    pub aws_auth: Option<&'r str>,
    /// The name of the run that it undoes.
    pub undoes: Option<&'r str>,
    pub stamps: &'r Stamps,
}

impl NewRun<'_> {
    /// The first record.
    pub(super) fn header(&self, name: &str) -> Record {
        let header = Header::new(self.plan_digest, self.cluster.clone(), name);
        Record::Header(Header { undoes: self.undoes.map(str::to_owned), ..header })
    }
}

/// A run that has its number, and of which nothing else is left. What it did is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostRun {
    pub number: u32,
    pub place: String,
}

#[derive(Debug, thiserror::Error)]
pub enum RunsError {
    #[error(transparent)]
    Folder(#[from] RunFolderError),
    #[cfg(feature = "live")]
    #[error(transparent)]
    S3(#[from] S3Error),
    #[error("{at} is not under {runs}")]
    Elsewhere { at: String, runs: String },
}

/// See [`Runs`].
pub trait RunStore: Debug {
    /// A new run with the plan, `aws-auth` as it is, and a journal of one record: all of that, or no run.
    ///
    /// # Errors
    /// When any of it cannot be written.
    fn create(&self, new_run: &NewRun<'_>) -> Result<KeptRun, RunsError>;

    /// The runs of a cluster, oldest first.
    ///
    /// # Errors
    /// When they cannot be listed.
    fn list(&self, cluster: &ClusterId) -> Result<Vec<KeptRun>, RunsError>;

    /// Runs in `BASE/CLUSTER/RUN`, where earlier versions kept them: of this cluster, or of another one of its name.
    ///
    /// # Errors
    /// When they cannot be listed.
    fn list_old(&self, cluster: &ClusterId) -> Result<Vec<KeptRun>, RunsError>;

    /// Runs that were begun, were not taken away by [`StoredRun::remove`], and are gone. Nobody can tell of a folder.
    ///
    /// # Errors
    /// When their numbers cannot be listed.
    fn lost(&self, cluster: &ClusterId) -> Result<Vec<LostRun>, RunsError>;

    /// Where the runs of a cluster are.
    fn place_of(&self, cluster: &ClusterId) -> String;

    /// A run by its place, or by that of its journal or plan: a path, or `s3://…`. A path is read wherever the runs are.
    ///
    /// # Errors
    /// When there is no run, or it is on S3 elsewhere.
    fn open(&self, at: &Path) -> Result<KeptRun, RunsError>;

    /// Keeps other processes of this machine from making runs on this cluster. `None` on S3, where numbers are claimed
    /// and records numbered, so that nothing needs to be held.
    ///
    /// # Errors
    /// [`RunFolderError::Busy`] when another process holds it.
    fn hold(&self, cluster: &ClusterId) -> Result<Option<RunsLock>, RunsError>;

    /// Bucket and prefix, when they are on S3.
    fn bucket(&self) -> Option<(&str, &str)>;

    /// As `--state` takes it.
    fn place(&self) -> String;
}

/// See [`KeptRun`].
pub trait StoredRun: Debug {
    /// RUN, which is also what client tokens are made from.
    fn name(&self) -> &str;

    /// Which run of the cluster it is, counted from 1.
    fn number(&self) -> Option<u32> {
        number(self.name())
    }

    /// Whether its name says that it is a run of this plan.
    fn is_named_after(&self, plan_digest: &str) -> bool {
        self.name().rsplit_once('-').is_some_and(|(named, _)| named == stem(plan_digest))
    }

    /// Whether it has its first record from the moment that it is there; on S3 a crash may come between.
    fn is_made_at_once(&self) -> bool;

    /// As [`RunStore::open`] takes it.
    fn place(&self) -> String;

    fn plan_place(&self) -> String;

    fn journal_place(&self) -> String;

    /// The text of the plan.
    ///
    /// # Errors
    /// When it cannot be read.
    fn plan(&self) -> Result<String, RunsError>;

    /// The manifest of `aws-auth` before the run; `None` where there was none.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    fn backup(&self) -> Result<Option<String>, RunsError>;

    /// The bytes of the journal, without a lock: of a run that may be under way. Empty on S3, where a crash may come before
    /// the first record: then the run did not begin.
    ///
    /// # Errors
    /// When it cannot be read as a whole.
    fn journal_bytes(&self) -> Result<Vec<u8>, RunsError>;

    /// Where the journal is written to.
    ///
    /// # Errors
    /// When it cannot be opened for writing, or another run has it open.
    fn store(&self) -> Result<Box<dyn Store>, RunsError>;

    /// Takes a run away that began with no step.
    ///
    /// # Errors
    /// When some of it is left.
    fn remove(&self) -> Result<(), RunsError>;
}

/// The URL, where a run is named by one of S3.
pub(super) fn url(at: &Path) -> Option<&str> {
    at.to_str().filter(|text| text.starts_with("s3://"))
}

/// What a run of this plan is named by, before the number.
pub(super) fn stem(plan_digest: &str) -> String {
    plan_digest.chars().take(12).collect()
}

/// The number behind the last `-` of a run's name: which run of the cluster it is, counted from 1.
pub(super) fn number(name: &str) -> Option<u32> {
    name.rsplit_once('-')?.1.parse().ok()
}
