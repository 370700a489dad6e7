//! Access assertions.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod assertions;
mod conformance;
mod record;
mod schema;
