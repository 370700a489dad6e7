use super::section::{DETAILS, Section};
use crate::planner::{Note, Plan, Standing, Target};
use crate::render::escape::{code, html, markdown, terminal};
use crate::render::{fields, words};

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
            Note::GroupsLost { .. } | Note::GroupDropped { .. } => Some("groups lost"),
            Note::GroupRenamed { .. } => Some("groups renamed"),
            Note::Damaged { .. } => Some("damaged today"),
            Note::FromAccount { .. } => Some("from mapAccounts"),
            Note::MastersByPolicy
            | Note::MastersByGroup { .. }
            | Note::PathResolved
            | Note::PathUnchecked
            | Note::AccountIdWrittenOut
            | Note::ImplicitGroups { .. }
            | Note::PoliciesKept { .. }
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
    section.items.extend(plan.targets.iter().map(|target| detail(plan, target)));
    section
}

fn detail(plan: &Plan, target: &Target) -> String {
    let principal = html(&target.entry.principal.to_string());
    let mut text = format!(
        "<details><summary><code>{principal}</code>: {}</summary>\n\n",
        words::standing(&target.standing)
    );
    text.push_str(&format!("From {}.", code(&words::place(plan.source.as_deref(), &target.from))));
    if let Standing::Replace { from: _, why } = &target.standing {
        text.push_str(&format!(" Deleted and created again: {}.", markdown(why)));
    }
    text.push_str("\n\n```diff\n");
    for change in fields::changes(target) {
        // every line begins with its sign and a field's name, so none can end the block
        text.push_str(&format!("{} {}\n", change.sign, terminal(&change.text)));
    }
    text.push_str("```\n");
    for note in &target.notes {
        text.push_str(&format!("- {}\n", markdown(&words::note(note))));
    }
    text.push_str("\n</details>\n\n");
    text
}
