//! One run of a plan.
//!
//! - `engine`: the run, phase by phase, and what all its parts share
//! - `gate`: before anything, is the world the one of the plan (`untouched`), and the plan what the planner makes (`origin`,
//!   `known`); `resume`: what earlier runs left open
//! - `guard`: before each phase, and with `fresh` before each call that takes access away, may this be done now
//! - `schedule`: which steps may be under way together; `step`: one of them; `attempt`: one call of it; `send`: one try
//! - `read_back`, `listed`, `update`, `wait`: what was written is looked for, until it is seen or patience is over
//! - `verified`: after a phase

mod attempt;
mod engine;
mod fresh;
mod gate;
pub(super) mod guard;
pub(super) mod known;
mod listed;
mod origin;
mod read_back;
mod resume;
mod schedule;
mod send;
mod step;
mod untouched;
mod update;
mod verified;
mod wait;

pub use engine::{Alone, Options, Pruning, STEPS_AT_ONCE, execute};
pub use guard::{no_longer_safe, refusals};
pub use origin::Origin;
