//! The API server: its objects, Leases and nodes, and whom it takes the caller for.

pub(crate) mod leases;
pub(crate) mod login;
pub(crate) mod nodes;
pub(crate) mod objects;
pub(crate) mod served;
