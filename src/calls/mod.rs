//! A step as calls on whole values: what each call replaces and leaves behind, so that resume, rollback and preview follow.

mod call;
mod of_step;
mod resource;

pub use call::{Call, ConfigData, EntryLogin};
pub use of_step::{NoCalls, calls_of};
pub(crate) use of_step::{Transition, transitions_of};
pub use resource::{Resource, ResourceState};
