//! What somebody may do before and after.

mod engine;
mod exhaustive;
mod proof;
mod served;
