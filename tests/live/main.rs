//! Live clusters, on real servers that the tests start on loopback. CONTRIBUTING.md says how to get them.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a helper that fails is a test that fails")]

mod aws;
mod chaos;
mod checks;
mod kube;
mod servers;
