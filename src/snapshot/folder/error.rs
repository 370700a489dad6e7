use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::files::WriteError;
use crate::reader::{ManifestErrorKind, Place};

/// A document of a snapshot folder that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub struct FolderError {
    pub path: PathBuf,
    pub place: Option<Place>,
    #[source]
    pub kind: FolderErrorKind,
}

#[derive(Debug, thiserror::Error)]
pub enum FolderErrorKind {
    #[error("cannot be read")]
    Read(#[source] io::Error),
    #[error("not UTF-8 text")]
    NotUtf8,
    /// Not the document that its name says; why, as a fragment.
    #[error("{0}")]
    Document(String),
    /// Of another cluster, account, Region or partition than the document that was read before it.
    #[error("{0}")]
    OtherCluster(Box<OtherCluster>),
    #[error(transparent)]
    Manifest(ManifestErrorKind),
    #[error(transparent)]
    Write(WriteError),
    #[error("cannot be removed")]
    Remove(#[source] io::Error),
}

/// Two documents that cannot be of one cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherCluster {
    /// The element that says so, such as `node group a`.
    pub who: String,
    pub found: String,
    pub expected: String,
    /// The document that says otherwise.
    pub document: &'static str,
}

impl fmt::Display for OtherCluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { who, found, expected, document } = self;
        write!(f, "{who} is of {found}, but {document} of {expected}")
    }
}

impl FolderError {
    pub(super) fn new(path: &Path, kind: FolderErrorKind) -> Self {
        Self { path: path.to_owned(), place: None, kind }
    }
}

impl fmt::Display for FolderError {
    /// `PATH` or `PATH:LINE:COLUMN`; the source says what is wrong there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        self.place.map_or(Ok(()), |place| write!(f, ":{place}"))
    }
}
