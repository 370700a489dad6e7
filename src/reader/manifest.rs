use std::collections::BTreeMap;

use super::{Place, SectionName, Source, Span};
use crate::model::ConfigMap;

/// The ConfigMap, the text it was read from, and where in that text each value stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    pub source: Source,
    pub config_map: ConfigMap,
    places: BTreeMap<String, ValuePlaces>,
}

/// Where the characters of one data value stand in the manifest's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValuePlaces {
    start: usize,
    len: usize,
}

/// The text is not a manifest of `kube-system/aws-auth`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ManifestError {
    pub message: String,
    pub place: Option<Place>,
}

impl Manifest {
    /// A manifest for data that came without text, as from the API server.
    pub fn from_config_map(config_map: ConfigMap) -> Self {
        let mut text = String::new();
        let mut places = BTreeMap::new();
        for (key, value) in &config_map.data {
            places.insert(key.clone(), ValuePlaces { start: text.len(), len: value.len() });
            text.push_str(value);
        }
        Self { source: Source { name: "aws-auth".to_owned(), text }, config_map, places }
    }

    /// The text of a section as the API server holds it, and its places; `None` when the key is absent.
    pub fn section(&self, name: SectionName) -> Option<(&str, &ValuePlaces)> {
        Some((self.config_map.data.get(name.as_str())?, self.places.get(name.as_str())?))
    }
}

impl ValuePlaces {
    /// The whole value in the source, quotes and block indicators included.
    pub fn span(&self) -> Span {
        Span { start: self.start, end: self.start + self.len }
    }

    /// A range of bytes of the value, as a range of bytes of the source.
    pub fn to_source(&self, span: Span) -> Span {
        Span { start: self.start + span.start, end: self.start + span.end }
    }
}
