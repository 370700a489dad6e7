//! What is to be done, and why: a plain function from a snapshot and the team's decisions to a plan.
//!
//! No clock, no network, no environment, no randomness: the same input gives the same bytes.

mod decisions;
mod decisions_file;
mod glob;
mod plan;
mod step;

pub use decisions::{
    AccountDecision, Decisions, GroupDecision, Masters, PolicyDecision, PrincipalDecision, ProposedUsernames,
    UsernameDecision,
};
pub use decisions_file::{DecisionsError, DecisionsErrorKind};
pub use glob::matches;
pub use plan::{
    Blocker, CallerAccess, Existing, ExistingFate, Fingerprint, FormatVersion, Line, LinePlace, NodeRole,
    Note, Notice, Outcome, Plan, PlanSource, Severity, Standing, Target,
};
pub use step::{Action, Expected, Phase, Step};
