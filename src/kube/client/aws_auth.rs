use std::collections::BTreeMap;

use hyper::http::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::exchange::{Ask, JSON_PATCH};
use super::pages::nullable;
use super::url::Url;
use super::{FIELD_MANAGER, KubeClient};
use crate::kube::KubeError;
use crate::model::ConfigMap;

const NAME: &str = "aws-auth";

#[derive(Deserialize)]
struct Native {
    metadata: Map<String, Value>,
    #[serde(default, deserialize_with = "nullable")]
    data: BTreeMap<String, String>,
}

impl From<Native> for ConfigMap {
    fn from(native: Native) -> Self {
        let Native { mut metadata, data } = native;
        let version = metadata.remove("resourceVersion");
        let resource_version = version.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        Self { data, metadata, resource_version }
    }
}

fn config_maps() -> Url {
    Url::new("/api/v1").namespace(Some("kube-system")).segment("configmaps")
}

fn written(url: Url) -> Url {
    url.query("fieldManager", FIELD_MANAGER)
}

impl KubeClient {
    /// `aws-auth` with every field that it has, as `kubectl get -o json` prints it. `None`: there is none.
    ///
    /// # Errors
    /// As [`crate::kube::KubeApi::get_aws_auth`].
    pub async fn aws_auth_object(&self) -> Result<Option<Map<String, Value>>, KubeError> {
        self.ask(Ask::get("GetConfigMap", config_maps().segment(NAME))).await?.read_if_there()
    }

    pub(super) async fn config_map(&self) -> Result<Option<ConfigMap>, KubeError> {
        let answer = self.ask(Ask::get("GetConfigMap", config_maps().segment(NAME))).await?;
        Ok(answer.read_if_there::<Native>()?.map(ConfigMap::from))
    }

    pub(super) async fn create_config_map(
        &self,
        data: &BTreeMap<String, String>,
    ) -> Result<ConfigMap, KubeError> {
        let object = json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": NAME, "namespace": "kube-system"},
            "data": data,
        });
        let ask = Ask::with("CreateConfigMap", Method::POST, written(config_maps()), object);
        Ok(self.ask(ask).await?.read::<Native>()?.into())
    }

    /// A JSON patch leaves everything but `data` as it is, whoever else put it there and whatever this program knows of it.
    /// Putting the version that was read in place makes the server compare: another one is a Conflict
    /// (Kubernetes API concepts, "Updates to existing resources").
    pub(super) async fn replace_config_map(
        &self,
        data: &BTreeMap<String, String>,
        resource_version: &str,
    ) -> Result<ConfigMap, KubeError> {
        let patch = json!([
            {"op": "replace", "path": "/metadata/resourceVersion", "value": resource_version},
            // also where there was none
            {"op": "add", "path": "/data", "value": data},
        ]);
        let url = written(config_maps().segment(NAME));
        let ask = Ask::with("PatchConfigMap", Method::PATCH, url, patch);
        Ok(self.ask(Ask { content_type: JSON_PATCH, ..ask }).await?.read::<Native>()?.into())
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
