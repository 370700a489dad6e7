//! RBAC as Kubernetes decides it.

mod conformance;
