use std::path::Path;

use super::document::{Change, bytes};
use super::{FolderError, FolderErrorKind};
use crate::reader::{Manifest, ManifestError};

pub(super) const FILE: &str = "aws-auth.yaml";

/// `kubectl -n kube-system get configmap aws-auth -o yaml`
pub(super) fn load(directory: &Path) -> Result<Option<Manifest>, FolderError> {
    let path = directory.join(FILE);
    let Some(bytes) = bytes(&path)? else { return Ok(None) };
    Manifest::parse(&path.to_string_lossy(), &bytes).map(Some).map_err(|ManifestError { kind, place }| {
        FolderError { path, place, kind: FolderErrorKind::Manifest(kind) }
    })
}

/// Keeps the bytes of an equal ConfigMap; a new one is written as the text that it was read from.
pub(super) fn change(directory: &Path, manifest: Option<&Manifest>) -> Result<Option<Change>, FolderError> {
    let present = load(directory)?;
    let same = present.as_ref().map(|m| &m.config_map) == manifest.map(|m| &m.config_map);
    let bytes = manifest.map(|manifest| manifest.source.text.clone());
    Ok((!same).then(|| Change { path: directory.join(FILE), bytes }))
}
