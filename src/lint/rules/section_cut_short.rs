use super::{About, Check, Rule, RuleId, rest};
use crate::findings::Reason;

/// What follows the list's end is never parsed, and no error says so (go-yaml v2 `yaml.go`, unmarshal).
pub(crate) const RULE: Rule = Rule { id: RuleId::SectionCutShort, check: Check::FileAbout(check) };

fn check(input: &super::Input<'_>) -> Vec<About> {
    let is_it = |about: &About| match &about.reason {
        Reason::SectionCutShort { section, .. } => {
            !rest::is_next_document(input, *section, about.span.start)
        }
        _ => false,
    };
    input.ends().filter(is_it).collect()
}
