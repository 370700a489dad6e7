use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::record::line;
use super::runs::{KeptRun, LostRun, NewRun, RunStore, Runs, RunsError, StoredRun, number, stem, url};
use super::store::LIMIT;
use super::{FileStore, RunsLock, Store};
use crate::files::{private_directory, private_file, read_bounded, sync_directory};
use crate::model::ClusterId;

pub(super) const PLAN: &str = "plan.json";
const JOURNAL: &str = "journal.jsonl";
pub(super) const BACKUP: &str = "aws-auth.backup.yaml";
/// What a run folder is called until it is whole.
const NEW: &str = ".new";

/// The folder of one run, `BASE/ACCOUNT/REGION/CLUSTER/RUN`: its plan, its journal, and `aws-auth` as it was before.
///
/// RUN is the first twelve hex digits of the plan's digest and a counter of all runs on the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFolder {
    path: PathBuf,
    name: String,
}

#[derive(Debug, thiserror::Error)]
pub enum RunFolderError {
    #[error("cannot create {}", path.display())]
    Create { path: PathBuf, source: io::Error },
    #[error("cannot write {}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("cannot read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{} is not the folder of a run", path.display())]
    NotARun { path: PathBuf },
    #[error("{} is in use by another run", path.display())]
    Busy { path: PathBuf },
}

impl RunFolderError {
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
    /// Whoever makes one holds the [`super::RunsLock`] of the cluster.
    ///
    /// # Errors
    /// When the folder, or a file in it, cannot be written.
    pub fn create(base: &Path, new_run: &NewRun<'_>) -> Result<Self, RunFolderError> {
        let NewRun { cluster, plan_digest, plan, aws_auth, .. } = new_run;
        let (there, old) = (Self::list(base, cluster)?, Self::list_old(base, cluster)?);
        let numbers = there.iter().chain(&old).filter_map(|run| number(&run.name));
        let number = numbers.max().unwrap_or(0) + 1;
        let name = format!("{}-{number}", stem(plan_digest));
        let of_cluster = of_cluster(base, cluster);
        let path = of_cluster.join(&name);
        let new = of_cluster.join(NEW);
        let create = |path: &Path, source| RunFolderError::Create { path: path.to_owned(), source };
        let mut builder = private_directory();
        builder.recursive(true).create(&of_cluster).map_err(|source| create(&of_cluster, source))?;
        match fs::remove_dir_all(&new) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(create(&new, source)),
            _ => {}
        }
        private_directory().create(&new).map_err(|source| create(&new, source))?;
        let first = line(new_run.stamps, &new_run.header(&name));
        write_new(&new, PLAN, plan.as_bytes())?;
        write_new(&new, JOURNAL, &first.map_err(|error| create(&path, error.into()))?)?;
        if let Some(manifest) = aws_auth {
            write_new(&new, BACKUP, manifest.as_bytes())?;
        }
        sync_directory(&new)
            .and_then(|()| fs::rename(&new, &path))
            .and_then(|()| sync_directory(&of_cluster))
            .map_err(|source| create(&path, source))?;
        Ok(Self { path, name })
    }

    /// An existing one, by its path or that of a file in it.
    ///
    /// # Errors
    /// When there is neither plan nor journal in it.
    pub fn open(path: &Path) -> Result<Self, RunFolderError> {
        let path = if path.is_file() { path.parent().unwrap_or(path) } else { path };
        let name = path.file_name().and_then(|name| name.to_str());
        match name {
            Some(name) if is_a_run(path) => Ok(Self { path: path.to_owned(), name: name.to_owned() }),
            _ => Err(RunFolderError::NotARun { path: path.to_owned() }),
        }
    }

    /// The runs of a cluster, oldest first. What is named like a run is one, also when its files are gone: nobody knows
    /// then what it did.
    ///
    /// # Errors
    /// When the folder is there and cannot be read.
    pub fn list(base: &Path, cluster: &ClusterId) -> Result<Vec<Self>, RunFolderError> {
        Self::list_in(&of_cluster(base, cluster), |path, name| number(name).is_some() || is_a_run(path))
    }

    /// Runs that earlier versions left in `BASE/CLUSTER/RUN`, of whatever cluster of this name.
    ///
    /// # Errors
    /// When the folder is there and cannot be read.
    pub fn list_old(base: &Path, cluster: &ClusterId) -> Result<Vec<Self>, RunFolderError> {
        // a cluster that is named like an account has regions in its folder
        Self::list_in(&base.join(&cluster.name), |path, _| is_a_run(path))
    }

    fn list_in(folder: &Path, is_run: impl Fn(&Path, &str) -> bool) -> Result<Vec<Self>, RunFolderError> {
        let read = |source| RunFolderError::Read { path: folder.to_owned(), source };
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(read)?,
        };
        let mut runs = Vec::new();
        for entry in entries {
            let path = entry.map_err(read)?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            // a run that is being made, the lock, and what desktops leave
            if !name.starts_with('.') && is_run(&path, &name) {
                runs.push(Self { path, name });
            }
        }
        runs.sort_by_cached_key(|run: &Self| (number(&run.name), run.name.clone()));
        Ok(runs)
    }

    pub fn path(&self) -> &Path {
        &self.path
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
}

