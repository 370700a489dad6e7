//! Access assertions.

mod assertions;
mod conformance;
mod record;
mod schema;
