//! The roles and bindings that every API server makes and restores at each start, for a cluster whose own are not known
//! (kubernetes: plugin/pkg/auth/authorizer/rbac/bootstrappolicy, policy.go and controller_policy.go).

use std::sync::OnceLock;

use super::Rbac;

/// The Kubernetes release whose defaults these are. Releases differ by little: 1.34 added claims of `resource.k8s.io` to view
/// and edit, 1.35 events of `events.k8s.io`.
pub const DEFAULTS_OF: &str = "1.34.1";

/// What a new cluster has, with `admin`, `edit` and `view` as their controller fills them.
///
/// A real cluster has more: EKS adds objects of its own, and anybody may extend a default role, which stays so. Read when it
/// is asked for first.
pub fn default_rbac() -> &'static Rbac {
    static DEFAULTS: OnceLock<Rbac> = OnceLock::new();
    DEFAULTS.get_or_init(|| {
        // it is part of the program: a test reads it whole
        let mut rbac: Rbac = serde_json::from_str(include_str!("objects.json")).unwrap_or_default();
        rbac.fill_aggregated();
        rbac
    })
}
