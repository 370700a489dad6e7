//! What EKS makes of an `aws-auth`, and the edit that keeps every other byte.

mod conformance;
mod cut;
pub mod logged;
mod robustness;
mod statuses;
