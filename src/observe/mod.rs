//! Looking at a cluster: all of it ([`observe`]), or one resource of it ([`look_at()`]), with retries, and with a limit on
//! what is under way at once.

mod arriving;
mod audit_log;
mod discovery;
mod error;
mod limit;
mod look_at;
mod observer;
mod retry;
mod updates;

pub use audit_log::audit_log;
pub use error::ApiError;
pub(crate) use limit::{Limit, others_first};
pub use look_at::look_at;
pub(crate) use look_at::{entry_in, look_at_as, state_in};
pub(crate) use observer::Observer;
pub use observer::{ObserveOptions, Observed, Observing, READS_AT_ONCE, Unread, observe, observe_with};
pub(crate) use retry::reading;
pub use retry::{Backoff, Patience, SHOWN};
pub(crate) use updates::named;
pub use updates::{running_update, updates};
