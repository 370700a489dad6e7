use super::{Check, Found, Rule, RuleId};
use crate::reader::OddityKind;

/// ` #` ends an unquoted value (YAML 1.1, comments).
pub(crate) const RULE: Rule = Rule { id: RuleId::CommentInValue, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let oddities = input.oddities.iter();
    oddities
        .filter_map(|oddity| {
            let OddityKind::CommentInValue { value } = &oddity.kind else { return None };
            Some(Found {
                span: oddity.span,
                title: format!("the value ends before the #: it is {value:?}"),
                label: "read as a comment".to_owned(),
                today: "the server takes what stands before the # and nothing else".to_owned(),
                then: "the access entry is made from the short value".to_owned(),
                help:
                    "put the value in quotes if the # belongs to it, or a space behind the # if it does not"
                        .to_owned(),
            })
        })
        .collect()
}
