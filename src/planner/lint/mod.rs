//! What is wrong with an `aws-auth`, line by line.

mod finding;

pub use finding::{Finding, Level};
