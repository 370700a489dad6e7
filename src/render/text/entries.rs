use std::collections::BTreeMap;

use crate::planner::{Action, ExistingFate, Expected, Plan, Standing, Target};
use crate::render::page::{Page, Shown, paint};
use crate::render::style::{FAINT, HEADING};
use crate::render::{fields, verdict, words};

/// The entries the migration leads to, each against what there is today.
pub(super) fn entries(page: &mut Page, plan: &Plan, verbose: bool) {
    if plan.targets.is_empty() {
        return;
    }
    page.heading(HEADING, "access entries", plan.targets.len());
    let is_shown = |target: &&Target| verbose || target.standing != Standing::Equal;
    let mut left_out = plan.targets.len();
    for target in plan.targets.iter().filter(is_shown) {
        entry(page, plan, target);
        left_out -= 1;
    }
    if left_out > 0 {
        page.line(1, format!("{left_out} as they should be already"));
    }
}

fn entry(page: &mut Page, plan: &Plan, target: &Target) {
    let Target { entry, username_today: _, groups_today: _, from, standing, is_caller, notes } = target;
    let caller = if *is_caller { ", the caller" } else { "" };
    let from = words::place(plan.source.as_deref(), from);
    let head = format!("{} {}  ", words::standing(standing), entry.principal);
    page.line(1, Shown::from(head).and(paint(FAINT, format!("{from}{caller}"))));
    if let Some(why) = words::replaced(target) {
        page.line(2, why);
    }
    for change in fields::changes(target) {
        page.signed(2, change.sign, &change.text);
    }
    for note in notes {
        page.line(2, format!("note: {}", words::note(note)));
    }
}

/// The entries that a rollback changes: it has no targets, only steps.
pub(super) fn undone(page: &mut Page, plan: &Plan) {
    if plan.undoes.is_none() || plan.steps.is_empty() {
        return;
    }
    page.heading(HEADING, "steps", plan.steps.len());
    for step in &plan.steps {
        let Action::Entry { principal, before, after, recreate: _ } = &step.action else {
            page.line(1, verdict::kind(&step.action));
            continue;
        };
        page.line(1, format!("{} {principal}", verdict::kind(&step.action)));
        let before = match before {
            Expected::Entry(entry) => Some(entry),
            Expected::Absent | Expected::Unobserved => None,
        };
        for change in fields::between(before, after.as_ref()) {
            page.signed(2, change.sign, &change.text);
        }
    }
}

/// Existing entries that nothing is done to: how many of each kind, and which when asked.
pub(super) fn left_alone(page: &mut Page, plan: &Plan, verbose: bool) {
    let mut by_fate: BTreeMap<ExistingFate, Vec<&str>> = BTreeMap::new();
    for existing in &plan.existing {
        if !matches!(existing.fate, ExistingFate::Update | ExistingFate::Replace) {
            by_fate.entry(existing.fate).or_default().push(&existing.principal);
        }
    }
    if by_fate.is_empty() {
        return;
    }
    page.heading(HEADING, "existing entries that stay", by_fate.values().map(Vec::len).sum());
    for (fate, principals) in by_fate {
        page.line(1, format!("{} {}", principals.len(), words::fate(fate)));
        if verbose {
            for principal in principals {
                page.line(2, principal);
            }
        }
    }
}
