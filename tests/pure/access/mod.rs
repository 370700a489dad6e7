//! Assertions of who may do what, and questions about it.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod assertions;
mod conformance;
mod questions;
mod record;
mod schema;
