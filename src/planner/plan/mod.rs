//! The plan: what it says, its steps in the order of execution, and the file it is saved in.

mod after;
pub(super) mod blocker;
mod file;
pub(super) mod fingerprint;
mod step;
mod types;

pub use after::After;
pub use file::PlanFileError;
pub use fingerprint::{Fingerprint, fingerprint};
pub use step::{Action, Expected, Phase, Step};
pub use types::{
    Blocker, CallerAccess, Existing, ExistingFate, FormatVersion, Gain, GivesMore, Line, LinePlace, NodeRole,
    Note, Notice, Outcome, Plan, PolicyRefusal, Severity, Standing, Target,
};
