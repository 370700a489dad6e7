//! RBAC as Kubernetes decides it.

mod collapse;
pub(crate) mod conformance;
