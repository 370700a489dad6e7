use std::collections::BTreeMap;

use hyper::http::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::exchange::Ask;
use super::pages::nullable;
use super::url::Url;
use super::{FIELD_MANAGER, KubeClient};
use crate::kube::{KubeError, KubeErrorKind};
use crate::model::{ConfigMap, ConfigMapParts};

const NAME: &str = "aws-auth";

/// Any other object would be an `aws-auth` without lines, and one without a version could not be replaced safely.
#[derive(Deserialize)]
struct Native {
    kind: Kind,
    metadata: Metadata,
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
struct Metadata {
    #[serde(rename = "resourceVersion")]
    resource_version: String,
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

fn config_maps() -> Url {
    Url::new("/api/v1").namespace(Some("kube-system")).segment("configmaps")
}

fn written(url: Url) -> Url {
    url.query("fieldManager", FIELD_MANAGER)
}

impl KubeClient {
    pub(super) async fn config_map(&self) -> Result<Option<ConfigMap>, KubeError> {
        let answer = self.ask(Ask::get("GetConfigMap", config_maps().segment(NAME))).await?;
        Ok(answer.read_if_there::<Native>()?.map(ConfigMap::from))
    }

    pub(super) async fn create_config_map(
        &self,
        data: &BTreeMap<String, String>,
        parts: &ConfigMapParts,
    ) -> Result<ConfigMap, KubeError> {
        let ConfigMapParts { binary_data, immutable, metadata } = parts;
        let mut metadata = metadata.clone();
        metadata.insert("name".to_owned(), NAME.into());
        metadata.insert("namespace".to_owned(), "kube-system".into());
        let mut object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data});
        if !binary_data.is_empty() {
            object["binaryData"] = json!(binary_data);
        }
        if let Some(immutable) = immutable {
            object["immutable"] = json!(immutable);
        }
        let ask = Ask::with("CreateConfigMap", Method::POST, written(config_maps()), object);
        Ok(self.ask(ask).await?.read::<Native>()?.into())
    }

    /// Sends the object back as it is, with fields that this program does not know, and other data. The server compares
    /// its version, and its uid, with what is there (Kubernetes API concepts, "Updates to existing resources").
    pub(super) async fn replace_config_map(
        &self,
        data: &BTreeMap<String, String>,
        resource_version: &str,
    ) -> Result<ConfigMap, KubeError> {
        let operation = "UpdateConfigMap";
        let answer = self.ask(Ask::get(operation, config_maps().segment(NAME))).await?;
        let found: Native = answer.read()?;
        let mut object: Map<String, Value> = answer.read()?;
        if !resource_version.is_empty() && found.metadata.resource_version != resource_version {
            let message = "the object has been modified since it was read".to_owned();
            return Err(KubeError { operation, kind: KubeErrorKind::Conflict, message });
        }
        object.insert("data".to_owned(), json!(data));
        let ask = Ask::with(operation, Method::PUT, written(config_maps().segment(NAME)), object.into());
        Ok(self.ask(ask).await?.read::<Native>()?.into())
    }

    pub(super) async fn delete_config_map(&self, resource_version: &str) -> Result<(), KubeError> {
        let mut options = json!({"apiVersion": "v1", "kind": "DeleteOptions"});
        if !resource_version.is_empty() {
            options["preconditions"] = json!({"resourceVersion": resource_version});
        }
        let ask = Ask::with("DeleteConfigMap", Method::DELETE, config_maps().segment(NAME), options);
        self.ask(ask).await?.accepted()
    }
}
