//! What is to be done, and why: a plain function from a snapshot and the team's decisions to a plan.
//!
//! No clock, no network, no environment, no randomness: the same input gives the same bytes.
//!
//! [`plan()`] walks the lines of `aws-auth` ([`reader`](crate::reader)), finds who each one really is (`resolve`), tells
//! nodes from people (`classify`), writes the entry that gives the same (`translate`, `carry`), puts it beside what
//! exists (`existing`), and orders the changes (`steps`). What stands in the way becomes a [`Notice`].

mod accounts;
mod after;
mod blocker;
mod build;
mod caller;
mod carry;
mod classify;
mod decisions;
mod decisions_file;
mod existing;
mod file;
mod fingerprint;
mod gains;
mod gives_more;
mod glob;
mod lines;
pub mod lint;
mod nodes;
mod notices;
mod overridden;
mod plan;
mod preconditions;
mod proposal;
mod prune;
mod rename;
mod resolve;
mod step;
mod steps;
mod switch;
mod translate;
mod unbound;
mod unknown;

pub use after::After;
pub use build::plan;
pub(crate) use carry::describe as binding_as_noted;
pub use decisions::{
    AccountDecision, Decisions, ExistingDecision, GroupDecision, Masters, PolicyDecision, PrincipalDecision,
    ProposedUsernames, Prune, UsernameDecision,
};
pub use decisions_file::{DecisionsError, DecisionsErrorKind};
pub use file::PlanFileError;
pub use fingerprint::{Fingerprint, fingerprint};
pub use glob::matches;
pub use plan::{
    Blocker, CallerAccess, Existing, ExistingFate, FormatVersion, Gain, GivesMore, Line, LinePlace, NodeRole,
    Note, Notice, Outcome, Plan, PolicyRefusal, Severity, Standing, Target,
};
pub use step::{Action, Expected, Phase, Step};
