//! What the plan's types say, as fragments of plain text. Nothing is escaped here: each format does that for itself.

use std::collections::BTreeSet;
use std::fmt::Display;

use crate::planner::{Action, ExistingFate, Line, LinePlace, Note, Outcome, Severity, Standing};
use crate::rbac::Binding;
use crate::snapshot::Part;

/// `1 entry`, `2 entries`.
pub(super) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

pub(super) fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

/// `aws-auth.yaml:12:5`.
pub(super) fn place(source: Option<&str>, at: &LinePlace) -> String {
    format!("{}:{}", source.unwrap_or("aws-auth"), at.place)
}

/// A line that gets no entry: the word for what becomes of it, and why. `None` for one that is migrated.
pub(super) fn not_migrated(line: &Line, source: Option<&str>) -> Option<(&'static str, String)> {
    Some(match &line.outcome {
        Outcome::Migrates { principal: _ } => return None,
        Outcome::Superseded { by } => {
            ("superseded", format!("the line at {} replaces it today", place(source, by)))
        }
        Outcome::NeverMatches { why } => ("never matches", format!("{why}; an entry would grant access")),
        Outcome::Dropped { why } => ("dropped by the server", why.clone()),
        Outcome::Gone { why } => ("gone from IAM", why.clone()),
        Outcome::NotRead => ("not read", "in API mode the server does not look at aws-auth".to_owned()),
        Outcome::Skipped { reason } => ("skipped by decision", reason.clone()),
        Outcome::Overridden { principal: _, gives_more: Some(_), unproven: _ } => (
            "overridden",
            "its access entry is effective, and gives less: needs a decision before api-mode".to_owned(),
        ),
        Outcome::Overridden { principal: _, gives_more: None, unproven: true } => {
            ("overridden", "its access entry is effective, if it is not dead: that is not known".to_owned())
        }
        Outcome::Overridden { principal: _, gives_more: None, unproven: false } => {
            ("overridden", "its access entry is effective, and covers it".to_owned())
        }
        Outcome::Expanded { principals, others, unresolved } => {
            let known = match principals.len() {
                0 => "no principal of it is known".to_owned(),
                n => format!(
                    "{} with an entry of its own: {}",
                    count(n, "principal", "principals"),
                    list(principals)
                ),
            };
            let others = others.as_ref().map(|why| format!("; nobody else needs access: {why}"));
            let open = match unresolved.as_slice() {
                [] => String::new(),
                open => format!("; bound, and not known to be a principal: {}", list(open)),
            };
            ("whole account", known + &open + others.as_deref().unwrap_or_default())
        }
        Outcome::Blocked { by } => ("blocked", by.message(line)),
    })
}

/// How an entry comes to be, in one word.
pub(super) fn standing(standing: &Standing) -> &'static str {
    match standing {
        Standing::NotYetObservable => "create or adopt",
        Standing::Create => "create",
        Standing::Equal => "equal",
        Standing::Update { from: _ } => "update",
        Standing::Replace { from: _, why: _, dead: _ } => "replace",
    }
}

pub(super) fn note(note: &Note) -> String {
    match note {
        Note::MastersByPolicy => {
            "system:masters becomes AmazonEKSClusterAdminPolicy: an authorizer's yes, no longer a bypass of all of them".to_owned()
        }
        Note::MastersByGroup { group, binding } => {
            format!("system:masters becomes the group {group}, which {binding} binds to cluster-admin")
        }
        Note::PathResolved => "the ARN has the path that IAM knows and aws-auth may not name".to_owned(),
        Note::PathUnchecked => "the ARN is as aws-auth spells it: IAM was not looked at".to_owned(),
        Note::AccountIdWrittenOut => "{{AccountID}} is written out".to_owned(),
        Note::ImplicitGroups { groups } => {
            format!("{} left out: it changes nothing", list(groups))
        }
        Note::GroupsLost { groups } => {
            format!("{} lost: a node type takes no groups of one's own", list(groups))
        }
        Note::GroupDropped { group, bindings: _ } => format!("group {group} dropped by decision"),
        Note::GroupsDropped { groups } => format!("{} dropped by decision", list(groups)),
        Note::GroupRenamed { from, to, bindings } => {
            format!("group {from} renamed to {to}; {}", carried(bindings))
        }
        Note::UsernameChanged { from, to, carried: bindings, left, gained, unchecked } => {
            let mut text = format!("username {from} becomes {to}; ");
            text += &match (unchecked, bindings.is_empty() && !left.is_empty()) {
                (true, _) => "RBAC was not looked at".to_owned(),
                (false, true) => "no binding can be repeated for the new one".to_owned(),
                (false, false) => carried(bindings),
            };
            if !left.is_empty() {
                text += &format!("; lost: {}", list(left));
            }
            if !gained.is_empty() {
                text += &format!("; gained: {}", list(gained));
            }
            text
        }
        Note::UsernameDefaulted { to } => {
            format!("the line has no username, so the server uses an empty one; the entry gets {to}")
        }
        Note::Damaged { what } => format!("damaged today: {what}; the entry is what is in force"),
        Note::NotRevived { what } => {
            format!("{} does not come back: the dead entry had it, and gave it to nobody", list(what))
        }
        Note::TakenFromEntry { what } => format!("by decision its entry loses: {}", list(what)),
        Note::BroughtToMapping => {
            "EKS made its entry when the mode changed; it is brought to what the mapping gave".to_owned()
        }
        Note::Decided { what, line } => format!("decided on line {line} of the decisions: {what}"),
        Note::FromAccount { account } => format!("today through mapAccounts, account {account}"),
        Note::PassRole => "whoever applies this needs iam:PassRole on the role".to_owned(),
    }
}

