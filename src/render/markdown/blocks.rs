use super::section::{DETAILS, Section};
use crate::planner::{Action, Expected, Note, Plan, Standing, Target};
use crate::render::escape::{code, html, markdown, terminal};
use crate::render::fields::FieldChange;
use crate::render::{config_map, fields, verdict, words};

/// One row a principal: who it is today, what it will be, and what to look at.
pub(super) fn table(plan: &Plan) -> Section {
    let mut section = Section::titled("Access entries", "rows");
    section.head.push_str("| principal | today | after | change | look at |\n|---|---|---|---|---|\n");
    for target in &plan.targets {
        let caller = if target.is_caller { " (the caller)" } else { "" };
        section.items.push(format!(
            "| {}{caller} | {} | {} | {} | {} |\n",
            code(&target.entry.principal.to_string()),
            today(target),
            after(target),
            words::standing(&target.standing),
            risks(target),
        ));
    }
    section
}

fn today(target: &Target) -> String {
    let mut parts = vec![code(words::or_empty(&target.username_today))];
    parts.extend(target.groups_today.iter().map(|group| code(words::or_empty(group))));
    parts.join(", ")
}

fn after(target: &Target) -> String {
    let entry = &target.entry;
    let mut parts = vec![code(entry.entry_type.as_str())];
    parts.extend(entry.effective_username().map(|name| code(&name)));
    parts.extend(entry.groups.iter().map(|group| code(group.as_str())));
    parts.extend(entry.policies.iter().map(|(policy, scope)| code(&format!("{} ({scope})", policy.name()))));
    parts.join(", ")
}

/// What a reviewer should not miss.
fn risks(target: &Target) -> String {
    let mut risks: Vec<&str> = Vec::new();
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
            | Note::PassRole => None,
        });
    }
    risks.dedup();
    risks.join(", ")
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
            let block = diff_block(&fields::between(before, after.as_ref()));
            section.items.push(folded(&principal.to_string(), what, &block));
        }
    }
    section
}

/// `aws-auth` before and after the lines that have entries are cut out of it, or put back.
pub(super) fn pruned(plan: &Plan) -> Section {
    let mut section = Section::titled("The ConfigMap", "diffs");
    for step in &plan.steps {
        if let Action::AwsAuth { before, after } = &step.action {
            let block = diff_block(&config_map::diff(before.as_ref(), after.as_ref()));
            section.items.push(folded("aws-auth", verdict::kind(&step.action), &block));
        }
    }
    section
}

fn folded(subject: &str, what: &str, content: &str) -> String {
    let subject = html(subject);
    format!("<details><summary><code>{subject}</code>: {what}</summary>\n\n{content}\n</details>\n\n")
}

/// Every line begins with its sign and a space, so none can end the block.
fn diff_block(changes: &[FieldChange]) -> String {
    let lines = changes.iter().map(|change| format!("{} {}\n", change.sign, terminal(&change.text)));
    format!("```diff\n{}```\n", lines.collect::<String>())
}

fn detail(plan: &Plan, target: &Target) -> String {
    let mut text = format!("From {}.", code(&words::place(plan.source.as_deref(), &target.from)));
    if let Standing::Replace { from: _, why } = &target.standing {
        text.push_str(&format!(" Deleted and created again: {}.", markdown(why)));
    }
    text.push_str(&format!("\n\n{}", diff_block(&fields::changes(target))));
    for note in &target.notes {
        text.push_str(&format!("- {}\n", markdown(&words::note(note))));
    }
    folded(&target.entry.principal.to_string(), words::standing(&target.standing), &text)
}
