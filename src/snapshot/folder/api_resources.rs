use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use super::document::Document;
use super::native;
use crate::documents::Misread;
use crate::rbac::served::{
    ApiResource, GroupVersion, NativeGroups, NativeList, group_list, has_pods, resource_lists,
};
use crate::snapshot::Listing;

/// `kubectl get --raw /apis`, `/api/v1`, and `/apis/GROUP/VERSION` for each version; or `kubectl api-resources -o json`
pub(super) const API_RESOURCES: Document<Listing<ApiResource>> =
    Document { file: "api-resources.json", read: |text, _| read(text), write: |resources| write(resources) };

/// What the file is made of.
#[derive(Deserialize)]
struct Native {
    #[serde(default, deserialize_with = "native::nullable")]
    kind: String,
    #[serde(flatten)]
    fields: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
struct Items {
    #[serde(deserialize_with = "native::nullable")]
    items: Vec<Native>,
}

/// It is complete when it has the list of groups and the list of each version that is named there, and is that of a real API
/// server. So what `kubectl api-resources` prints never is: it has no subresources, and of each group one version.
fn read(text: &str) -> Result<Listing<ApiResource>, Misread> {
    let mut waiting = native::many::<Native>(text)?;
    waiting.reverse();
    let (mut resources, mut named, mut listed) = (BTreeSet::new(), None::<BTreeSet<_>>, BTreeSet::new());
    while let Some(Native { kind, fields }) = waiting.pop() {
        let fields = Value::Object(fields);
        let misread = |error: serde_json::Error| Misread::new(format!("{kind}: {error}"));
        match kind.as_str() {
            "APIResourceList" => {
                let list: NativeList = serde_json::from_value(fields).map_err(misread)?;
                listed.extend(list.of());
                let lacks = |name| Misread::new(format!("the resource {name} lacks its version"));
                resources.extend(list.resources().map_err(lacks)?);
            }
            "APIGroupList" => {
                let groups: NativeGroups = serde_json::from_value(fields).map_err(misread)?;
                named.get_or_insert_default().extend(groups.versions());
            }
            // kubectl get --raw /api
            "APIVersions" => {}
            "List" => {
                let Items { items } = serde_json::from_value(fields).map_err(misread)?;
                waiting.extend(items.into_iter().rev());
            }
            "" => return Err(Misread::new("a document lacks its kind")),
            _ => return Err(Misread::new(format!("kind {kind}, not APIResourceList"))),
        }
    }
    let complete = named.is_some_and(|mut named| {
        named.insert(GroupVersion::core());
        named.is_subset(&listed) && has_pods(&resources)
    });
    Ok(Listing { items: resources.into_iter().collect(), complete })
}

fn write(resources: &Listing<ApiResource>) -> String {
    let Listing { items, complete } = resources;
    let sorted: BTreeSet<&ApiResource> = items.iter().collect();
    let sorted: Vec<ApiResource> = sorted.into_iter().cloned().collect();
    let groups = complete.then(|| group_list(&sorted));
    native::write(&groups.into_iter().chain(resource_lists(&sorted)).collect::<Vec<Value>>())
}
