//! The plan beside what exists: the entries, the caller, the nodes, and what EKS makes at the switch.

pub(crate) mod caller;
pub(crate) mod fates;
pub(crate) mod nodes;
pub(crate) mod switch;
