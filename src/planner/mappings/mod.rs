//! Each mapping in its outcome: who it is, what it becomes, and what that gives.

pub(crate) mod accounts;
pub(crate) mod bindings;
pub(crate) mod classify;
pub(crate) mod gains;
mod gives_more;
pub(crate) mod outcomes;
mod overridden;
pub(crate) mod proposal;
mod rename;
mod resolve;
pub(crate) mod translate;
pub(crate) mod unbound;
