use std::collections::BTreeMap;

use super::node::{Node, NodeKind};
use super::{ManifestError, ManifestErrorKind as Kind, ValuePlaces, compose, json};
use crate::model::ConfigMap;
use crate::reader::Span;

const NAME: &str = "aws-auth";
const NAMESPACE: &str = "kube-system";

/// What a document says of `aws-auth`.
pub(super) struct Found {
    pub config_map: ConfigMap,
    pub places: BTreeMap<String, ValuePlaces>,
}

/// The one document of the text.
///
/// # Errors
/// When there is none, or a second one that is not empty.
pub(super) fn root(text: &str) -> Result<Node, ManifestError> {
    if let Some(node) = json::document(text) {
        return Ok(node);
    }
    let mut documents = compose::documents(text)?.into_iter().filter(|document| !document.is_null());
    let first = documents.next().ok_or(ManifestError { kind: Kind::Empty, place: None })?;
    match documents.next() {
        Some(second) => Err(Kind::SecondDocument.at(text, second.span.start)),
        None => Ok(first),
    }
}

/// The ConfigMap in a document: the document itself, or the one element of a list.
///
/// # Errors
/// When it is another object, or a value of `data` is no string.
pub(super) fn config_map(text: &str, root: &Node) -> Result<Found, ManifestError> {
    if root.as_map().is_none() {
        return Err(Kind::NotAMapping(root.found()).at(text, root.span.start));
    }
    match root.get("kind") {
        Some(kind) if matches!(kind.as_str(), Some("List" | "ConfigMapList")) => {
            read(text, element(text, root)?)
        }
        Some(kind) if kind.as_str() == Some("ConfigMap") => read(text, root),
        Some(kind) if !kind.is_null() => {
            Err(Kind::WrongKind(cut(text, kind.span).to_owned()).at(text, kind.span.start))
        }
        _ if root.get("data").is_some() => read(text, root),
        _ => Err(Kind::NotAManifest.at(text, root.span.start)),
    }
}

/// The element of a list that is `kube-system/aws-auth`.
fn element<'n>(text: &str, list: &'n Node) -> Result<&'n Node, ManifestError> {
    let items = match list.get("items").map(|items| (items, &items.kind)) {
        None => &[],
        Some((_, NodeKind::List(items))) => items.as_slice(),
        Some((items, _)) if items.is_null() => &[],
        Some((items, _)) => return Err(Kind::ItemsNotAList(items.found()).at(text, items.span.start)),
    };
    let is = |value: Option<&Node>, expected| value.is_some_and(|value| value.as_str() == Some(expected));
    let absent_or = |value: Option<&Node>, expected| {
        value.is_none_or(|value| value.is_null() || value.as_str() == Some(expected))
    };
    let mut matching = items.iter().filter(|item| {
        let metadata = item.get("metadata");
        absent_or(item.get("kind"), "ConfigMap")
            && is(metadata.and_then(|metadata| metadata.get("name")), NAME)
            && absent_or(metadata.and_then(|metadata| metadata.get("namespace")), NAMESPACE)
    });
    let first = matching.next().ok_or_else(|| Kind::NotInList.at(text, list.span.start))?;
    match matching.next() {
        Some(second) => Err(Kind::TwiceInList.at(text, second.span.start)),
        None => Ok(first),
    }
}

fn read(text: &str, object: &Node) -> Result<Found, ManifestError> {
    let mut config_map = ConfigMap::default();
    if let Some(metadata) = mapping(text, object, "metadata")? {
        expect(text, metadata, "name", NAME, Kind::WrongName)?;
        expect(text, metadata, "namespace", NAMESPACE, Kind::WrongNamespace)?;
        if let serde_json::Value::Object(fields) = metadata.to_json() {
            config_map.metadata = fields;
            config_map.metadata.retain(|_, value| !value.is_null());
        }
        if let Some(version) = metadata.get("resourceVersion") {
            config_map.metadata.remove("resourceVersion");
            version.as_key().unwrap_or_default().clone_into(&mut config_map.resource_version);
        }
    }
    let mut places = BTreeMap::new();
    for (name, value, content) in strings(text, object, "data")? {
        places.insert(name.to_owned(), ValuePlaces::of_scalar(text, value.span, content));
        config_map.data.insert(name.to_owned(), content.to_owned());
    }
    for (name, _, content) in strings(text, object, "binaryData")? {
        config_map.binary_data.insert(name.to_owned(), content.to_owned());
    }
    config_map.immutable = match object.get("immutable") {
        Some(value) if !value.is_null() => match value.to_json() {
            serde_json::Value::Bool(immutable) => Some(immutable),
            _ => return Err(Kind::ImmutableNotABoolean(value.found()).at(text, value.span.start)),
        },
        _ => None,
    };
    Ok(Found { config_map, places })
}

/// The strings of a field, each with its key and its node.
fn strings<'n>(
    text: &str,
    object: &'n Node,
    field: &'static str,
) -> Result<Vec<(&'n str, &'n Node, &'n str)>, ManifestError> {
    let pairs = mapping(text, object, field)?.and_then(Node::as_map).into_iter().flatten();
    pairs
        .map(|(key, value)| {
            let name = key
                .as_key()
                .ok_or_else(|| Kind::KeyNotAString { field, found: key.found() }.at(text, key.span.start))?;
            Ok((name, value, string(text, name, value)?))
        })
        .collect()
}

/// A string of `data`. The API server takes null for an empty one, as Go's encoding/json does in a map of strings.
fn string<'n>(text: &str, key: &str, value: &'n Node) -> Result<&'n str, ManifestError> {
    if value.is_null() {
        return Ok("");
    }
    value.as_str().ok_or_else(|| {
        let kind = Kind::NotAString { key: key.to_owned(), found: value.found() };
        kind.at(text, value.span.start)
    })
}

/// A field that is a mapping, null or absent.
fn mapping<'n>(text: &str, object: &'n Node, field: &'static str) -> Result<Option<&'n Node>, ManifestError> {
    match object.get(field) {
        Some(value) if value.as_map().is_some() => Ok(Some(value)),
        Some(value) if !value.is_null() => {
            Err(Kind::FieldNotAMapping { field, found: value.found() }.at(text, value.span.start))
        }
        _ => Ok(None),
    }
}

fn expect(
    text: &str,
    metadata: &Node,
    field: &str,
    expected: &str,
    wrong: fn(String) -> Kind,
) -> Result<(), ManifestError> {
    match metadata.get(field) {
        Some(value) if !value.is_null() && value.as_str() != Some(expected) => {
            Err(wrong(cut(text, value.span).to_owned()).at(text, value.span.start))
        }
        _ => Ok(()),
    }
}

/// What a person wrote there, in one line.
fn cut(text: &str, span: Span) -> &str {
    text.get(span.start..span.end).unwrap_or_default().lines().next().unwrap_or_default()
}
