use super::KubeError;
use crate::rbac::{Attributes, UserInfo};

/// A node as the API server shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub name: String,
    /// The condition `Ready` is `True`.
    pub ready: bool,
    /// Label `eks.amazonaws.com/nodegroup`.
    pub nodegroup: Option<String>,
    /// Label `eks.amazonaws.com/fargate-profile`.
    pub fargate_profile: Option<String>,
}

/// What verification and preflight ask Kubernetes beside [`super::KubeApi`].
#[expect(async_fn_in_trait, reason = "futures run on the caller's task; nothing needs them to be Send")]
pub trait KubeAccess {
    async fn list_nodes(&self) -> Result<Vec<Node>, KubeError>;
    /// SubjectAccessReview: whether somebody may.
    async fn is_allowed(&self, who: &UserInfo, what: &Attributes) -> Result<bool, KubeError>;
    /// SelfSubjectAccessReview: whether the caller may.
    async fn may_i(&self, what: &Attributes) -> Result<bool, KubeError>;
    /// SelfSubjectReview; `None` where the server has none (before Kubernetes 1.28).
    async fn who_am_i(&self) -> Result<Option<UserInfo>, KubeError>;
}
