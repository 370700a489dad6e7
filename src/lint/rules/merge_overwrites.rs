use super::{Check, Found, Rule, RuleId};
use crate::reader::OddityKind;

/// `<<` is applied where it stands and overwrites keys before it; YAML says the opposite (go-yaml v2 `decode.go`, merge).
pub(crate) const RULE: Rule = Rule { id: RuleId::MergeOverwrites, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let oddities = input.oddities.iter();
    oddities
        .filter_map(|oddity| {
            let OddityKind::MergeOverwrites { keys } = &oddity.kind else { return None };
            let keys = keys.join(", ");
            Some(Found {
                span: oddity.span,
                title: format!("the merge overwrites {keys}"),
                label: format!("overrides {keys} above it"),
                today: "EKS applies << in place, so it overrides the keys before it; other YAML parsers do the opposite".to_owned(),
                then: "the access entry uses the merged values".to_owned(),
                help: "make << the first key, or write the values out".to_owned(),
            })
        })
        .collect()
}
