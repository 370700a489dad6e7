//! Live clusters, on real servers that the tests start on loopback. CONTRIBUTING.md says how to get them.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers that start servers, run the binary, and fail a test by failing"
)]

mod audit_days;
mod aws;
mod chaos;
mod checks;
mod exports;
mod hostile;
mod journey;
#[path = "../kit/mod.rs"]
mod kit;
mod kube;
mod login;
mod pages;
mod servers;
mod simulate;
mod state;
