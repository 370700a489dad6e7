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
//! A first plan needs nothing but a manifest:
//!
//! ```
//! use eksodus::planner::{Decisions, plan};
//! use eksodus::reader::{Manifest, ManifestError};
//! use eksodus::snapshot::Snapshot;
//!
//! let text = "
//! kind: ConfigMap
//! metadata: {name: aws-auth, namespace: kube-system}
//! data:
//!   mapRoles: |
//!     - rolearn: arn:aws:iam::111122223333:role/Dev
//!       username: dev
//!       groups: [developers]
//! ";
//! let aws_auth = Manifest::parse("aws-auth.yaml", text.as_bytes())?;
//! let snapshot = Snapshot { aws_auth: Some(aws_auth), ..Snapshot::default() };
//! let plan = plan(&snapshot, &Decisions::default());
//! assert_eq!(plan.targets[0].entry.principal.to_string(), "arn:aws:iam::111122223333:role/Dev");
//! # Ok::<(), ManifestError>(())
//! ```
//!
//! Who may use whom: [`model`] ← [`reader`], [`rbac`] ← [`snapshot`] ← [`planner`] ← [`executor`].

pub mod calls;
#[cfg(feature = "live")]
pub mod carrier;
pub mod checks;
mod documents;
pub mod eks;
pub mod executor;
pub mod facts;
pub mod files;
pub mod findings;
pub mod hidden;
pub mod journal;
pub mod json;
pub mod kube;
pub mod lease;
pub mod lint;
pub mod model;
#[cfg(feature = "live")]
mod network;
pub mod observe;
pub mod planner;
pub mod preflight;
pub mod rbac;
pub mod reader;
pub mod render;
pub mod simulator;
pub mod snapshot;
pub mod world;
