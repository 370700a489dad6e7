//! Preflight, live checks, and the permissions that are published for them.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests")]

mod access;
mod fake;
mod login;
mod nodes;
mod permissions;
mod preflight;
mod simulated;
