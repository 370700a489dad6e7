//! A tree of values, and text of it, in which no name is anything but text.

pub(super) mod hcl;
pub(super) mod value;
pub(super) mod yaml;
