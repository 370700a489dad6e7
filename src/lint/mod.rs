//! What is wrong with an `aws-auth`, line by line: where its text and its effect differ, and what has no equal in
//! access entries.
//!
//! One rule is one file of `rules`, one id, one heading of `docs/rules.md` and one folder of `fixtures/lint`.

mod check;
mod held;
mod input;
mod located;
mod never;
mod nodes;
mod planned;
mod registry;
mod rest;
mod rules;
mod spans;
mod spelling;

pub use located::{Located, Mappings};
pub use planned::lint_planned;
pub use registry::{lint, rules};
