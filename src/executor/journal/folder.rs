use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{FileStore, Store};
use crate::files::write_atomic;
use crate::model::ClusterId;

const PLAN: &str = "plan.json";
const JOURNAL: &str = "journal.jsonl";
const BACKUP: &str = "aws-auth.backup.yaml";

/// The folder of one run, `BASE/CLUSTER/RUN`: its plan, its journal, and `aws-auth` as it was before.
///
/// RUN is the first twelve hex digits of the plan's digest and a counter.
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
    /// A new folder with the plan in it.
    ///
    /// # Errors
    /// When the folder or the plan cannot be written.
    pub fn create(
        base: &Path,
        cluster: &ClusterId,
        plan_digest: &str,
        plan: &str,
    ) -> Result<Self, FolderError> {
        let of_cluster = base.join(&cluster.name);
        let create = |path: &Path, source| FolderError::Create { path: path.to_owned(), source };
        builder().recursive(true).create(&of_cluster).map_err(|source| create(&of_cluster, source))?;
        let stem: String = plan_digest.chars().take(12).collect();
        let mut count = 1usize;
        let folder = loop {
            let name = format!("{stem}-{count}");
            let path = of_cluster.join(&name);
            match builder().create(&path) {
                Ok(()) => break Self { path, name },
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => count += 1,
                Err(source) => return Err(create(&path, source)),
            }
        };
        folder.write_new(PLAN, plan)?;
        Ok(folder)
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

    /// The runs of a cluster, by plan and then by number.
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
            runs.extend(Self::open(&entry.map_err(read)?.path()).ok());
        }
        runs.sort_by_cached_key(|run: &Self| {
            let (plan, number) = run.name.rsplit_once('-').unwrap_or((&run.name, ""));
            (plan.to_owned(), number.parse::<usize>().ok(), run.name.clone())
        });
        Ok(runs)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// RUN, which is also what client tokens are made from.
    pub fn name(&self) -> &str {
        &self.name
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
        let path = self.path.join(PLAN);
        fs::read_to_string(&path).map_err(|source| FolderError::Read { path, source })
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

    /// Keeps the manifest of `aws-auth` as it was; once it is there it is not written again.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn backup(&self, manifest: &str) -> Result<(), FolderError> {
        let path = self.backup_path();
        if path.exists() {
            return Ok(());
        }
        write_atomic(&path, manifest.as_bytes())
            .map_err(|error| FolderError::Write { path: error.path, source: error.cause })
    }

    fn write_new(&self, name: &str, text: &str) -> Result<(), FolderError> {
        let path = self.path.join(name);
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
}

pub(super) fn builder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(false);
    builder
}
