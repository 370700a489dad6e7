//! What EKS holds and refuses: entries, associations, updates of the mode, and what it makes by itself.

pub(crate) mod associations;
pub(crate) mod catalogue;
pub(crate) mod compute;
pub(crate) mod eks_made;
pub(crate) mod entries;
pub(crate) mod rules;
mod tags;
pub(crate) mod updates;
pub(crate) mod visibility;
