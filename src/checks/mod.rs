//! Whether the cluster works as before. What was written is compared elsewhere: by `executor::verify`.
//!
//! Nodes are ready and stay so ([`nodes()`]), principals may do by RBAC what they could ([`access()`]) but for what the plan's
//! proof says they lose ([`parity()`]), and logins come out as the plan says ([`own_login`], [`login_as`]).

mod access;
mod ask;
mod check;
mod identity;
mod login;
mod nodes;
mod parity;
mod probes;

pub use access::access;
pub use check::{Check, CheckResult, CheckSubject};
pub use login::{login_as, own_login};
pub use nodes::{Readiness, Watch, Watched, nodes};
pub use parity::parity;
