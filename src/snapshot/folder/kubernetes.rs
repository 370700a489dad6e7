use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value, json};

use super::document::Document;
use crate::documents::{Location, Misread, Spanned, yaml_documents};
use crate::rbac::native::{GROUP, NativeAggregation, NativeRoleRef, NativeRule, NativeSubject, spelled_like};
use crate::reader::emit_value;

/// `kubectl get namespaces -o yaml`
pub(super) const NAMESPACES: Document<Vec<String>> = Document {
    file: "namespaces.yaml",
    read: |text, _| read_namespaces(text),
    write: |names| write_namespaces(names),
};

/// The fields of every kind that is read, and of a list.
#[derive(Default)]
struct Native {
    api_version: Option<String>,
    kind: Option<String>,
    metadata: Option<Metadata>,
    items: Option<Vec<Spanned<Self>>>,
    rules: Option<Vec<NativeRule>>,
    subjects: Option<Vec<NativeSubject>>,
    role_ref: Option<NativeRoleRef>,
    aggregation_rule: Option<NativeAggregation>,
    unread: Vec<(String, &'static str)>,
}

impl Native {
    /// An object of another kind may have fields of the same names that hold something else.
    fn is_rbac(&self) -> bool {
        is_rbac_group(self.api_version.as_deref().unwrap_or_default())
            && self.kind.as_deref().is_none_or(|kind| RBAC_KINDS.contains(&kind) || kind.ends_with("List"))
    }
}

/// Other groups have kinds called Role, too; the items of a list may leave it out.
pub(super) fn is_rbac_group(api_version: &str) -> bool {
    matches!(api_version.split('/').next().unwrap_or_default(), "" | GROUP)
}

pub(super) const RBAC_KINDS: [&str; 4] = ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];
const RBAC_KEYS: [&str; 4] = ["rules", "subjects", "roleRef", "aggregationRule"];

impl<'de> Deserialize<'de> for Native {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Native;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of Kubernetes")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Native, A::Error> {
                let mut native = Native::default();
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "apiVersion" => native.api_version = map.next_value()?,
                        "kind" => native.kind = map.next_value()?,
                        "metadata" => native.metadata = map.next_value()?,
                        "items" => native.items = map.next_value()?,
                        "rules" if native.is_rbac() => native.rules = map.next_value()?,
                        "subjects" if native.is_rbac() => native.subjects = map.next_value()?,
                        "roleRef" if native.is_rbac() => native.role_ref = map.next_value()?,
                        "aggregationRule" if native.is_rbac() => {
                            native.aggregation_rule = map.next_value()?
                        }
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                            let meant = spelled_like(&key, &RBAC_KEYS).filter(|known| *known != key);
                            native.unread.extend(meant.map(|meant| (key, meant)));
                        }
                    }
                }
                Ok(native)
            }
        }
        deserializer.deserialize_map(Keys)
    }
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
    pub labels: Option<BTreeMap<String, String>>,
    pub rules: Vec<NativeRule>,
    pub subjects: Vec<NativeSubject>,
    pub role_ref: Option<NativeRoleRef>,
    pub aggregation_rule: Option<NativeAggregation>,
    /// Keys of it that nobody reads, each with the one that it is spelled like.
    pub unread: Vec<(String, &'static str)>,
}

/// Every object of a text: documents of their own, or the items of lists. Those of kinds that nobody wants may lack their
/// names.
///
/// # Errors
/// When the text is no YAML, has no document, or an object lacks its kind, or its name.
pub(super) fn objects(text: &str, is_wanted: fn(&str) -> bool) -> Result<Vec<Object>, Misread> {
    let documents: Vec<Spanned<Native>> = yaml_documents(text)?;
    if documents.is_empty() {
        return Err(Misread::new("it is empty"));
    }
    let mut objects = Vec::new();
    for Spanned { value: document, referenced: location, .. } in documents {
        match document.items {
            // a list without items, be they null, is an empty one
            None if document.kind.as_deref().is_some_and(|kind| kind.ends_with("List")) => {}
            None => objects.extend(object(document, location, None, is_wanted)?),
            Some(items) => {
                // a list of one kind, as the API server sends it, leaves the kind of its items out
                let kind = document.kind.as_deref().and_then(|kind| kind.strip_suffix("List"));
                for Spanned { value, referenced, .. } in items {
                    objects.extend(object(value, referenced, kind, is_wanted)?);
                }
            }
        }
    }
    Ok(objects)
}

/// `None`: nobody wants it.
fn object(
    native: Native,
    location: Location,
    of_list: Option<&str>,
    is_wanted: fn(&str) -> bool,
) -> Result<Option<Object>, Misread> {
    let Native { api_version, kind, metadata, items: _, rules, subjects, role_ref, aggregation_rule, unread } =
        native;
    let kind = kind.or(of_list.filter(|kind| !kind.is_empty()).map(str::to_owned));
    let Metadata { name, namespace, labels } = metadata.unwrap_or_default();
    let lacks = |what: &str| Misread::at(format!("the object lacks its {what}"), location);
    let kind = kind.ok_or_else(|| lacks("kind"))?;
    if !is_wanted(&kind) {
        return Ok(None);
    }
    Ok(Some(Object {
        location,
        api_version: api_version.unwrap_or_default(),
        kind,
        name: name.ok_or_else(|| lacks("name"))?,
        namespace: namespace.filter(|namespace| !namespace.is_empty()),
        labels,
        rules: rules.unwrap_or_default(),
        subjects: subjects.unwrap_or_default(),
        role_ref,
        aggregation_rule,
        unread,
    }))
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
    for object in objects(text, |_| true)? {
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
