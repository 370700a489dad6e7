use std::time::Duration;

use super::KubeError;

/// A `coordination.k8s.io/v1` Lease in `kube-system`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// `None`: given back.
    pub holder: Option<String>,
    /// For how long the holder keeps it after each renewal; whole seconds.
    pub duration: Duration,
    /// RFC 3339, by the holder's clock: for people, and to see that it changed; never compared with ours.
    pub renewed: String,
    /// How often it changed hands.
    pub transitions: u32,
    /// Empty in one that is to be created.
    pub resource_version: String,
}

/// The calls behind "one operator at a time".
#[expect(async_fn_in_trait, reason = "futures run on the caller's task; nothing needs them to be Send")]
pub trait LeaseApi {
    /// `None`: there is none.
    async fn get_lease(&self, name: &str) -> Result<Option<Lease>, KubeError>;
    /// Fails with [`super::KubeErrorKind::AlreadyExists`] when somebody else was first.
    async fn create_lease(&self, name: &str, lease: &Lease) -> Result<Lease, KubeError>;
    /// Fails with [`super::KubeErrorKind::Conflict`] when its `resource_version` is not the current one.
    async fn replace_lease(&self, name: &str, lease: &Lease) -> Result<Lease, KubeError>;
}
