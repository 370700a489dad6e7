use std::path::{Path, PathBuf};

use super::folder::of_cluster;
#[cfg(feature = "live")]
use super::s3::{S3Error, S3Run, S3Runs};
use super::{FolderError, Header, Record, RunFolder, RunsLock, Stamps, Store};
use crate::model::ClusterId;

/// Where runs keep their plans and journals: `BASE/ACCOUNT/REGION/CLUSTER/RUN`, in a folder or on S3.
#[derive(Debug, Clone)]
pub enum Runs {
    Folder(PathBuf),
    #[cfg(feature = "live")]
    S3(S3Runs),
}

/// One run that is kept: its plan, its journal, and `aws-auth` as it was before.
#[derive(Debug, Clone)]
pub enum KeptRun {
    Folder(RunFolder),
    #[cfg(feature = "live")]
    S3(S3Run),
}

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
    Folder(#[from] FolderError),
    #[cfg(feature = "live")]
    #[error(transparent)]
    S3(#[from] S3Error),
    #[error("{at} is not under {runs}")]
    Elsewhere { at: String, runs: String },
}

impl Runs {
    /// A new run with the plan, `aws-auth` as it is, and a journal of one record: all of that, or no run.
    ///
    /// # Errors
    /// When any of it cannot be written.
    pub fn create(&self, new_run: &NewRun<'_>) -> Result<KeptRun, RunsError> {
        Ok(match self {
            Self::Folder(base) => KeptRun::Folder(RunFolder::create(base, new_run)?),
            #[cfg(feature = "live")]
            Self::S3(runs) => KeptRun::S3(runs.create(new_run)?),
        })
    }

    /// The runs of a cluster, oldest first.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub fn list(&self, cluster: &ClusterId) -> Result<Vec<KeptRun>, RunsError> {
        Ok(match self {
            Self::Folder(base) => RunFolder::list(base, cluster)?.into_iter().map(KeptRun::Folder).collect(),
            #[cfg(feature = "live")]
            Self::S3(runs) => runs.list(cluster)?.into_iter().map(KeptRun::S3).collect(),
        })
    }

    /// Runs in `BASE/CLUSTER/RUN`, where earlier versions kept them: of this cluster, or of another one of its name.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub fn list_old(&self, cluster: &ClusterId) -> Result<Vec<KeptRun>, RunsError> {
        Ok(match self {
            Self::Folder(base) => {
                RunFolder::list_old(base, cluster)?.into_iter().map(KeptRun::Folder).collect()
            }
            #[cfg(feature = "live")]
            Self::S3(runs) => runs.list_old(cluster)?.into_iter().map(KeptRun::S3).collect(),
        })
    }

    /// Runs that were begun, were not taken away by [`KeptRun::remove`], and are gone. Nobody can tell of a folder.
    ///
    /// # Errors
    /// When their numbers cannot be listed.
    #[cfg_attr(not(feature = "live"), expect(unused_variables, reason = "only S3 has numbers of runs"))]
    pub fn lost(&self, cluster: &ClusterId) -> Result<Vec<LostRun>, RunsError> {
        match self {
            Self::Folder(_) => Ok(Vec::new()),
            #[cfg(feature = "live")]
            Self::S3(runs) => Ok(runs.lost(cluster)?),
        }
    }

    /// Where the runs of a cluster are.
    pub fn place_of(&self, cluster: &ClusterId) -> String {
        match self {
            Self::Folder(base) => of_cluster(base, cluster).display().to_string(),
            #[cfg(feature = "live")]
            Self::S3(runs) => runs.place_of(cluster),
        }
    }

    /// A run by its place, or by that of its journal or plan: a path, or `s3://…`. A path is read wherever the runs are.
    ///
    /// # Errors
    /// When there is no run, or it is on S3 elsewhere.
    pub fn open(&self, at: &Path) -> Result<KeptRun, RunsError> {
        let Some(url) = at.to_str().filter(|text| text.starts_with("s3://")) else {
            let folder = if at.is_file() { at.parent().unwrap_or(at) } else { at };
            return Ok(KeptRun::Folder(RunFolder::open(folder)?));
        };
        match self {
            #[cfg(feature = "live")]
            Self::S3(runs) => runs.open(url)?.map(KeptRun::S3).ok_or_else(|| self.elsewhere(url)),
            Self::Folder(_) => Err(self.elsewhere(url)),
        }
    }

    fn elsewhere(&self, at: &str) -> RunsError {
        RunsError::Elsewhere { at: at.to_owned(), runs: self.place() }
    }

    /// Keeps other processes of this machine from making runs on this cluster. `None` on S3, where numbers are claimed
    /// and records numbered, so that nothing needs to be held.
    ///
    /// # Errors
    /// [`FolderError::Busy`] when another process holds it.
    pub fn hold(&self, cluster: &ClusterId) -> Result<Option<RunsLock>, RunsError> {
        match self {
            Self::Folder(base) => Ok(Some(RunsLock::take(&of_cluster(base, cluster))?)),
            #[cfg(feature = "live")]
            Self::S3(_) => Ok(None),
        }
    }

    /// Bucket and prefix, when they are on S3.
    pub fn bucket(&self) -> Option<(&str, &str)> {
        match self {
            Self::Folder(_) => None,
            #[cfg(feature = "live")]
            Self::S3(runs) => Some((&runs.url().bucket, &runs.url().prefix)),
        }
    }

    /// As `--state` takes it.
    pub fn place(&self) -> String {
        match self {
            Self::Folder(base) => base.display().to_string(),
            #[cfg(feature = "live")]
            Self::S3(runs) => runs.url().to_string(),
        }
    }
}

