//! What the team has decided, and the file it is written in.

mod file;
mod glob;
mod types;

pub use file::{DecisionsError, DecisionsErrorKind};
pub use glob::matches;
pub use types::{
    AccountDecision, Decisions, ExistingDecision, GroupDecision, Masters, PolicyDecision, PrincipalDecision,
    ProposedUsernames, Prune, UsernameDecision,
};
