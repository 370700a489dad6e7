use std::fmt::Display;

use super::block::Block;
use super::inline::Inline;
use super::section::{DETAILS, Section};
use crate::model::{EntryType, GroupName};
use crate::planner::{Action, Expected, Note, Plan, Target};
use crate::render::names::Names;
use crate::render::targets::{Shown, shown};
use crate::render::{config_map, fields, phases, words};

/// One row a principal that changes: who it is today, what it will be, and what to look at.
pub(super) fn table(plan: &Plan, names: &Names, verbose: bool) -> Section {
    let mut section = Section::titled("Access entries", "rows");
    let columns = Block::own("| | principal | today | after | look at |\n|---|---|---|---|---|\n");
    let Shown { changing, alike, equal } = shown(plan, verbose);
    if !changing.is_empty() {
        section.head = section.head.and(&columns);
    }
    for target in changing {
        let principal = code(names.principal(target.entry.principal.as_str()));
        let (sign, verb) = words::standing(&target.standing);
        let sign = match sign {
            '+' => Inline::default().own("+"),
            '~' => Inline::default().own(verb),
            _ => Inline::default().own("="),
        };
        section.items.push(Block::row([
            sign,
            if target.is_caller { principal.own(" (you)") } else { principal },
            today(target),
            after(target),
            risks(target),
        ]));
    }
    let mut rest = Block::default();
    if !alike.is_empty() {
        let line = Inline::default().count(alike.len(), "principal keeps", "principals keep");
        rest = rest.and(&Block::line(&line.own(" username, groups and permissions exactly.")));
    }
    if !equal.is_empty() {
        let line = Inline::default().count(equal.len(), "entry is", "entries are").own(" up to date.");
        rest = rest.and(&Block::own("\n")).and(&Block::line(&line));
    }
    section.tail = match (rest.is_empty(), section.items.is_empty()) {
        (true, _) => Block::default(),
        (false, true) => rest,
        (false, false) => Block::own("\n").and(&rest),
    };
    section
}

fn code(value: impl Display) -> Inline {
    Inline::default().code(value)
}

fn today(target: &Target) -> Inline {
    who(Some(&target.username_today), target.groups_today.iter().map(String::as_str))
}

fn after(target: &Target) -> Inline {
    let entry = &target.entry;
    let is_standard = entry.entry_type == EntryType::Standard;
    let mut after = Vec::new();
    after.extend((!is_standard).then(|| Inline::default().own("type ").code(&entry.entry_type)));
    let node = fields::is_node(&entry.entry_type).then_some(GroupName::NODES);
    let groups = entry.groups.iter().map(|group| group.as_str()).chain(node);
    after.push(who(entry.effective_username().as_ref(), groups));
    after.extend(entry.policies.iter().map(|(policy, scope)| {
        Inline::default().own("policy ").code(format_args!("{} ({scope})", policy.name()))
    }));
    Inline::list(after)
}

/// `username a; groups b, c`.
fn who<'g>(username: Option<&String>, groups: impl Iterator<Item = &'g str>) -> Inline {
    let mut who = Inline::default().own("username ");
    who = match username {
        Some(username) => who.code(words::or_empty(username)),
        None => who.own("set by EKS"),
    };
    let groups: Vec<Inline> = groups.map(|group| code(words::or_empty(group))).collect();
    if groups.is_empty() {
        return who;
    }
    let word = if groups.len() == 1 { "; group " } else { "; groups " };
    who.own(word).and(&Inline::list(groups))
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
pub(super) fn details(plan: &Plan, names: &Names, verbose: bool) -> Section {
    let mut section = Section::titled("Details", DETAILS);
    let changing = shown(plan, verbose).changing.into_iter();
    section.items.extend(changing.map(|target| detail(plan, names, target)));
    section
}

/// The entries that a rollback changes: it has no targets, only steps.
pub(super) fn undone(plan: &Plan, names: &Names) -> Section {
    let mut section = Section::titled("Steps", "steps");
    for step in plan.steps.iter().filter(|_| plan.undoes.is_some()) {
        if let Action::Entry { principal, before, after, recreate: _ } = &step.action {
            let before = match before {
                Expected::Entry(entry) => Some(entry),
                Expected::Absent | Expected::Unobserved => None,
            };
            let [what, _] = phases::kind(&step.action);
            let block = Block::diff(&fields::between(before, after.as_ref()));
            section.items.push(Block::folded(&names.principal(principal.as_str()), what, &block));
        }
    }
    section
}

/// `aws-auth` before and after the lines that have entries are cut out of it, or put back.
pub(super) fn pruned(plan: &Plan) -> Section {
    let mut section = Section::titled("aws-auth", "diffs");
    for step in &plan.steps {
        if let Action::AwsAuth { before, after, parts: _ } = &step.action {
            let block = Block::diff(&config_map::diff(before.as_ref(), after.as_ref()));
            section.items.push(Block::folded("aws-auth", phases::kind(&step.action)[0], &block));
        }
    }
    section
}

fn detail(plan: &Plan, names: &Names, target: &Target) -> Block {
    let mut from =
        Inline::default().own("From ").code(words::place(plan.source.as_deref(), &target.from)).own(".");
    if let Some(why) = words::replaced(target) {
        from = from.own(" ").prose(why).own(".");
    }
    let arn = Inline::default().code(&target.entry.principal);
    let mut content = Block::line(&arn.own("  ").and(&from));
    content = content.and(&Block::own("\n")).and(&Block::diff(&fields::changes(target)));
    for note in &target.notes {
        content = content.and(&Block::item(0, &Inline::default().prose(words::note(note))));
    }
    let what = match words::standing(&target.standing) {
        (_, "") => "create",
        (_, verb) => verb,
    };
    Block::folded(&names.principal(target.entry.principal.as_str()), what, &content)
}
