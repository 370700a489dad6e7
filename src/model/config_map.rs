use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// `kube-system/aws-auth` as the API server holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigMap {
    /// The data values, byte for byte.
    pub data: BTreeMap<String, String>,
    /// As the API server sends it: base64, never decoded, since nothing here reads it.
    pub binary_data: BTreeMap<String, String>,
    /// `Some(true)`: Kubernetes lets nobody change `data` or `binaryData` any more; it can only be deleted.
    pub immutable: Option<bool>,
    /// All of `metadata` but `resourceVersion`.
    pub metadata: Map<String, Value>,
    /// Empty where it is not known, as in a file of a repository.
    pub resource_version: String,
}

/// What a ConfigMap has besides its `data`, as far as it is its owner's: replacing `data` leaves it as it is, deletion
/// takes it along, and creation brings it back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfigMapParts {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub binary_data: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub immutable: Option<bool>,
    /// Labels, annotations, finalizers and owners, without what the API server writes by itself.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
}

impl ConfigMap {
    /// Of `metadata`, what the API server writes, or what says only which object this is.
    const OF_THE_SERVER: [&str; 10] = [
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "generation",
        "managedFields",
        "name",
        "namespace",
        "resourceVersion",
        "selfLink",
        "uid",
    ];

    pub fn parts(&self) -> ConfigMapParts {
        let Self { data: _, binary_data, immutable, metadata, resource_version: _ } = self;
        let own = metadata
            .iter()
            .filter(|(key, value)| !Self::OF_THE_SERVER.contains(&key.as_str()) && !is_empty(value));
        ConfigMapParts {
            binary_data: binary_data.clone(),
            immutable: *immutable,
            metadata: own.map(|(key, value)| (key.clone(), value.clone())).collect(),
        }
    }
}

/// As good as absent, for labels and the like.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

impl ConfigMapParts {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn its_parts_are_what_its_owner_wrote() {
        let metadata = json!({
            "name": "aws-auth", "namespace": "kube-system", "uid": "u", "creationTimestamp": "t",
            "managedFields": [{}], "labels": {"a": "b"}, "annotations": {}, "ownerReferences": null,
        });
        let map = ConfigMap {
            binary_data: [("k".to_owned(), "eA==".to_owned())].into(),
            immutable: Some(true),
            metadata: metadata.as_object().unwrap().clone(),
            ..ConfigMap::default()
        };
        let parts = map.parts();
        let text = r#"{"binaryData":{"k":"eA=="},"immutable":true,"metadata":{"labels":{"a":"b"}}}"#;
        assert_eq!(serde_json::to_string(&parts).unwrap(), text);
        assert_eq!(serde_json::from_str::<ConfigMapParts>(text).unwrap(), parts);
        assert!(!parts.is_empty());
        assert!(
            ConfigMap { binary_data: BTreeMap::new(), immutable: None, metadata: Map::new(), ..map }
                .parts()
                .is_empty()
        );
    }
}
