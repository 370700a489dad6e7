//! One run of a plan: the gate, the steps phase by phase, and what is asked before each.

mod attempt;
pub(super) mod engine;
mod fresh;
mod gate;
pub(super) mod guard;
pub(super) mod known;
mod origin;
mod read_back;
mod resume;
mod schedule;
mod send;
mod step;
mod untouched;
mod update;
mod wait;

pub use engine::{Alone, Options, Pruning, STEPS_AT_ONCE, execute};
pub use guard::{no_longer_safe, refusals};
pub use origin::Origin;
