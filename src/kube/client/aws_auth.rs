use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::FIELD_MANAGER;
use super::pages::nullable;
use super::url::Url;
use crate::model::ConfigMap;

pub(super) const NAME: &str = "aws-auth";

/// Any other object would be an `aws-auth` without lines, and one without a version could not be replaced safely.
#[derive(Deserialize)]
pub(super) struct Native {
    kind: Kind,
    pub metadata: Metadata,
    #[serde(default, deserialize_with = "nullable")]
    data: BTreeMap<String, String>,
    #[serde(default, rename = "binaryData", deserialize_with = "nullable")]
    binary_data: BTreeMap<String, String>,
    immutable: Option<bool>,
}

#[derive(Deserialize)]
enum Kind {
    ConfigMap,
}

#[derive(Deserialize)]
pub(super) struct Metadata {
    #[serde(rename = "resourceVersion")]
    pub resource_version: String,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl From<Native> for ConfigMap {
    fn from(native: Native) -> Self {
        let Native { kind: Kind::ConfigMap, metadata, data, binary_data, immutable } = native;
        let Metadata { resource_version, rest } = metadata;
        Self { data, binary_data, immutable, metadata: rest, resource_version }
    }
}

pub(super) fn config_maps() -> Url {
    Url::new("/api/v1").namespace(Some("kube-system")).segment("configmaps")
}

pub(super) fn written(url: Url) -> Url {
    url.query("fieldManager", FIELD_MANAGER)
}
