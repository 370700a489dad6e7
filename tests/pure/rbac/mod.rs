//! RBAC as Kubernetes decides it.

mod aggregation;
mod collapse;
pub(crate) mod conformance;
mod defaults;
mod policies;
mod problems;
mod requests;
