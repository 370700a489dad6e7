//! The ports, each call served from the state.

pub(crate) mod migration;
pub(crate) mod reviews;
