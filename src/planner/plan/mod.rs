//! The plan: what it says, its steps in the order of execution, and the file it is saved in.

pub(crate) mod blocker;
mod file;
pub(crate) mod fingerprint;
mod step;
pub(crate) mod steps;
mod types;

pub use file::PlanFileError;
pub use fingerprint::{Fingerprint, fingerprint};
pub use step::{Action, Expected, Phase, Step};
pub use types::{
    Blocker, CallerAccess, Existing, ExistingFate, FormatVersion, Gain, GivesMore, Line, LinePlace, NodeRole,
    Note, Notice, Outcome, Plan, PolicyRefusal, Severity, Standing, Target,
};
