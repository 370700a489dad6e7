//! The executor: makes no choices, does what a saved plan says, and writes down every call before and after it.
//!
//! [`execute`] passes the gate, does the steps phase by phase, and verifies (`run/`); [`verify()`] compares a cluster with a
//! plan. [`rollback_plan`] turns a journal into the plan that undoes it, which goes the same way.

mod changed;
mod ending;
mod event;
mod refusal;
mod rollback;
mod run;
mod told;
mod verify;
mod wanted;

pub(crate) use changed::nearer;
pub use ending::{Ending, Failure, Finished, Mismatch};
pub use event::{Event, Reporter};
pub use refusal::Refusal;
pub use rollback::{NoRollback, Rollback, rollback_plan};
pub use run::{Alone, Options, Origin, Pruning, STEPS_AT_ONCE, execute, no_longer_safe, refusals};
pub use told::{Told, Unseen};
pub use verify::{Difference, verify};
pub(crate) use wanted::principals_of;
