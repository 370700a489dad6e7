//! RBAC as Kubernetes decides it.

mod aggregation;
mod conformance;
mod defaults;
mod requests;
