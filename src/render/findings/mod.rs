//! What lint found: under the user's own lines, or as JSON.

mod excerpt;
mod json;
mod place;
mod text;

#[cfg(test)]
pub(crate) use json::schema;
pub use json::{PlanReport, Report, report, report_of_plan};
pub(super) use place::place;
pub use text::{text, verdict};
