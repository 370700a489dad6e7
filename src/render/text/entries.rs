use std::collections::BTreeMap;

use super::Page;
use crate::planner::{ExistingFate, Plan, Standing, Target};
use crate::render::escape::terminal;
use crate::render::style::{FAINT, HEADING, paint};
use crate::render::{fields, words};

/// The entries the migration leads to, each against what there is today.
pub(super) fn entries(page: &mut Page, plan: &Plan) {
    if plan.targets.is_empty() {
        return;
    }
    page.heading(HEADING, "access entries", plan.targets.len());
    for target in &plan.targets {
        entry(page, plan, target);
    }
}

fn entry(page: &mut Page, plan: &Plan, target: &Target) {
    let Target { entry, username_today: _, groups_today: _, from, standing, is_caller, notes } = target;
    let caller = if *is_caller { ", the caller" } else { "" };
    let from = words::place(plan.source.as_deref(), from);
    let head = format!("{} {}", words::standing(standing), entry.principal);
    page.line(1, format!("{}  {}", terminal(&head), paint(FAINT, &terminal(&format!("{from}{caller}")))));
    if let Standing::Replace { from: _, why } = standing {
        page.line(2, format!("deleted and created again: {}", terminal(why)));
    }
    for change in fields::changes(target) {
        page.signed(2, change.sign, &terminal(&change.text));
    }
    for note in notes {
        page.line(2, format!("note: {}", terminal(&words::note(note))));
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
                page.line(2, terminal(principal).into_owned());
            }
        }
    }
}
