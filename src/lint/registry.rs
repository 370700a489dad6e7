use super::input::Input;
use super::rules::RULES;
use super::{Finding, Level};
use crate::reader::{AwsAuth, Manifest};

/// Ids that only plans give: they take more than the file to find, or sum several of lint's up.
pub const PLAN_RULES: &[&str] = &[
    "ambiguous-role",
    "caller-loses-rights",
    "caller-skipped",
    "caller-unmapped",
    "damaged-entry",
    "dead-entry",
    "delete-blocked",
    "entry-differs",
    "entry-gives-less",
    "entry-in-the-way",
    "entry-quota",
    "entry-replaced",
    "entry-unproven",
    "gain-accepted",
    "group-dropped",
    "group-given",
    "groups-lost",
    "impossible-decision",
    "made-by-eks",
    "name-in-use",
    "never-matches",
    "no-other-admin",
    "node-role",
    "node-uncovered",
    "nodes-unknown",
    "not-pruned",
    "not-revived",
    "not-undone",
    "nothing-read",
    "platform-version",
    "policy-unavailable",
    "principal-gone",
    "taken-from-entry",
    "unbound-group",
    "unresolved-role",
    "unused-decision",
    "username-changed",
];

/// Every finding of every rule, by place, then rule.
pub fn lint(manifest: &Manifest, aws_auth: &AwsAuth) -> Vec<Finding> {
    let input = Input::of(manifest, aws_auth);
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule.run(&input)).collect();
    findings.sort_by_key(|finding| (finding.span.start, finding.rule, finding.span.end));
    findings
}

/// The ids of lint's own rules and how much each weighs, in the order of the ids.
pub fn rules() -> impl Iterator<Item = (&'static str, Level)> {
    RULES.iter().map(|rule| (rule.id, rule.level))
}
