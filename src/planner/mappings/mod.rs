//! From a mapping to what becomes of it.
//!
//! 1. `read`: whom it is about (`resolve` finds the path that `aws-auth` leaves out), or why it is about nobody; `accounts`:
//!    the members of an account that somebody has named.
//! 2. `settle`: what becomes of it. Effective: `translate` makes the entry that gives the same, of the kind that `classify` tells,
//!    with `username` (a `proposal` for one that EKS refuses), `groups` and `policies`; `bindings` are copied for what is
//!    called otherwise then (`rename`). `overridden`: a live access entry stays as it is, and `gives_more` says what the mapping
//!    would give beyond it.
//! 3. `gains`: who would have more by the names that this introduces. `unbound`: groups that give nothing.

pub(super) mod accounts;
pub(super) mod bindings;
pub(crate) mod classify;
pub(super) mod gains;
mod gives_more;
mod groups;
mod overridden;
mod policies;
pub(crate) mod proposal;
pub(super) mod read;
mod rename;
mod resolve;
pub(super) mod settle;
mod translate;
pub(super) mod unbound;
mod username;
