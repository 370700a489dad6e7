//! Random clusters taken the whole way: planned, migrated on the simulator, verified, rolled back.

mod access;
mod decided;
mod journeys;
mod lines;
mod promises;
mod world;
