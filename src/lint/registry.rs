use super::Located;
use super::input::Input;
use super::rules::RULES;
use crate::findings::RuleId;
use crate::reader::{AwsAuth, Manifest};

/// Every finding of every rule, by place, then rule.
pub fn lint(manifest: &Manifest, aws_auth: &AwsAuth) -> Vec<Located> {
    let input = Input::of(manifest, aws_auth);
    sorted(RULES.iter().flat_map(|rule| rule.run(&input)).collect())
}

/// The rules of the text, in the order of their ids.
pub fn rules() -> impl Iterator<Item = RuleId> {
    RULES.iter().map(|rule| rule.id)
}

pub(super) fn sorted(mut found: Vec<Located>) -> Vec<Located> {
    found.sort_by_key(|it| (it.span.start, it.finding.rule, it.span.end));
    found
}