impl StoredRun for RunFolder {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_made_at_once(&self) -> bool {
        true
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn plan_place(&self) -> String {
        self.plan_path().display().to_string()
    }

    fn journal_place(&self) -> String {
        self.journal_path().display().to_string()
    }

    fn plan(&self) -> Result<String, RunsError> {
        Ok(text(self.plan_path())?)
    }

    fn backup(&self) -> Result<Option<String>, RunsError> {
        match text(self.backup_path()) {
            Err(RunFolderError::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
            read => Ok(Some(read?)),
        }
    }

    fn journal_bytes(&self) -> Result<Vec<u8>, RunsError> {
        let path = self.journal_path();
        Ok(read_bounded(&path, LIMIT).map_err(|source| RunFolderError::Read { path, source })?)
    }

    fn store(&self) -> Result<Box<dyn Store>, RunsError> {
        let path = self.journal_path();
        let store = FileStore::open(&path).map_err(|source| RunFolderError::unwritable(&path, source))?;
        Ok(Box::new(store))
    }

    fn remove(&self) -> Result<(), RunsError> {
        let path = self.path.clone();
        Ok(fs::remove_dir_all(&path).map_err(|source| RunFolderError::Write { path, source })?)
    }
}

/// The folder below which all runs are.
#[derive(Debug)]
pub struct RunFolders(PathBuf);

impl RunFolders {
    pub fn below(base: impl Into<PathBuf>) -> Runs {
        Rc::new(Self(base.into()))
    }
}

fn kept(runs: Vec<RunFolder>) -> Vec<KeptRun> {
    runs.into_iter().map(|run| Rc::new(run) as KeptRun).collect()
}

impl RunStore for RunFolders {
    fn create(&self, new_run: &NewRun<'_>) -> Result<KeptRun, RunsError> {
        Ok(Rc::new(RunFolder::create(&self.0, new_run)?))
    }

    fn list(&self, cluster: &ClusterId) -> Result<Vec<KeptRun>, RunsError> {
        Ok(kept(RunFolder::list(&self.0, cluster)?))
    }

    fn list_old(&self, cluster: &ClusterId) -> Result<Vec<KeptRun>, RunsError> {
        Ok(kept(RunFolder::list_old(&self.0, cluster)?))
    }

    fn lost(&self, _: &ClusterId) -> Result<Vec<LostRun>, RunsError> {
        Ok(Vec::new())
    }

    fn place_of(&self, cluster: &ClusterId) -> String {
        of_cluster(&self.0, cluster).display().to_string()
    }

    fn open(&self, at: &Path) -> Result<KeptRun, RunsError> {
        match url(at) {
            Some(url) => Err(RunsError::Elsewhere { at: url.to_owned(), runs: self.place() }),
            None => Ok(Rc::new(RunFolder::open(at)?)),
        }
    }

    fn hold(&self, cluster: &ClusterId) -> Result<Option<RunsLock>, RunsError> {
        Ok(Some(RunsLock::take(&of_cluster(&self.0, cluster))?))
    }

    fn bucket(&self) -> Option<(&str, &str)> {
        None
    }

    fn place(&self) -> String {
        self.0.display().to_string()
    }
}

/// `BASE/ACCOUNT/REGION/CLUSTER`: clusters of one name in two regions or accounts have nothing in common.
pub(super) fn of_cluster(base: &Path, cluster: &ClusterId) -> PathBuf {
    let ClusterId { partition: _, region, account, name } = cluster;
    base.join(account.as_str()).join(region).join(name)
}

/// Whether any file of a run is in it.
fn is_a_run(path: &Path) -> bool {
    [PLAN, JOURNAL].iter().any(|name| fs::symlink_metadata(path.join(name)).is_ok())
}

fn text(path: PathBuf) -> Result<String, RunFolderError> {
    let not_text = |_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8");
    let read = read_bounded(&path, LIMIT).and_then(|bytes| String::from_utf8(bytes).map_err(not_text));
    read.map_err(|source| RunFolderError::Read { path, source })
}

fn write_new(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), RunFolderError> {
    let path = folder.join(name);
    private_file()
        .write(true)
        .create_new(true)
        .open(&path)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .map_err(|source| RunFolderError::Write { path, source })
}
