//! The simulator on a port, with clients that nobody here has written.

mod commands;
mod errors;
mod kubectl;
mod process;
mod shape;
