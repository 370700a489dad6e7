use std::collections::BTreeMap;

use super::element::{Html, el};
use super::parts::{Section, Tone, arn, diff};
use crate::planner::{Action, Existing, ExistingFate, Expected, Plan};
use crate::render::{fields, phases, words};

/// Entries that are there, and that nothing is done to.
pub(super) fn section(plan: &Plan) -> Option<Section> {
    let mut by_fate: BTreeMap<ExistingFate, Vec<&Existing>> = BTreeMap::new();
    for existing in &plan.existing {
        if !matches!(existing.fate, ExistingFate::Update | ExistingFate::Replace) {
            by_fate.entry(existing.fate).or_default().push(existing);
        }
    }
    if by_fate.is_empty() {
        return None;
    }
    let count = by_fate.values().map(Vec::len).sum();
    let folds = by_fate.into_iter().map(|(fate, entries)| {
        let summary = el("summary").with(format!("{} {}", entries.len(), words::fate(fate)));
        let names = entries.iter().map(|existing| el("li").with(arn(&existing.principal)));
        el("details").with(summary).with(el("ul").with_all(names))
    });
    Some(Section::new("existing", "Entries that stay", folds.collect::<Html>()).counted(count))
}

/// The entries that a rollback changes: it has no targets, only steps.
pub(super) fn undone(plan: &Plan) -> Option<Section> {
    if plan.undoes.is_none() || plan.steps.is_empty() {
        return None;
    }
    let items = plan.steps.iter().map(|step| {
        let what = Tone::Plain.badge(phases::kind(&step.action)[0]);
        let Action::Entry { principal, before, after, recreate: _ } = &step.action else {
            return el("li").with(what);
        };
        let before = match before {
            Expected::Entry(entry) => Some(entry),
            Expected::Absent | Expected::Unobserved => None,
        };
        let changes = fields::between(before, after.as_ref());
        el("li").with(what).with(" ").with(arn(principal.as_str())).with(diff(&changes))
    });
    let list = el("ol").class("steps").with_all(items);
    Some(Section::new("steps", "Steps", list).counted(plan.steps.len()))
}
