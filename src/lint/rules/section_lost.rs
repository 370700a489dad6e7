use super::{About, Check, Rule, RuleId};
use crate::findings::Reason;

/// One YAML error empties its section; the other two stand (authenticator, `configmap.go`, ParseMap).
pub(crate) const RULE: Rule = Rule { id: RuleId::SectionLost, check: Check::FileAbout(check) };

fn check(input: &super::Input<'_>) -> Vec<About> {
    input.ends().filter(|about| matches!(about.reason, Reason::SectionLost { .. })).collect()
}
