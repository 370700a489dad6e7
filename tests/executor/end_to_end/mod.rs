//! Random clusters taken the whole way: planned, migrated on the simulator, verified, rolled back.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod access;
mod decided;
mod interrupted;
mod journeys;
mod lines;
mod promises;
mod world;
