use similar::{Algorithm, ChangeTag, capture_diff_slices};

use super::words;
use crate::model::{AccessEntry, EntryType, GroupName};
use crate::planner::{Standing, Target};

/// One field of an entry against what there is today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldChange {
    pub sign: char,
    /// `group: dev`; not escaped.
    pub text: String,
}

/// The entry, field by field: against the existing one, or against what `aws-auth` gives the principal today.
pub(super) fn changes(target: &Target) -> Vec<FieldChange> {
    let before = match &target.standing {
        Standing::Update { from } | Standing::Replace { from, dead: _ } => of_entry(from),
        Standing::Equal => of_entry(&target.entry),
        Standing::Create | Standing::NotYetObservable => today(target),
    };
    let mut changes = diff(&before, &of_entry(&target.entry));
    // every entry is of this type unless it is said to be of another
    let is_replaced = changes.iter().any(|it| it.sign == '-' && it.text.starts_with("type: "));
    changes.retain(|it| is_replaced || it.text != "type: STANDARD");
    changes
}

/// An entry that a step makes, changes or deletes, field by field.
pub(super) fn between(before: Option<&AccessEntry>, after: Option<&AccessEntry>) -> Vec<FieldChange> {
    let fields = |entry: Option<&AccessEntry>| entry.map(of_entry).unwrap_or_default();
    diff(&fields(before), &fields(after))
}

fn diff(before: &[String], after: &[String]) -> Vec<FieldChange> {
    capture_diff_slices(Algorithm::Myers, before, after)
        .iter()
        .flat_map(|op| op.iter_changes(before, after))
        .map(|change| FieldChange {
            sign: match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            },
            text: change.value(),
        })
        .collect()
}

/// What `aws-auth` gives; it knows no types and no policies.
fn today(target: &Target) -> Vec<String> {
    let mut fields = vec![username(Some(&target.username_today))];
    let mut groups = target.groups_today.clone();
    groups.sort();
    groups.dedup();
    fields.extend(groups.iter().map(|name| group(name)));
    fields
}

fn of_entry(entry: &AccessEntry) -> Vec<String> {
    let AccessEntry { principal: _, entry_type, username: _, groups, policies, tags } = entry;
    let mut fields = vec![format!("type: {entry_type}"), username(entry.effective_username().as_deref())];
    fields.extend(words::names(groups).iter().map(|name| group(name)));
    if is_node(entry_type) {
        fields.push(group(GroupName::NODES));
    }
    fields.extend(policies.iter().map(|(policy, scope)| format!("policy: {} ({scope})", policy.name())));
    fields.extend(tags.iter().map(|(key, value)| format!("tag: {key}={value}")));
    fields
}

/// EKS puts these into `system:nodes` itself (EKS user guide, "Create access entries").
pub(super) fn is_node(entry_type: &EntryType) -> bool {
    matches!(
        entry_type,
        EntryType::Ec2Linux
            | EntryType::Ec2Windows
            | EntryType::FargateLinux
            | EntryType::HybridLinux
            | EntryType::Ec2
    )
}

fn username(name: Option<&str>) -> String {
    match name {
        None => "username: set by EKS".to_owned(),
        Some("") => "username: (empty)".to_owned(),
        Some(name) => format!("username: {name}"),
    }
}

fn group(name: &str) -> String {
    if name.is_empty() { "group: (empty)".to_owned() } else { format!("group: {name}") }
}
