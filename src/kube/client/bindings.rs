use futures_util::future::try_join4;
use hyper::http::Method;
use serde::Deserialize;
use serde_json::json;

use super::exchange::Ask;
use super::pages::nullable;
use super::url::Url;
use super::{FIELD_MANAGER, KubeClient};
use crate::kube::{KubeError, KubeErrorKind};
use crate::rbac::native::{self, GROUP, NativeRoleRef, NativeRule, NativeSubject};
use crate::rbac::{Binding, Rbac, Role};

#[derive(Deserialize)]
struct ObjectMeta {
    name: String,
    namespace: Option<String>,
    uid: Option<String>,
    #[serde(rename = "resourceVersion")]
    resource_version: Option<String>,
}

#[derive(Deserialize)]
struct RoleObject {
    metadata: ObjectMeta,
    #[serde(default, deserialize_with = "nullable")]
    rules: Vec<NativeRule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BindingObject {
    metadata: ObjectMeta,
    role_ref: Option<NativeRoleRef>,
    #[serde(default, deserialize_with = "nullable")]
    subjects: Vec<NativeSubject>,
}

impl ObjectMeta {
    fn key(self) -> (Option<String>, String) {
        (self.namespace.filter(|namespace| !namespace.is_empty()), self.name)
    }
}

impl From<RoleObject> for Role {
    fn from(object: RoleObject) -> Self {
        let (namespace, name) = object.metadata.key();
        Self { namespace, name, rules: object.rules.into_iter().map(native::rule).collect() }
    }
}

impl From<BindingObject> for Binding {
    fn from(object: BindingObject) -> Self {
        native::binding(object.metadata.key(), object.role_ref, object.subjects)
    }
}

fn rbac() -> Url {
    Url::new("/apis").segment(GROUP).segment("v1")
}

/// `namespace`: of a RoleBinding.
fn bindings(namespace: Option<&str>) -> Url {
    let resource = if namespace.is_some() { "rolebindings" } else { "clusterrolebindings" };
    rbac().namespace(namespace).segment(resource)
}

impl KubeClient {
    pub(super) async fn rbac(&self) -> Result<Rbac, KubeError> {
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
        Ok(Rbac { roles, bindings })
    }

    async fn binding_object(
        &self,
        namespace: Option<&str>,
        name: &str,
    ) -> Result<Option<BindingObject>, KubeError> {
        self.ask(Ask::get("GetBinding", bindings(namespace).segment(name))).await?.read_if_there()
    }

    pub(super) async fn binding(
        &self,
        namespace: Option<&str>,
        name: &str,
    ) -> Result<Option<Binding>, KubeError> {
        Ok(self.binding_object(namespace, name).await?.map(Binding::from))
    }

    pub(super) async fn make_binding(&self, binding: &Binding) -> Result<(), KubeError> {
        let url = bindings(binding.namespace.as_deref()).query("fieldManager", FIELD_MANAGER);
        let ask = Ask::with("CreateBinding", Method::POST, url, native::binding_object(binding));
        self.ask(ask).await?.accepted()
    }

    /// Deletes the very object that has this value, and none that was put in its place.
    pub(super) async fn remove_binding(&self, binding: &Binding) -> Result<(), KubeError> {
        let fail = |kind, what: &str| {
            let message = format!("the binding {:?} {what}", binding.name);
            KubeError { operation: "DeleteBinding", kind, message }
        };
        let namespace = binding.namespace.as_deref();
        let Some(object) = self.binding_object(namespace, &binding.name).await? else {
            return Err(fail(KubeErrorKind::NotFound, "is not there"));
        };
        let (uid, version) = (object.metadata.uid.clone(), object.metadata.resource_version.clone());
        if Binding::from(object) != *binding {
            return Err(fail(KubeErrorKind::Conflict, "is not the one that is to be deleted"));
        }
        let options = json!({
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "preconditions": {"uid": uid, "resourceVersion": version},
        });
        let url = bindings(namespace).segment(&binding.name);
        self.ask(Ask::with("DeleteBinding", Method::DELETE, url, options)).await?.accepted()
    }
}
