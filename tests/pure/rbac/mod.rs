//! RBAC as Kubernetes decides it.

mod collapse;
mod conformance;
