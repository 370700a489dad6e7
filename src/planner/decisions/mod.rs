//! What the team has decided, and the file it is written in.

mod edit;
mod extend;
mod file;
mod glob;
mod layers;
mod types;

pub use edit::Seat;
pub use extend::{CannotExtend, OpenQuestion, extended, with_open_questions};
#[cfg(test)]
pub(crate) use file::schema::of_file as schema_of_file;
pub use file::{DecisionsError, DecisionsErrorKind};
pub use glob::matches;
pub use layers::Layer;
pub use types::{
    AccountDecision, Decisions, ExistingDecision, GroupDecision, Masters, Origins, PolicyDecision,
    PrincipalDecision, ProposedUsernames, Prune, UsernameDecision,
};
