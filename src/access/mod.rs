//! Questions about who may do what, before and after a plan.

pub mod assertions;
