use super::{Check, Found, Rule, RuleId};
use crate::reader::OddityKind;

/// Spellings of one field in different case are assigned in the order of their bytes, not of the text (`encoding/json`).
pub(crate) const RULE: Rule = Rule { id: RuleId::KeyCaseTwice, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let oddities = input.oddities.iter();
    oddities
        .filter_map(|oddity| {
            let OddityKind::CaseVariant { key, wins } = &oddity.kind else { return None };
            Some(Found {
                span: oddity.span,
                title: format!("{key} and {wins} are the same field"),
                label: format!("{wins} wins"),
                today: format!(
                    "field names match in any case; of these two, {wins} wins whatever their order"
                ),
                then: format!("the access entry uses {wins}"),
                help: format!("keep one of {key} and {wins}"),
            })
        })
        .collect()
}
