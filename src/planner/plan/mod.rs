//! The plan: what it says, its steps in the order of execution, and the file it is saved in.

mod after;
mod file;
pub(super) mod fingerprint;
mod outlook;
mod step;
mod summary;
mod types;

pub use after::After;
pub use file::PlanFileError;
pub use fingerprint::{Fingerprint, fingerprint};
pub use outlook::{Administrator, KeptBecause, KeptMapping, PruneOutlook, RemovedMapping};
pub use step::{Action, Expected, Step};
pub use summary::{NodeCounts, Summary};
pub use types::{
    CallerAccess, Existing, ExistingFate, FormatVersion, Line, NodeRole, Outcome, Plan, Standing, Target,
};
