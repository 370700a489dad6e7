//! The plan beside what exists: the entries, the caller, the nodes, and what EKS makes at the switch.

pub(super) mod administrators;
pub(super) mod caller;
pub(super) mod fates;
pub(super) mod nodes;
pub(super) mod switch;
