//! Where a command may save what it made. A file of the team's, or one that the command has just read, is never replaced by
//! something else.

use std::path::{Path, PathBuf};

use eksodus::files::write_atomic;
use eksodus::snapshot::Snapshot;
use serde_json::Value;

use super::output::{CliError, Console};

/// What is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    Plan,
    Assertions,
}

/// A file that may be written, or written again.
pub struct Place<'p> {
    path: &'p Path,
}

impl Saved {
    /// Asked before there is anything to save, so that no work is lost.
    ///
    /// # Errors
    /// When the path names no file, one that is something else, or one that the snapshot folder would take for its own.
    pub fn place<'p>(self, path: &'p Path, snapshot: Option<&Path>) -> Result<Place<'p>, CliError> {
        if path.as_os_str() == "-" {
            return Err(CliError::OutIsStdout);
        }
        // what cannot be read is told when it is written
        let is_other = std::fs::read(path).is_ok_and(|there| !there.is_empty() && !self.is_such(&there));
        if is_other || snapshot.is_some_and(|folder| is_document_of(folder, path)) {
            return Err(CliError::WouldReplace { path: path.to_owned(), what: self.name() });
        }
        Ok(Place { path })
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Plan => "a plan",
            Self::Assertions => "an assertions file",
        }
    }

    /// Of whatever version, whole or not: it is what this command makes.
    fn is_such(self, there: &[u8]) -> bool {
        let text = String::from_utf8_lossy(there);
        match self {
            Self::Plan => serde_json::from_str::<Value>(&text)
                .is_ok_and(|it| ["format", "steps", "digest"].iter().all(|key| it.get(key).is_some())),
            Self::Assertions => eksodus::access::assertions::Assertions::parse("", &text).is_ok(),
        }
    }
}

impl Place<'_> {
    pub fn save(&self, text: &str, console: &mut Console) -> Result<(), CliError> {
        write_atomic(self.path, text.as_bytes())?;
        console.note(&format!("saved to {}", self.path.display()));
        Ok(())
    }
}

/// A name that the folder's next reader would take for a part of the cluster, or for its decisions.
fn is_document_of(folder: &Path, path: &Path) -> bool {
    let parent = path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    let [folder, parent] =
        [folder, parent].map(|path| path.canonicalize().unwrap_or_else(|_| PathBuf::from(path)));
    let name = path.file_name().and_then(|name| name.to_str());
    folder == parent
        && name.is_some_and(|name| name == "eksodus.yaml" || Snapshot::documents().any(|it| it == name))
}
