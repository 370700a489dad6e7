//! What the plan's types say, as fragments of plain text. Nothing is escaped here: each format does that for itself.

use std::collections::BTreeSet;
use std::fmt::Display;

use anstyle::Style;

use super::style::{CARE, GONE, GOOD, HEADING};
pub(super) use crate::findings::note_words as note;
use crate::findings::{Finding, Reason, RuleId, Severity, Words};
use crate::planner::{Action, ExistingFate, Line, LinePlace, Outcome, Plan, Standing, Target};
use crate::rbac::Binding;
use crate::snapshot::Part;

/// `1 entry`, `2 entries`.
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// A whole number as `1,204,551`.
pub fn number(n: impl Display) -> String {
    let digits = n.to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

pub(super) fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

/// `aws-auth.yaml:12:5`.
pub(super) fn place(source: Option<&str>, at: &LinePlace) -> String {
    format!("{}:{}", source.unwrap_or("aws-auth"), at.place)
}

/// `aws-auth.yaml:12`: without folders and the column, for people.
pub(super) fn short_place(source: Option<&str>, at: &LinePlace) -> String {
    let source = source.unwrap_or("aws-auth");
    let file = source.rsplit(['/', '\\']).next().unwrap_or(source);
    format!("{file}:{}", at.place.line)
}

/// A mapping that gets no entry: the word for what becomes of it, and why. `None` for one that is migrated.
pub(super) fn not_migrated(line: &Line, source: Option<&str>) -> Option<(&'static str, String)> {
    Some(match &line.outcome {
        Outcome::Migrates { principal: _ } => return None,
        Outcome::Superseded { by } => (
            "overridden",
            format!("the mapping at {} has the same principal and overrides it", short_place(source, by)),
        ),
        Outcome::NeverMatches { why } => {
            ("has no effect today", format!("{why}; an entry would grant new access"))
        }
        Outcome::Dropped { why } => ("ignored by EKS", why.to_string()),
        Outcome::Gone => ("gone from IAM", Words::of(&Reason::PrincipalGone, &line.arn).today),
        Outcome::NotRead => ("not read", "in API mode EKS does not read aws-auth".to_owned()),
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
                    "{} of their own: {}",
                    count(n, "principal gets an entry", "principals get entries"),
                    list(principals)
                ),
            };
            let others = others.as_ref().map(|why| format!("; the rest dropped by decision: {why}"));
            let open = match unresolved.as_slice() {
                [] => String::new(),
                open => format!("; bound, and not known to be a principal: {}", list(open)),
            };
            ("account mapping", known + &open + others.as_deref().unwrap_or_default())
        }
        Outcome::Blocked { by } => {
            ("needs a decision", Words::of(&Reason::Waits { by: by.clone() }, &line.arn).message())
        }
    })
}

/// As [`not_migrated`], in a list beside the plan's findings: what a finding says of the mapping is not said again.
pub(super) fn not_migrated_beside(plan: &Plan, line: &Line) -> Option<(&'static str, String)> {
    let (what, why) = not_migrated(line, plan.source.as_deref())?;
    let rule = match &line.outcome {
        Outcome::Blocked { by } => by.rule(),
        Outcome::NeverMatches { .. } => RuleId::NeverMatches,
        Outcome::Dropped { .. } => RuleId::DroppedEntry,
        Outcome::Gone => RuleId::PrincipalGone,
        Outcome::Superseded { .. } => RuleId::SupersededLine,
        Outcome::Overridden { gives_more: Some(_), .. } => RuleId::EntryGivesLess,
        Outcome::Overridden { unproven: true, .. } => RuleId::EntryUnproven,
        _ => return Some((what, why)),
    };
    let is_said =
        |it: &Finding| it.rule == rule && it.severity != Severity::Info && it.at.as_ref() == Some(&line.at);
    match plan.notices.iter().any(is_said) {
        true => Some((what, format!("see [{rule}]"))),
        false => Some((what, why)),
    }
}

/// How an entry comes to be: the sign of it, and a word where the sign does not say all.
pub(super) fn standing(standing: &Standing) -> (char, &'static str) {
    match standing {
        Standing::NotYetObservable | Standing::Create => ('+', ""),
        Standing::Equal => ('=', ""),
        Standing::Update { from: _ } => ('~', "update"),
        Standing::Replace { from: _, dead: _ } => ('~', "replace"),
    }
}

pub(super) fn style_of(sign: char) -> Style {
    match sign {
        '+' => GOOD,
        '-' => GONE,
        '~' => CARE,
        _ => HEADING,
    }
}

/// Why an entry is deleted and created again.
pub(super) fn replaced(target: &Target) -> Option<String> {
    let Standing::Replace { from, dead } = &target.standing else { return None };
    let (from, to) = (from.entry_type.clone(), target.entry.entry_type.clone());
    let reason = Reason::Replaced { from, to, dead: *dead };
    Some(Words::of(&reason, target.entry.principal.as_str()).message())
}

pub(super) fn fate(fate: ExistingFate) -> &'static str {
    match fate {
        ExistingFate::Equal => "up to date",
        ExistingFate::Update => "updated",
        ExistingFate::Replace => "replaced",
        ExistingFate::Overrides => "effective: overrides a mapping of its principal",
        ExistingFate::Dead => "dead: authenticates nobody",
        ExistingFate::Foreign => "unmanaged: no mapping for its principal",
        ExistingFate::EksOwned => "managed by EKS",
        ExistingFate::Blocked => "waits: the mapping of its principal needs a decision, or is not migrated",
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
        Part::ApiResources => "api-resources.json",
        Part::Caller => "caller.json",
        Part::AuditLog => "the audit log",
    }
}

/// With its sign: `ClusterRoleBinding x: ClusterRole cluster-admin for Group ops`; `None` for another action.
pub(super) fn binding_change(action: &Action) -> Option<(char, String)> {
    let Action::Binding { before, after } = action else { return None };
    Some(match (before, after) {
        (None, None) => return None,
        (None, Some(new)) => ('+', binding(new)),
        (Some(old), None) => ('-', binding(old)),
        (Some(old), Some(new)) => ('~', format!("{}, now {}", binding(old), binding(new))),
    })
}

fn binding(binding: &Binding) -> String {
    let Binding { namespace, name, role_ref, subjects } = binding;
    let place = Binding::full_name(namespace.as_deref(), name);
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
