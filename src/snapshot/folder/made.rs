use std::path::Path;

use super::document::Document;
use super::{FolderError, FolderErrorKind, access, rbac};
use crate::files;
use crate::rbac::{Binding, Rbac};
use crate::snapshot::ObservedEntry;

const ENTRIES: Document<Vec<ObservedEntry>> = Document { file: "made-entries.json", ..access::ENTRIES };
const BINDINGS: Document<Rbac> = Document { file: "made-bindings.yaml", ..rbac::RBAC };

/// What runs made in a folder that is played as a cluster, where the folder does not say what else there is of the kind.
///
/// It is kept beside the documents of the snapshot: a listing of what one run made would be taken for a listing of all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Made {
    pub entries: Vec<ObservedEntry>,
    pub bindings: Vec<Binding>,
}

impl Made {
    /// # Errors
    /// When a file that is there cannot be read.
    pub fn load(directory: &Path) -> Result<Self, FolderError> {
        let mut home = super::home::Home::default();
        let bindings = BINDINGS.load(directory, &mut home)?.unwrap_or_default().bindings;
        Ok(Self { entries: ENTRIES.load(directory, &mut home)?.unwrap_or_default(), bindings })
    }

    /// Where nothing was made there are no such files.
    ///
    /// # Errors
    /// When a file that is there cannot be read, or one cannot be written.
    pub fn save(&self, directory: &Path) -> Result<(), FolderError> {
        let Self { entries, bindings } = self;
        let entries = Some(entries).filter(|entries| !entries.is_empty());
        let bindings = Some(Rbac { roles: Vec::new(), bindings: bindings.clone() })
            .filter(|rbac| !rbac.bindings.is_empty());
        let changes = [ENTRIES.change(directory, entries)?, BINDINGS.change(directory, bindings.as_ref())?];
        files::create_directory(directory)
            .map_err(|cause| FolderError::new(directory, FolderErrorKind::Write(cause)))?;
        changes.into_iter().flatten().try_for_each(super::document::Change::carry_out)
    }
}
