use super::KubeError;
use crate::rbac::served::{ApiResource, ApiVersion, GroupVersion};

/// What the API server says of itself. Every authenticated user may ask, by `system:discovery` (Kubernetes documentation,
/// "Using RBAC Authorization", Default roles). Retrying is the caller's work.
#[expect(async_fn_in_trait, reason = "futures run on the caller's task; nothing needs them to be Send")]
pub trait Discovery {
    /// Every version of every API group, the core group's first.
    async fn api_versions(&self) -> Result<Vec<ApiVersion>, KubeError>;
    /// The resources of one version, with subresources, sorted.
    async fn api_resources(&self, of: &GroupVersion) -> Result<Vec<ApiResource>, KubeError>;
}
