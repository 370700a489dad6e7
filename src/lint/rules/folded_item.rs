use super::{Check, Found, Rule, RuleId};
use crate::reader::OddityKind;

/// A list item indented deeper than the one before continues that one's text (YAML 1.1, plain scalars).
pub(crate) const RULE: Rule = Rule { id: RuleId::FoldedItem, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let oddities = input.oddities.iter();
    oddities
        .filter_map(|oddity| {
            let OddityKind::FoldedItem { value } = &oddity.kind else { return None };
            Some(Found {
                span: oddity.span,
                title: "two list items are read as one value".to_owned(),
                label: format!("one value: {value:?}"),
                today: "the second dash is indented deeper, so YAML joins it to the value above, without an error".to_owned(),
                then: "the access entry uses the joined text".to_owned(),
                help: "align the dashes".to_owned(),
            })
        })
        .collect()
}
