//! Move an Amazon EKS cluster off the `aws-auth` ConfigMap and onto access entries.
//!
//! ```text
//! aws-auth text ─▶ reader ─▶ what the server sees ─┐
//! EKS, IAM, STS ───────────▶ observed access ──────┼─▶ planner ─▶ Plan ─▶ lint ─▶ render
//! Kubernetes RBAC ─────────▶ rules and bindings ───┤  (pure)       │
//! eksodus.yaml ────────────▶ the team's decisions ─┘               ▼
//!                                             executor: gate ▶ journal ▶ call ▶ journal ▶ read back ▶ verify
//!                                                                  │
//!                                             journal ─▶ rollback ─▶ Plan (same gate, same executor)
//! ```
//!
//! Who may use whom: [`model`] ← [`reader`], [`rbac`] ← [`snapshot`] ← [`planner`] ← [`executor`].

pub mod eks;
pub mod executor;
pub mod files;
pub mod kube;
pub mod model;
pub mod planner;
pub mod rbac;
pub mod reader;
pub mod render;
pub mod snapshot;
