use super::{Check, Found, Rule, RuleId};
use crate::reader::OddityKind;

/// The same key twice in one mapping: the last one wins, silently (go-yaml v2 `decode.go`, not strict).
pub(crate) const RULE: Rule = Rule { id: RuleId::DuplicateKey, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let oddities = input.oddities.iter();
    oddities
        .filter_map(|oddity| {
            let OddityKind::DuplicateKey { key } = &oddity.kind else { return None };
            Some(Found {
                span: oddity.span,
                title: format!("{key} is given twice in one mapping"),
                label: "overridden by a later one".to_owned(),
                today: "EKS uses the last one, silently".to_owned(),
                then: "the access entry uses the last one".to_owned(),
                help: format!(
                    "delete one {key}; if two mappings were meant, start the second with a dash"
                ),
            })
        })
        .collect()
}
