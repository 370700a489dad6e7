//! Preflight, live checks, and the permissions that are published for them.

mod access;
mod fake;
mod login;
mod nodes;
mod permissions;
mod preflight;
mod simulated;
