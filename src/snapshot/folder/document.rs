use std::path::{Path, PathBuf};
use std::{fs, io};

use super::home::{Claims, Home};
use super::{FolderError, FolderErrorKind};
use crate::documents::Misread;
use crate::files;

/// One file of the folder: its name, and how its value is read and written.
pub(super) struct Document<T> {
    pub file: &'static str,
    /// What it says about the cluster it is of is claimed.
    pub read: fn(&str, &mut Claims) -> Result<T, Misread>,
    /// Sorted, so that equal values are equal bytes.
    pub write: fn(&T) -> String,
}

/// What makes a folder say something else. `None`: the file goes.
pub(super) struct Change {
    pub path: PathBuf,
    pub bytes: Option<String>,
}

impl<T: PartialEq> Document<T> {
    /// # Errors
    /// When the file is no such document, or is of another cluster than the documents before it.
    pub(super) fn load(&self, directory: &Path, home: &mut Home) -> Result<Option<T>, FolderError> {
        let mut claims = Claims::default();
        let value = self.read_from(directory, &mut claims)?;
        home.check(&directory.join(self.file), self.file, claims)?;
        Ok(value)
    }

    fn read_from(&self, directory: &Path, claims: &mut Claims) -> Result<Option<T>, FolderError> {
        let path = directory.join(self.file);
        // null is absent, for a whole document too
        let Some(text) = text(&path)?.filter(|text| text.trim() != "null") else { return Ok(None) };
        (self.read)(&text, claims).map(Some).map_err(|Misread { what, place }| FolderError {
            path,
            place,
            kind: FolderErrorKind::Document(what),
        })
    }

    /// `None`: the file says so already.
    pub(super) fn change(&self, directory: &Path, value: Option<&T>) -> Result<Option<Change>, FolderError> {
        let present = self.read_from(directory, &mut Claims::default())?;
        Ok((present.as_ref() != value)
            .then(|| Change { path: directory.join(self.file), bytes: value.map(self.write) }))
    }
}

impl Change {
    pub(super) fn carry_out(self) -> Result<(), FolderError> {
        let Self { path, bytes } = self;
        let done = match bytes {
            Some(bytes) => files::write_atomic(&path, bytes.as_bytes()).map_err(FolderErrorKind::Write),
            None => fs::remove_file(&path).map_err(FolderErrorKind::Remove),
        };
        done.map_err(|kind| FolderError::new(&path, kind))
    }
}

/// The bytes of a file; `None` when there is none.
pub(super) fn bytes(path: &Path) -> Result<Option<Vec<u8>>, FolderError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(FolderError::new(path, FolderErrorKind::Read(cause))),
    }
}

fn text(path: &Path) -> Result<Option<String>, FolderError> {
    let Some(bytes) = bytes(path)? else { return Ok(None) };
    String::from_utf8(bytes).map(Some).map_err(|_| FolderError::new(path, FolderErrorKind::NotUtf8))
}
