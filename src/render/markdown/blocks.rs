use std::fmt::Display;

use super::block::Block;
use super::inline::Inline;
use super::section::{DETAILS, Section};
use crate::planner::{Action, Expected, Note, Plan, Standing, Target};
use crate::render::{config_map, fields, verdict, words};

/// One row a principal: who it is today, what it will be, and what to look at.
pub(super) fn table(plan: &Plan) -> Section {
    let mut section = Section::titled("Access entries", "rows");
    let columns = Block::own("| principal | today | after | change | look at |\n|---|---|---|---|---|\n");
    section.head = section.head.and(&columns);
    for target in &plan.targets {
        let principal = Inline::default().code(&target.entry.principal);
        section.items.push(Block::row([
            if target.is_caller { principal.own(" (the caller)") } else { principal },
            today(target),
            after(target),
            Inline::default().own(words::standing(&target.standing)),
            risks(target),
        ]));
    }
    section
}

fn code(value: impl Display) -> Inline {
    Inline::default().code(value)
}

fn today(target: &Target) -> Inline {
    let names = std::iter::once(&target.username_today).chain(&target.groups_today);
    Inline::list(names.map(|name| code(words::or_empty(name))))
}

fn after(target: &Target) -> Inline {
    let entry = &target.entry;
    let mut parts = vec![code(&entry.entry_type)];
    parts.extend(entry.effective_username().map(code));
    parts.extend(entry.groups.iter().map(|group| code(group.as_str())));
    parts.extend(
        entry.policies.iter().map(|(policy, scope)| code(format_args!("{} ({scope})", policy.name()))),
    );
    Inline::list(parts)
}

/// What a reviewer should not miss.
fn risks(target: &Target) -> Inline {
    let mut risks: Vec<&'static str> = Vec::new();
    if target.entry.is_cluster_admin_by_policy() {
        risks.push("cluster admin");
    }
    for note in &target.notes {
        risks.extend(match note {
            Note::UsernameChanged { .. } | Note::UsernameDefaulted { .. } => Some("identity changes"),
            Note::GroupsLost { .. } | Note::GroupDropped { .. } | Note::GroupsDropped { .. } => {
                Some("groups lost")
            }
            Note::GroupRenamed { .. } => Some("groups renamed"),
            Note::Damaged { .. } => Some("damaged today"),
            Note::FromAccount { .. } => Some("from mapAccounts"),
            Note::TakenFromEntry { .. } => Some("entry loses access"),
            Note::MastersByPolicy
            | Note::MastersByGroup { .. }
            | Note::PathResolved
            | Note::PathUnchecked
            | Note::AccountIdWrittenOut
            | Note::ImplicitGroups { .. }
            | Note::NotRevived { .. }
            | Note::BroughtToMapping
            | Note::Decided { .. }
            | Note::Authenticated { .. }
            | Note::PassRole => None,
        });
    }
    risks.dedup();
    Inline::list(risks.into_iter().map(|risk| Inline::default().own(risk)))
}

/// One folded block a principal: the entry as a diff, and how it differs from the line.
pub(super) fn details(plan: &Plan) -> Section {
    let mut section = Section::titled("Details", DETAILS);
    let changed = plan.targets.iter().filter(|target| target.standing != Standing::Equal);
    section.items.extend(changed.map(|target| detail(plan, target)));
    section
}

/// The entries that a rollback changes: it has no targets, only steps.
pub(super) fn undone(plan: &Plan) -> Section {
    let mut section = Section::titled("Steps", "steps");
    for step in plan.steps.iter().filter(|_| plan.undoes.is_some()) {
        if let Action::Entry { principal, before, after, recreate: _ } = &step.action {
            let before = match before {
                Expected::Entry(entry) => Some(entry),
                Expected::Absent | Expected::Unobserved => None,
            };
            let what = verdict::kind(&step.action);
            let block = Block::diff(&fields::between(before, after.as_ref()));
            section.items.push(Block::folded(&principal.to_string(), what, &block));
        }
    }
    section
}

/// `aws-auth` before and after the lines that have entries are cut out of it, or put back.
pub(super) fn pruned(plan: &Plan) -> Section {
    let mut section = Section::titled("The ConfigMap", "diffs");
    for step in &plan.steps {
        if let Action::AwsAuth { before, after, parts: _ } = &step.action {
            let block = Block::diff(&config_map::diff(before.as_ref(), after.as_ref()));
            section.items.push(Block::folded("aws-auth", verdict::kind(&step.action), &block));
        }
    }
    section
}

fn detail(plan: &Plan, target: &Target) -> Block {
    let mut from =
        Inline::default().own("From ").code(words::place(plan.source.as_deref(), &target.from)).own(".");
    if let Some(why) = words::replaced(target) {
        from = from.own(" ").prose(why).own(".");
    }
    let mut content = Block::line(&from).and(&Block::own("\n")).and(&Block::diff(&fields::changes(target)));
    for note in &target.notes {
        content = content.and(&Block::item(0, &Inline::default().prose(words::note(note))));
    }
    Block::folded(&target.entry.principal.to_string(), words::standing(&target.standing), &content)
}
