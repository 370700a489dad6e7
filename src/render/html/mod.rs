//! A plan, and the record of a run, as one page for a browser: a file that needs nothing else, and that no name in it can change (decision 16).
//!
//! All that it says is there without its script, which only filters and opens. [`Html`](element::Html) is what pages are made
//! of; the words are those of the other formats.

mod changes;
mod document;
mod element;
mod existing;
mod findings;
mod mappings;
mod matrix;
mod nodes;
mod objects;
mod overview;
mod parts;
mod phases;
mod record;
mod verdicts;

use parts::{Section, sections};
pub use record::record;
use verdicts::Verdicts;

use super::{View, verdict};
use crate::planner::Plan;

/// `view.verbose` has no meaning here: what is not asked for is folded.
pub fn plan(plan: &Plan, view: &View) -> String {
    let verdicts = Verdicts::of(plan);
    let parts: Vec<Section> = [
        overview::proof(plan),
        phases::section(plan),
        findings::needs_decision(plan),
        matrix::section(plan, &verdicts),
        mappings::section(plan, &verdicts),
        findings::warnings(plan),
        existing::undone(plan),
        objects::bindings(plan),
        objects::aws_auth(plan),
        nodes::section(plan),
        existing::section(plan),
        overview::unknown(plan),
        findings::infos(plan),
        overview::next(view),
    ]
    .into_iter()
    .flatten()
    .collect();
    let title = format!("{}: migration plan", verdict::name(plan));
    let body = overview::masthead(plan).and(overview::outcome(plan)).and(sections(&parts));
    document::document(&title, body, overview::footer(plan)).finish()
}
