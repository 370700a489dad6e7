use std::collections::BTreeMap;

use serde::Deserialize;

use super::pages::nullable;
use super::url::Url;
use crate::rbac::native::{self, GROUP, NativeAggregation, NativeRoleRef, NativeRule, NativeSubject};
use crate::rbac::{Binding, Role};

#[derive(Deserialize)]
pub(super) struct ObjectMeta {
    name: String,
    namespace: Option<String>,
    labels: Option<BTreeMap<String, String>>,
    pub uid: Option<String>,
    #[serde(rename = "resourceVersion")]
    pub resource_version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RoleObject {
    metadata: ObjectMeta,
    aggregation_rule: Option<NativeAggregation>,
    #[serde(default, deserialize_with = "nullable")]
    rules: Vec<NativeRule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BindingObject {
    pub metadata: ObjectMeta,
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
        let RoleObject { mut metadata, aggregation_rule, rules } = object;
        let labels = metadata.labels.take();
        native::role(metadata.key(), labels, aggregation_rule, rules)
    }
}

impl From<BindingObject> for Binding {
    fn from(object: BindingObject) -> Self {
        native::binding(object.metadata.key(), object.role_ref, object.subjects)
    }
}

pub(super) fn rbac() -> Url {
    Url::new("/apis").segment(GROUP).segment("v1")
}

/// `namespace`: of a RoleBinding.
pub(super) fn bindings(namespace: Option<&str>) -> Url {
    let resource = if namespace.is_some() { "rolebindings" } else { "clusterrolebindings" };
    rbac().namespace(namespace).segment(resource)
}
