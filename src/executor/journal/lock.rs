use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use super::FolderError;
use super::folder::builder;

/// Held while a folder of runs, and the cluster it is about, may be changed; gone with the process.
#[derive(Debug)]
pub struct RunsLock {
    _file: File,
}

impl RunsLock {
    /// Makes the folder where there is none.
    ///
    /// # Errors
    /// [`FolderError::Busy`] when somebody else holds it.
    pub fn take(base: &Path) -> Result<Self, FolderError> {
        let create = |source| FolderError::Create { path: base.to_owned(), source };
        builder().recursive(true).create(base).map_err(create)?;
        let path = base.join(".lock");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let locked =
            options.open(&path).and_then(|file| file.try_lock().map_err(io::Error::from).map(|()| file));
        match locked {
            Ok(file) => Ok(Self { _file: file }),
            Err(source) => Err(FolderError::unwritable(base, source)),
        }
    }
}
