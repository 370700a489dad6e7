use std::collections::BTreeMap;

use serde::Deserialize;

use super::KubeClient;
use super::url::Url;
use crate::kube::{KubeApi, KubeError};
use crate::model::{ConfigMap, ConfigMapParts};
use crate::rbac::{Binding, Rbac};

#[derive(Deserialize)]
struct Namespace {
    metadata: ObjectMeta,
}

#[derive(Deserialize)]
struct ObjectMeta {
    name: String,
}

impl KubeApi for KubeClient {
    async fn get_aws_auth(&self) -> Result<Option<ConfigMap>, KubeError> {
        self.config_map().await
    }

    async fn create_aws_auth(
        &self,
        data: &BTreeMap<String, String>,
        parts: &ConfigMapParts,
    ) -> Result<ConfigMap, KubeError> {
        self.create_config_map(data, parts).await
    }

    async fn replace_aws_auth(
        &self,
        data: &BTreeMap<String, String>,
        resource_version: &str,
    ) -> Result<ConfigMap, KubeError> {
        self.replace_config_map(data, resource_version).await
    }

    async fn delete_aws_auth(&self, resource_version: &str) -> Result<(), KubeError> {
        self.delete_config_map(resource_version).await
    }

    async fn list_rbac(&self) -> Result<Rbac, KubeError> {
        self.rbac().await
    }

    async fn get_binding(&self, namespace: Option<&str>, name: &str) -> Result<Option<Binding>, KubeError> {
        self.binding(namespace, name).await
    }

    async fn create_binding(&self, binding: &Binding) -> Result<(), KubeError> {
        self.make_binding(binding).await
    }

    async fn delete_binding(&self, binding: &Binding) -> Result<(), KubeError> {
        self.remove_binding(binding).await
    }

    async fn list_namespaces(&self) -> Result<Vec<String>, KubeError> {
        let url = Url::new("/api/v1").segment("namespaces");
        let mut names = self.list("ListNamespaces", url, |it: Namespace| it.metadata.name).await?;
        names.sort();
        Ok(names)
    }
}
