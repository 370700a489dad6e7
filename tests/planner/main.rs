//! The planner from outside: snapshots and decisions in, plans out.

mod existing;
mod kinds;
mod properties;
mod world;
