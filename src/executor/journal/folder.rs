use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::runs::{number, stem};
use super::{FileStore, Header, Record, Store};
use crate::files::sync_directory;
use crate::model::ClusterId;

pub(super) const PLAN: &str = "plan.json";
const JOURNAL: &str = "journal.jsonl";
pub(super) const BACKUP: &str = "aws-auth.backup.yaml";
/// What a run folder is called until it is whole.
const NEW: &str = ".new";

/// The folder of one run, `BASE/CLUSTER/RUN`: its plan, its journal, and `aws-auth` as it was before.
///
/// RUN is the first twelve hex digits of the plan's digest and a counter of all runs on the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFolder {
    path: PathBuf,
    name: String,
}

#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("{} cannot be made", path.display())]
    Create { path: PathBuf, source: io::Error },
    #[error("{} cannot be written", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{} cannot be read", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{} is no folder of a run", path.display())]
    NotARun { path: PathBuf },
    #[error("{}: another run has it open", path.display())]
    Busy { path: PathBuf },
}

impl FolderError {
    /// Of a file that is written under a lock.
    pub(super) fn unwritable(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        if source.kind() == io::ErrorKind::WouldBlock {
            Self::Busy { path }
        } else {
            Self::Write { path, source }
        }
    }
}

impl RunFolder {
    /// A new folder with the plan, `aws-auth` as it is, and a journal of one record in it: all of that, or no folder.
    ///
    /// Whoever makes one holds the [`super::RunsLock`] of `base`.
    ///
    /// # Errors
    /// When the folder, or a file in it, cannot be written.
    pub fn create(
        base: &Path,
        cluster: &ClusterId,
        plan_digest: &str,
        plan: &str,
        aws_auth: Option<&str>,
    ) -> Result<Self, FolderError> {
        let number =
            Self::list(base, &cluster.name)?.iter().filter_map(|run| number(&run.name)).max().unwrap_or(0)
                + 1;
        let name = format!("{}-{number}", stem(plan_digest));
        let of_cluster = base.join(&cluster.name);
        let path = of_cluster.join(&name);
        let new = of_cluster.join(NEW);
        let create = |path: &Path, source| FolderError::Create { path: path.to_owned(), source };
        builder().recursive(true).create(&of_cluster).map_err(|source| create(&of_cluster, source))?;
        match fs::remove_dir_all(&new) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(create(&new, source)),
            _ => {}
        }
        builder().create(&new).map_err(|source| create(&new, source))?;
        let header = Record::Header(Header::new(plan_digest, cluster.clone(), &name));
        let header = serde_json::to_string(&header).map_err(|error| create(&path, error.into()))?;
        write_new(&new, PLAN, plan)?;
        write_new(&new, JOURNAL, &format!("{header}\n"))?;
        if let Some(manifest) = aws_auth {
            write_new(&new, BACKUP, manifest)?;
        }
        sync_directory(&new)
            .and_then(|()| fs::rename(&new, &path))
            .and_then(|()| sync_directory(&of_cluster))
            .map_err(|source| create(&path, source))?;
        Ok(Self { path, name })
    }

    /// An existing one.
    ///
    /// # Errors
    /// When there is no plan in it.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let name = path.file_name().and_then(|name| name.to_str());
        match name {
            Some(name) if path.join(PLAN).is_file() => {
                Ok(Self { path: path.to_owned(), name: name.to_owned() })
            }
            _ => Err(FolderError::NotARun { path: path.to_owned() }),
        }
    }

    /// The runs of a cluster, oldest first.
    ///
    /// # Errors
    /// When the folder is there and cannot be read.
    pub fn list(base: &Path, cluster: &str) -> Result<Vec<Self>, FolderError> {
        let of_cluster = base.join(cluster);
        let read = |source| FolderError::Read { path: of_cluster.clone(), source };
        let entries = match fs::read_dir(&of_cluster) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(read)?,
        };
        let mut runs = Vec::new();
        for entry in entries {
            let entry = entry.map_err(read)?;
            if entry.file_name() != NEW {
                runs.extend(Self::open(&entry.path()).ok());
            }
        }
        runs.sort_by_cached_key(|run: &Self| (number(&run.name), run.name.clone()));
        Ok(runs)
    }

    /// Whether its name says that it is a run of this plan.
    pub fn is_named_after(&self, plan_digest: &str) -> bool {
        self.name.rsplit_once('-').is_some_and(|(named, _)| named == stem(plan_digest))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// RUN, which is also what client tokens are made from.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn plan_path(&self) -> PathBuf {
        self.path.join(PLAN)
    }

    pub fn journal_path(&self) -> PathBuf {
        self.path.join(JOURNAL)
    }

    pub fn backup_path(&self) -> PathBuf {
        self.path.join(BACKUP)
    }

    /// The text of the plan.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn plan(&self) -> Result<String, FolderError> {
        let path = self.plan_path();
        fs::read_to_string(&path).map_err(|source| FolderError::Read { path, source })
    }

    /// `aws-auth` as it was before the run; `None` where there was none.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn backup(&self) -> Result<Option<String>, FolderError> {
        let path = self.backup_path();
        match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some).map_err(|source| FolderError::Read { path, source }),
        }
    }

    /// All of it.
    ///
    /// # Errors
    /// When something of it is left.
    pub fn remove(&self) -> Result<(), FolderError> {
        fs::remove_dir_all(&self.path)
            .map_err(|source| FolderError::Write { path: self.path.clone(), source })
    }

    /// The bytes of the journal, without a lock: for looking at a run that may be under way. Empty when there is none.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn journal_bytes(&self) -> Result<Vec<u8>, FolderError> {
        let path = self.journal_path();
        match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            read => read.map_err(|source| FolderError::Read { path, source }),
        }
    }

    /// The journal's file, made if it is not there.
    ///
    /// # Errors
    /// When it cannot be opened for writing.
    pub fn store(&self) -> Result<Box<dyn Store>, FolderError> {
        let path = self.journal_path();
        match FileStore::open(&path) {
            Ok(store) => Ok(Box::new(store)),
            Err(source) => Err(FolderError::unwritable(&path, source)),
        }
    }
}

fn write_new(folder: &Path, name: &str, text: &str) -> Result<(), FolderError> {
    let path = folder.join(name);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(&path)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .map_err(|source| FolderError::Write { path, source })
}

pub(super) fn builder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(false);
    builder
}
