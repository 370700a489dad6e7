//! Who may do what, before and after, and what tells the two apart: the proof.
//!
//! A side of a comparison is an [`Identity`] and the RBAC of the cluster, and what it allows is found in two ways that share no
//! code: by rules and what covers them, and by asking one request of each class.

mod access;
mod compare;
mod consequence;
mod counterexample;
mod coverage;
mod difference;
pub mod exhaustive;
mod identity;
mod powers;
mod report;
mod rows;

pub use access::{Access, Granted, Source};
pub use compare::{Beyond, Comparison};
pub use consequence::Consequence;
pub use difference::{Difference, GrantedBy, Near, Reach};
pub use identity::Identity;
pub use report::{
    Acceptance, Assumption, Change, MissingInput, Parity, ParitySummary, Permissions, Power, Powers,
    PrincipalParity, Scope, ScopeVerdict, Verdict,
};
