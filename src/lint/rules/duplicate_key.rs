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
                title: format!("{key} stands twice in one line of the map"),
                label: "a later one replaces it".to_owned(),
                today: "the server takes the last one and logs nothing".to_owned(),
                then: "the access entry is made from the last one".to_owned(),
                help: format!(
                    "keep the {key} that is meant, and if two lines were meant put a dash before the second"
                ),
            })
        })
        .collect()
}
