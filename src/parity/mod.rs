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
mod found;
mod identity;
mod powers;
mod report;
mod rows;
mod served;
mod spread;

pub use access::{Access, Granted, Source};
pub use compare::{Beyond, Comparer, Comparison};
pub use consequence::Consequence;
pub use difference::{Difference, GrantedBy, Near, Reach};
pub use found::Found;
pub use identity::Identity;
pub use report::{
    Acceptance, Assumption, Change, MissingInput, Parity, ParitySummary, Permissions, Power, Powers,
    PrincipalParity, Scope, ScopeVerdict, ToCome, Verdict,
};
pub use served::Served;
