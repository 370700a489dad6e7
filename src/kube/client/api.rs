use std::collections::BTreeMap;

use futures_util::future::try_join4;
use hyper::http::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::aws_auth::{NAME, Native, config_maps, written};
use super::bindings::{BindingObject, RoleObject, bindings, rbac};
use super::exchange::Ask;
use super::url::Url;
use super::{FIELD_MANAGER, KubeClient};
use crate::kube::{KubeApi, KubeError, KubeErrorKind};
use crate::model::{ConfigMap, ConfigMapParts};
use crate::rbac::{Binding, Rbac, Role, native};

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
        let answer = self.ask(Ask::get("GetConfigMap", config_maps().segment(NAME))).await?;
        Ok(answer.read_if_there::<Native>()?.map(ConfigMap::from))
    }

    async fn create_aws_auth(
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
    async fn replace_aws_auth(
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

    async fn delete_aws_auth(&self, resource_version: &str) -> Result<(), KubeError> {
        let mut options = json!({"apiVersion": "v1", "kind": "DeleteOptions"});
        if !resource_version.is_empty() {
            options["preconditions"] = json!({"resourceVersion": resource_version});
        }
        let ask = Ask::with("DeleteConfigMap", Method::DELETE, config_maps().segment(NAME), options);
        self.ask(ask).await?.accepted()
    }

    async fn list_rbac(&self) -> Result<Rbac, KubeError> {
        let (mut roles, more_roles, mut bindings, more_bindings) = try_join4(
            self.list("ListClusterRoles", rbac().segment("clusterroles"), |it: RoleObject| Role::from(it)),
            self.list("ListRoles", rbac().segment("roles"), |it: RoleObject| Role::from(it)),
            self.list("ListClusterRoleBindings", bindings(None), |it: BindingObject| Binding::from(it)),
            self.list("ListRoleBindings", rbac().segment("rolebindings"), |it: BindingObject| {
                Binding::from(it)
            }),
        )
        .await?;
        roles.extend(more_roles);
        bindings.extend(more_bindings);
        roles.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
        bindings.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
        let mut rbac = Rbac { roles, bindings };
        rbac.fill_aggregated();
        Ok(rbac)
    }

    async fn get_binding(&self, namespace: Option<&str>, name: &str) -> Result<Option<Binding>, KubeError> {
        Ok(self.binding_object(namespace, name).await?.map(Binding::from))
    }

    async fn create_binding(&self, binding: &Binding) -> Result<(), KubeError> {
        let url = bindings(binding.namespace.as_deref()).query("fieldManager", FIELD_MANAGER);
        let ask = Ask::with("CreateBinding", Method::POST, url, native::binding_object(binding));
        self.ask(ask).await?.accepted()
    }

    /// Deletes the very object that has this value, and none that was put in its place.
    async fn delete_binding(&self, binding: &Binding) -> Result<(), KubeError> {
        let fail = |kind, what: &str| {
            let message = format!("the binding {:?} {what}", binding.name);
            KubeError { operation: "DeleteBinding", kind, message }
        };
        let namespace = binding.namespace.as_deref();
        let Some(object) = self.binding_object(namespace, &binding.name).await? else {
            return Err(fail(KubeErrorKind::NotFound, "does not exist"));
        };
        let (uid, version) = (object.metadata.uid.clone(), object.metadata.resource_version.clone());
        if Binding::from(object) != *binding {
            return Err(fail(KubeErrorKind::Conflict, "is not the one to delete"));
        }
        let options = json!({
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "preconditions": {"uid": uid, "resourceVersion": version},
        });
        let url = bindings(namespace).segment(&binding.name);
        self.ask(Ask::with("DeleteBinding", Method::DELETE, url, options)).await?.accepted()
    }

    async fn list_namespaces(&self) -> Result<Vec<String>, KubeError> {
        let url = Url::new("/api/v1").segment("namespaces");
        let mut names = self.list("ListNamespaces", url, |it: Namespace| it.metadata.name).await?;
        names.sort();
        Ok(names)
    }
}

impl KubeClient {
    async fn binding_object(
        &self,
        namespace: Option<&str>,
        name: &str,
    ) -> Result<Option<BindingObject>, KubeError> {
        self.ask(Ask::get("GetBinding", bindings(namespace).segment(name))).await?.read_if_there()
    }
}
