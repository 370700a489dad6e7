//! RBAC as Kubernetes decides it.

mod aggregation;
mod collapse;
mod conformance;
mod defaults;
mod requests;
