use std::collections::BTreeMap;

use crate::model::{ConfigMap, ConfigMapParts};
use crate::rbac::{Binding, Rbac};

/// What a call to the API server ended in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation}: {message}")]
pub struct KubeError {
    pub operation: &'static str,
    pub kind: KubeErrorKind,
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KubeErrorKind {
    NotFound,
    AlreadyExists,
    /// The resource version is not the current one.
    Conflict,
    Forbidden,
    Invalid,
    /// Worth another try; nothing was done.
    Throttled,
    /// The server failed; whether the write took effect is unknown.
    Server,
    /// The answer was lost; whether the write took effect is unknown.
    Transport,
    /// What answers there is not the API server, or is not to be trusted: a redirect, a certificate. Nothing was done, and
    /// another try would end the same way.
    Unreachable,
    /// No answer that can be used, and another try would bring none: one without an end; or the time for it is over.
    /// Whether the write took effect is unknown.
    Unanswered,
}

impl KubeError {
    /// The same call may succeed later, unchanged.
    pub fn is_retryable(&self) -> bool {
        matches!(self.kind, KubeErrorKind::Throttled | KubeErrorKind::Server | KubeErrorKind::Transport)
    }

    /// A write may have taken effect although it failed.
    pub fn leaves_doubt(&self) -> bool {
        matches!(self.kind, KubeErrorKind::Server | KubeErrorKind::Transport | KubeErrorKind::Unanswered)
    }
}

/// The calls a migration makes to Kubernetes. Retrying is the caller's work.
#[expect(async_fn_in_trait, reason = "futures run on the caller's task; nothing needs them to be Send")]
pub trait KubeApi {
    /// `None`: there is no `aws-auth`.
    async fn get_aws_auth(&self) -> Result<Option<ConfigMap>, KubeError>;
    /// With these data, and what else it had before it was deleted.
    async fn create_aws_auth(
        &self,
        data: &BTreeMap<String, String>,
        parts: &ConfigMapParts,
    ) -> Result<ConfigMap, KubeError>;
    /// Replaces `data` as a whole, if `resource_version` is still the current one.
    async fn replace_aws_auth(
        &self,
        data: &BTreeMap<String, String>,
        resource_version: &str,
    ) -> Result<ConfigMap, KubeError>;
    async fn delete_aws_auth(&self, resource_version: &str) -> Result<(), KubeError>;

    async fn list_rbac(&self) -> Result<Rbac, KubeError>;
    /// `None`: there is no binding of this name. Without a namespace it is a ClusterRoleBinding.
    async fn get_binding(&self, namespace: Option<&str>, name: &str) -> Result<Option<Binding>, KubeError>;
    /// Fails with [`KubeErrorKind::AlreadyExists`] when the name is taken.
    async fn create_binding(&self, binding: &Binding) -> Result<(), KubeError>;
    async fn delete_binding(&self, binding: &Binding) -> Result<(), KubeError>;

    async fn list_namespaces(&self) -> Result<Vec<String>, KubeError>;
}
