//! Plans carried out on the simulator.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod apply;
mod beside;
mod budget;
mod crash;
mod evidence;
mod far;
mod faults;
mod forged;
mod guards;
mod last_look;
mod marks;
mod parts;
mod planned;
mod plans;
mod prune;
mod recreated;
mod rollback;
mod told;
pub mod world;
