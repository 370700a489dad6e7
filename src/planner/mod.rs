//! What is to be done, and why: a plain function from a snapshot and the team's decisions to a plan.
//!
//! No clock, no network, no environment, no randomness: the same input gives the same bytes.
//!
//! [`plan()`] walks the lines of `aws-auth` ([`reader`](crate::reader)), finds who each one really is (`resolve`), tells
//! nodes from people (`classify`), writes the entry that gives the same (`translate`, `bindings`), puts it beside what
//! exists (`existing`), and orders the changes (`steps`). What stands in the way becomes a [`Finding`].

mod after;
mod build;
mod decisions;
mod existing;
pub(crate) mod mappings;
mod notices;
mod plan;
mod preconditions;
mod prune;
mod unknowns;

pub use after::After;
pub use build::plan;
pub use decisions::{
    AccountDecision, Decisions, DecisionsError, DecisionsErrorKind, ExistingDecision, GroupDecision, Masters,
    PolicyDecision, PrincipalDecision, ProposedUsernames, Prune, UsernameDecision, matches,
};
pub use plan::{
    Action, CallerAccess, Existing, ExistingFate, Expected, Fingerprint, FormatVersion, Line, NodeCounts,
    NodeRole, Outcome, Plan, PlanFileError, Standing, Step, Summary, Target, fingerprint,
};

pub use crate::findings::{Blocker, Finding, Gain, GivesMore, Note, PolicyRefusal, Severity};
pub use crate::model::Phase;
pub use crate::reader::LinePlace;
