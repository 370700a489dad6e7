//! Two kinds of rules. About an `aws-auth`, mapping by mapping: where its text and its effect differ, and what has no equal in access
//! entries (`rules/`). And about a plan, wherever it comes from: what the planner's own plans keep (`plan/`).
//!
//! One rule is one file, one id of the catalogue of findings, one heading of `docs/rules.md`; and of `rules/` one folder of
//! `fixtures/lint`.

mod check;
mod held;
mod input;
mod located;
mod never;
mod nodes;
mod plan;
mod planned;
mod registry;
mod rest;
mod rules;
mod spans;
mod spelling;

pub use located::{Located, Mappings};
pub use plan::{lint_plan, plan_rules};
pub use planned::lint_planned;
pub use registry::{lint, rules};
