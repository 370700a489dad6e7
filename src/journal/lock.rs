use std::fs::File;
use std::io;
use std::path::Path;

use super::RunFolderError;
use crate::files::{open_regular, private_directory, private_file};

/// Held while a folder of runs, and the cluster it is about, may be changed; gone with the process.
#[derive(Debug)]
pub struct RunsLock {
    _file: File,
}

impl RunsLock {
    /// Makes the folder where there is none.
    ///
    /// # Errors
    /// [`RunFolderError::Busy`] when somebody else holds it.
    pub fn take(base: &Path) -> Result<Self, RunFolderError> {
        let create = |source| RunFolderError::Create { path: base.to_owned(), source };
        private_directory().recursive(true).create(base).map_err(create)?;
        let path = base.join(".lock");
        let opened = open_regular(&path, private_file().write(true).create(true).truncate(false));
        let locked = opened.and_then(|file| file.try_lock().map_err(io::Error::from).map(|()| file));
        match locked {
            Ok(file) => Ok(Self { _file: file }),
            Err(source) => Err(RunFolderError::unwritable(base, source)),
        }
    }
}
