//! The executor: makes no choices, does what a saved plan says, and writes down every call before and after it.
//!
//! [`execute`] passes the gate, does the steps phase by phase, and verifies. [`rollback_plan`] turns a journal into
//! the plan that undoes it, which goes the same way.

mod call;
mod calls;
pub mod checks;
mod commit;
mod ending;
mod engine;
mod error;
mod event;
mod fresh;
mod gate;
mod guard;
pub mod journal;
mod known;
mod limit;
mod look;
mod observe;
pub mod operator;
mod origin;
mod perform;
pub mod preflight;
mod refusal;
mod resume;
mod retry;
mod rollback;
mod running;
mod send;
mod step;
mod thing;
mod together;
mod untouched;
mod verify;

pub use call::{Call, ConfigData, Login};
pub use calls::{NoCalls, calls_of};
pub use ending::{Ending, Failure, Finished, Mismatch};
pub use engine::{Alone, Options, Pruning, STEPS_AT_ONCE, execute};
pub use error::ApiError;
pub use event::{Event, Reporter};
pub use guard::{no_longer_safe, refusals};
pub use look::look_at;
pub use observe::{Observed, Observing, READS_AT_ONCE, Unread, observe, observe_with};
pub use origin::Origin;
pub use refusal::Refusal;
pub use retry::{Backoff, Patience};
pub use rollback::{NoRollback, Rollback, rollback_plan};
pub use running::{running_update, updates};
pub use thing::{Thing, Value};
pub use verify::{Difference, verify};