impl KeptRun {
    /// RUN, which is also what client tokens are made from.
    pub fn name(&self) -> &str {
        match self {
            Self::Folder(run) => run.name(),
            #[cfg(feature = "live")]
            Self::S3(run) => run.name(),
        }
    }

    /// Which run of the cluster it is, counted from 1.
    pub fn number(&self) -> Option<u32> {
        number(self.name())
    }

    /// Whether it has its first record from the moment that it is there; on S3 a crash may come between.
    pub fn is_made_at_once(&self) -> bool {
        match self {
            Self::Folder(_) => true,
            #[cfg(feature = "live")]
            Self::S3(_) => false,
        }
    }

    /// Whether its name says that it is a run of this plan.
    pub fn is_named_after(&self, plan_digest: &str) -> bool {
        self.name().rsplit_once('-').is_some_and(|(named, _)| named == stem(plan_digest))
    }

    /// As [`Runs::open`] takes it.
    pub fn place(&self) -> String {
        match self {
            Self::Folder(run) => run.path().display().to_string(),
            #[cfg(feature = "live")]
            Self::S3(run) => run.place(),
        }
    }

    pub fn plan_place(&self) -> String {
        match self {
            Self::Folder(run) => run.plan_path().display().to_string(),
            #[cfg(feature = "live")]
            Self::S3(run) => run.plan_place(),
        }
    }

    pub fn journal_place(&self) -> String {
        match self {
            Self::Folder(run) => run.journal_path().display().to_string(),
            #[cfg(feature = "live")]
            Self::S3(run) => run.journal_place(),
        }
    }

    /// The text of the plan.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn plan(&self) -> Result<String, RunsError> {
        Ok(match self {
            Self::Folder(run) => run.plan()?,
            #[cfg(feature = "live")]
            Self::S3(run) => run.plan()?,
        })
    }

    /// The manifest of `aws-auth` before the run; `None` where there was none.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn backup(&self) -> Result<Option<String>, RunsError> {
        Ok(match self {
            Self::Folder(run) => run.backup()?,
            #[cfg(feature = "live")]
            Self::S3(run) => run.backup()?,
        })
    }

    /// The bytes of the journal, of a run that may be under way. Empty on S3, where a crash may come before the first
    /// record: then the run did not begin.
    ///
    /// # Errors
    /// When it cannot be read as a whole.
    pub fn journal_bytes(&self) -> Result<Vec<u8>, RunsError> {
        Ok(match self {
            Self::Folder(run) => run.journal_bytes()?,
            #[cfg(feature = "live")]
            Self::S3(run) => run.journal_bytes()?,
        })
    }

    /// Where the journal is written to.
    ///
    /// # Errors
    /// When it cannot be opened for writing, or another run has it open.
    pub fn store(&self) -> Result<Box<dyn Store>, RunsError> {
        Ok(match self {
            Self::Folder(run) => run.store()?,
            #[cfg(feature = "live")]
            Self::S3(run) => Box::new(run.store()),
        })
    }

    /// Takes a run away that began with no step.
    ///
    /// # Errors
    /// When some of it is left.
    pub fn remove(&self) -> Result<(), RunsError> {
        match self {
            Self::Folder(run) => run.remove()?,
            #[cfg(feature = "live")]
            Self::S3(run) => run.remove()?,
        }
        Ok(())
    }
}

/// What a run of this plan is named by, before the number.
pub(super) fn stem(plan_digest: &str) -> String {
    plan_digest.chars().take(12).collect()
}

/// The number behind the last `-` of a run's name: which run of the cluster it is, counted from 1.
pub(super) fn number(name: &str) -> Option<u32> {
    name.rsplit_once('-')?.1.parse().ok()
}
