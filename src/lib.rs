//! Move an Amazon EKS cluster off the `aws-auth` ConfigMap and onto access entries.
//!
//! ```text
//! aws-auth text ─▶ reader ─▶ what EKS sees ────────┐
//! EKS, IAM, STS ───────────▶ observed access ──────┼─▶ facts ─▶ planner ─▶ Plan ─▶ lint ─▶ render
//! Kubernetes RBAC ─────────▶ rules and bindings ───┤           (pure)       │
//! eksodus.yaml ────────────▶ the team's decisions ─┘                        ▼
//!                                  session: agree ▶ hold ▶ begin or resume ▶ conclude
//!                                                     │
//!                                  executor: gate ▶ journal ▶ call ▶ journal ▶ read back ▶ verify
//!                                                     │
//!                                  journal ─▶ rollback ─▶ Plan (same gate, same executor)
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
//! The use cases over all of it, one call each, are in [`session`]. Who may use whom: [`model`] ← [`reader`], [`rbac`] ←
//! [`snapshot`] ← [`facts`] ← [`findings`] ← [`planner`] ← [`lint`], [`executor`] ← [`session`]; `docs/architecture.md` has all.
//!
//! # What is promised
//!
//! What is written: the formats of the plan, the journal, the snapshot folder and `eksodus.yaml`, each with its version; the
//! ids of rules; exit codes and the JSON of the commands. The library itself is the program's, and makes no promise: names
//! and types may change with any version. Who embeds it should pin one, and use [`session`] and [`planner::plan()`].

pub mod access;
pub mod audit;
pub mod calls;
#[cfg(feature = "live")]
pub mod carrier;
pub mod checks;
mod documents;
pub mod eks;
pub mod executor;
pub mod export;
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
pub mod nearest;
#[cfg(feature = "live")]
mod network;
pub mod observe;
pub mod parity;
pub mod planner;
pub mod preflight;
pub mod rbac;
pub mod reader;
pub mod render;
#[cfg(test)]
mod schemas;
pub mod session;
pub mod simulator;
pub mod snapshot;
pub mod world;