fn carried(bindings: &[String]) -> String {
    match bindings {
        [] => "no binding names the old one".to_owned(),
        bindings => format!("bindings repeated for the new one: {}", list(bindings)),
    }
}

pub(super) fn fate(fate: ExistingFate) -> &'static str {
    match fate {
        ExistingFate::Equal => "as it should be",
        ExistingFate::Update => "updated",
        ExistingFate::Replace => "replaced",
        ExistingFate::Overrides => "left as it is: it is effective, and overrides a mapping",
        ExistingFate::Dead => "left alone: it authenticates nobody",
        ExistingFate::Foreign => "left alone: no line names its principal",
        ExistingFate::EksOwned => "left alone: EKS made it and keeps it",
        ExistingFate::Blocked => "left alone: the line of its principal is not migrated",
    }
}

/// From which phase on nothing happens, or how much it weighs.
pub(super) fn severity(severity: Severity) -> String {
    match severity {
        Severity::Blocks(phase) => format!("blocks {phase}"),
        Severity::Warning => "warning".to_owned(),
        Severity::Info => "info".to_owned(),
    }
}

/// The file of the snapshot that is missing.
pub(super) fn file_of(source: Part) -> &'static str {
    match source {
        Part::Cluster => "cluster.json",
        Part::AwsAuth => "aws-auth.yaml",
        Part::AccessEntries => "access-entries.json",
        Part::AccessPolicies => "access-policies.json",
        Part::Nodegroups => "nodegroups.json",
        Part::FargateProfiles => "fargate-profiles.json",
        Part::IamRoles => "iam-roles.json",
        Part::IamUsers => "iam-users.json",
        Part::Rbac => "rbac.yaml",
        Part::Namespaces => "namespaces.yaml",
        Part::Caller => "caller.json",
    }
}

/// `+ ClusterRoleBinding x: ClusterRole cluster-admin for Group ops`; `None` for another action.
pub(super) fn binding_change(action: &Action) -> Option<String> {
    let Action::Binding { before, after } = action else { return None };
    Some(match (before, after) {
        (None, None) => return None,
        (None, Some(new)) => format!("+ {}", binding(new)),
        (Some(old), None) => format!("- {}", binding(old)),
        (Some(old), Some(new)) => format!("~ {}, now {}", binding(old), binding(new)),
    })
}

fn binding(binding: &Binding) -> String {
    let Binding { namespace, name, role_ref, subjects } = binding;
    let place = match namespace {
        None => format!("ClusterRoleBinding {name}"),
        Some(namespace) => format!("RoleBinding {namespace}/{name}"),
    };
    let subjects = list(subjects.iter().map(|s| format!("{} {}", String::from(s.kind.clone()), s.name)));
    format!("{place}: {} {} for {subjects}", role_ref.kind, role_ref.name)
}

pub(super) fn or_empty(text: &str) -> &str {
    if text.is_empty() { "(empty)" } else { text }
}

/// The groups of a set, in the order of their names.
pub(super) fn names<T: ToString>(set: &BTreeSet<T>) -> Vec<String> {
    set.iter().map(ToString::to_string).collect()
}
