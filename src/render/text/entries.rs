use std::collections::BTreeMap;

use crate::findings::Note;
use crate::model::EntryType;
use crate::planner::{Action, ExistingFate, Expected, Plan, Target};
use crate::render::names::Names;
use crate::render::page::{Page, paint};
use crate::render::style::{FAINT, GOOD, HEADING};
use crate::render::targets::{Shown, shown};
use crate::render::{fields, phases, words};

/// The entries the migration leads to, in the order of the file, each against what there is today.
pub(super) fn entries(page: &mut Page, plan: &Plan, names: &Names, verbose: bool) {
    if plan.targets.is_empty() {
        return;
    }
    page.heading(HEADING, "access entries", plan.targets.len());
    let Shown { changing, alike, equal } = shown(plan, verbose);
    for (at, target) in changing.iter().enumerate() {
        if at > 0 {
            page.blank();
        }
        entry(page, plan, names, target);
    }
    let has_rest = !alike.is_empty() || !equal.is_empty();
    if !changing.is_empty() && has_rest {
        page.blank();
    }
    if !alike.is_empty() {
        let said = format!("+ {} more keep username, groups and permissions exactly", alike.len());
        page.line(1, paint(GOOD, said).and(paint(FAINT, "  (-v lists them)")));
    }
    if !equal.is_empty() {
        page.line(1, format!("= {} up to date", equal.len()));
    }
}

fn entry(page: &mut Page, plan: &Plan, names: &Names, target: &Target) {
    let Target { entry, username_today: _, groups_today: _, from, standing, is_caller, notes } = target;
    let (sign, verb) = words::standing(standing);
    let mut about = vec![words::short_place(plan.source.as_deref(), from)];
    about.extend((entry.entry_type != EntryType::Standard).then(|| entry.entry_type.to_string()));
    about.extend((!verb.is_empty()).then(|| verb.to_owned()));
    about.extend(is_caller.then(|| "you".to_owned()));
    let head = format!("{sign} {}  ", names.principal(entry.principal.as_str()));
    page.line(1, paint(words::style_of(sign), head).and(paint(FAINT, about.join(", "))));
    if let Some(why) = words::replaced(target) {
        page.line(3, why);
    }
    // it is beside the name, where it is not the usual one
    let is_usual = |change: &fields::FieldChange| change.text.starts_with("type: ") && change.sign != '-';
    for change in fields::changes(target).iter().filter(|change| !is_usual(change)) {
        page.signed(2, change.sign, &change.text);
    }
    for note in notes.iter().filter(|note| is_told(note)) {
        page.line(3, paint(FAINT, names.prose(&words::note(note))));
    }
}

/// What is no finding, which is told where findings are, and no general truth.
fn is_told(note: &Note) -> bool {
    match note {
        Note::GroupRenamed { .. }
        | Note::AccountIdWrittenOut
        | Note::Decided { .. }
        | Note::FromAccount { .. }
        | Note::Authenticated { .. }
        | Note::PathUnchecked => true,
        Note::PathResolved | Note::PassRole | Note::ImplicitGroups { .. } => false,
        other => other.rule().is_none(),
    }
}

/// The entries that a rollback changes: it has no targets, only steps.
pub(super) fn undone(page: &mut Page, plan: &Plan, names: &Names) {
    if plan.undoes.is_none() || plan.steps.is_empty() {
        return;
    }
    page.heading(HEADING, "steps", plan.steps.len());
    for step in &plan.steps {
        let [kind, _] = phases::kind(&step.action);
        let Action::Entry { principal, before, after, recreate: _ } = &step.action else {
            page.line(1, kind);
            continue;
        };
        page.line(1, format!("{kind}: {}", names.principal(principal.as_str())));
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
pub(super) fn unchanged(page: &mut Page, plan: &Plan, names: &Names, verbose: bool) {
    let mut by_fate: BTreeMap<ExistingFate, Vec<&str>> = BTreeMap::new();
    for existing in &plan.existing {
        if !matches!(existing.fate, ExistingFate::Update | ExistingFate::Replace) {
            by_fate.entry(existing.fate).or_default().push(&existing.principal);
        }
    }
    if by_fate.is_empty() {
        return;
    }
    page.heading(HEADING, "existing entries, unchanged", by_fate.values().map(Vec::len).sum());
    for (fate, principals) in by_fate {
        page.line(1, format!("{} {}", principals.len(), words::fate(fate)));
        if verbose {
            principals.iter().for_each(|principal| page.line(2, names.principal(principal)));
        }
    }
}
