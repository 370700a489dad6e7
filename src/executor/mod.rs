//! The executor: makes no choices, does what a saved plan says, and writes down every call before and after it.

mod call;
mod calls;
mod error;
mod event;

pub mod journal;
mod look;
mod observe;
mod retry;
mod thing;

pub use call::{Call, ConfigData, Login};
pub use calls::{NoCalls, calls_of};
pub use error::ApiError;
pub use event::{Event, Reporter};
pub use look::look_at;
pub use observe::observe;
pub use retry::{Backoff, Patience};
pub use thing::{Thing, Value};
