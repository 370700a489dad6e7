//! The planner from outside: snapshots and decisions in, plans out.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod callers;
mod existing;
mod kinds;
mod preconditions;
mod properties;
mod prune;
mod world;
