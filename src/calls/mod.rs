//! A step as calls, each from a whole state of its [`Resource`] to the next.
//!
//! [`calls_of`] says which calls lead from what a step expects to what it wants, and [`ResourceState::with`] what a call
//! makes of a state. All that has to know what a call does follows from these two: preview, resume, rollback, read-back,
//! and the refusal of a step whose calls would not lead to what it says.

mod call;
mod of_step;
mod resource;

pub use call::{Call, ConfigData, EntryLogin};
pub use of_step::{NoCalls, calls_of};
pub(crate) use of_step::{Transition, transitions_of};
pub use resource::{Resource, ResourceState};
