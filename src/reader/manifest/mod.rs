//! The manifest of `kube-system/aws-auth`: a ConfigMap, its text, and where in that text each value stands.

mod block;
mod compose;
mod document;
mod emit;
mod error;
mod flow;
mod json;
mod looks_like;
mod node;
mod places;
mod runs;
mod style;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use emit::emit;
pub(crate) use emit::emit_value;
pub use error::{ManifestError, ManifestErrorKind};
pub use looks_like::LooksLike;
pub use places::ValuePlaces;

use super::{SectionName, Source};
use crate::model::ConfigMap;

/// The API server takes 1 MiB of data; the rest is room for indentation, escapes and the wrapper of a list.
const MAX_BYTES: usize = 3 << 20;

/// The ConfigMap, the text it was read from, and where in that text each value stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    pub source: Source,
    pub config_map: ConfigMap,
    places: BTreeMap<String, ValuePlaces>,
}

impl Manifest {
    /// Reads YAML or JSON: a ConfigMap, a list that holds it, or a bare mapping with `data`.
    ///
    /// # Errors
    /// When the text is no such document, or a value of `data` is one that the API server would refuse.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, ManifestError> {
        if bytes.len() > MAX_BYTES {
            return Err(ManifestError { kind: ManifestErrorKind::TooLarge(bytes.len()), place: None });
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let readable = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            ManifestErrorKind::NotUtf8.at(&readable, readable.len())
        })?;
        let root = document::root(text)?;
        let found = document::config_map(text, &root)?;
        Ok(Self {
            source: Source { name: name.to_owned(), text: text.to_owned() },
            config_map: found.config_map,
            places: found.places,
        })
    }

    /// A manifest for data that came without text, as from the API server: the text is what `kubectl` would print.
    pub fn from_config_map(config_map: ConfigMap) -> Self {
        let (text, scalars) = emit::emit_with_scalars(&config_map);
        let mut places = BTreeMap::new();
        for (key, span) in scalars {
            if let Some(value) = config_map.data.get(&key) {
                places.insert(key, ValuePlaces::of_scalar(&text, span, value));
            }
        }
        Self { source: Source { name: "aws-auth".to_owned(), text }, config_map, places }
    }

    /// The text of a section as the API server holds it, and its places; `None` when the key is absent.
    pub fn section(&self, name: SectionName) -> Option<(&str, &ValuePlaces)> {
        Some((self.config_map.data.get(name.as_str())?, self.places.get(name.as_str())?))
    }
}
