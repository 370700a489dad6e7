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
                today: "EKS reads only what comes before the #".to_owned(),
                then: "the access entry uses the short value".to_owned(),
                help:
                    "quote the value if the # belongs to it; else add a space after the #"
                        .to_owned(),
            })
        })
        .collect()
}
