use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::document::Document;
use crate::documents::{Location, Misread, Spanned, yaml_documents};
use crate::rbac::native::{NativeAggregation, NativeRoleRef, NativeRule, NativeSubject};
use crate::reader::emit_value;

/// `kubectl get namespaces -o yaml`
pub(super) const NAMESPACES: Document<Vec<String>> = Document {
    file: "namespaces.yaml",
    read: |text, _| read_namespaces(text),
    write: |names| write_namespaces(names),
};

/// The fields of every kind that is read, and of a list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Native {
    api_version: Option<String>,
    kind: Option<String>,
    metadata: Option<Metadata>,
    items: Option<Vec<Spanned<Self>>>,
    rules: Option<Vec<NativeRule>>,
    subjects: Option<Vec<NativeSubject>>,
    role_ref: Option<NativeRoleRef>,
    aggregation_rule: Option<NativeAggregation>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    name: Option<String>,
    namespace: Option<String>,
    labels: Option<BTreeMap<String, String>>,
}

/// An object of whatever kind, with the fields that matter.
pub(super) struct Object {
    pub location: Location,
    /// Group and version; empty where a list names them for its items.
    pub api_version: String,
    pub kind: String,
    pub name: String,
    pub namespace: Option<String>,
    pub rules: Vec<NativeRule>,
    pub subjects: Vec<NativeSubject>,
    pub role_ref: Option<NativeRoleRef>,
    pub labels: Option<BTreeMap<String, String>>,
    pub aggregation_rule: Option<NativeAggregation>,
}

/// Every object of a text: documents of their own, or the items of lists.
///
/// # Errors
/// When the text is no YAML, has no document, or an object lacks its kind or name.
pub(super) fn objects(text: &str) -> Result<Vec<Object>, Misread> {
    let documents: Vec<Spanned<Native>> = yaml_documents(text)?;
    if documents.is_empty() {
        return Err(Misread::new("no document in it"));
    }
    let mut objects = Vec::new();
    for Spanned { value: document, referenced: location, .. } in documents {
        match document.items {
            // a list without items, be they null, is an empty one
            None if document.kind.as_deref().is_some_and(|kind| kind.ends_with("List")) => {}
            None => objects.push(object(document, location, None)?),
            Some(items) => {
                // a list of one kind, as the API server sends it, leaves the kind of its items out
                let kind = document.kind.as_deref().and_then(|kind| kind.strip_suffix("List"));
                for Spanned { value, referenced, .. } in items {
                    objects.push(object(value, referenced, kind)?);
                }
            }
        }
    }
    Ok(objects)
}

fn object(native: Native, location: Location, of_list: Option<&str>) -> Result<Object, Misread> {
    let Native { api_version, kind, metadata, items: _, rules, subjects, role_ref, aggregation_rule } =
        native;
    let kind = kind.or(of_list.filter(|kind| !kind.is_empty()).map(str::to_owned));
    let Metadata { name, namespace, labels } = metadata.unwrap_or_default();
    let lacks = |what: &str| Misread::at(format!("the object lacks its {what}"), location);
    Ok(Object {
        location,
        api_version: api_version.unwrap_or_default(),
        kind: kind.ok_or_else(|| lacks("kind"))?,
        name: name.ok_or_else(|| lacks("name"))?,
        namespace: namespace.filter(|namespace| !namespace.is_empty()),
        rules: rules.unwrap_or_default(),
        subjects: subjects.unwrap_or_default(),
        role_ref,
        labels,
        aggregation_rule,
    })
}

/// A `v1` List as `kubectl` prints it.
pub(super) fn write_list(items: Vec<Value>) -> String {
    let mut list = Map::new();
    list.insert("apiVersion".to_owned(), "v1".into());
    list.insert("items".to_owned(), items.into());
    list.insert("kind".to_owned(), "List".into());
    list.insert("metadata".to_owned(), json!({"resourceVersion": ""}));
    emit_value(&list)
}

fn read_namespaces(text: &str) -> Result<Vec<String>, Misread> {
    let mut names = BTreeSet::new();
    for object in objects(text)? {
        if object.kind != "Namespace" {
            return Err(Misread::at(format!("kind {}, not Namespace", object.kind), object.location));
        }
        names.insert(object.name);
    }
    Ok(names.into_iter().collect())
}

fn write_namespaces(names: &[String]) -> String {
    let sorted: BTreeSet<&String> = names.iter().collect();
    let items = sorted
        .into_iter()
        .map(|name| json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}));
    write_list(items.collect())
}
