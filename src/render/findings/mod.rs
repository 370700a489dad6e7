//! What lint found: under the user's own lines, or as JSON.

mod excerpt;
mod json;
mod place;
mod text;

pub use json::{Report, report};
pub(super) use place::place;
pub use text::{text, verdict};
