//! What somebody may do before and after.

mod exhaustive;
