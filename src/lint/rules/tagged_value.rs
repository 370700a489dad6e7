use super::{Check, Found, Rule, RuleId};
use crate::reader::OddityKind;

/// `!!str 7` is text, `!!binary` is decoded, a tag of one's own is dropped (go-yaml v2 `resolve.go` and `decode.go`).
pub(crate) const RULE: Rule = Rule { id: RuleId::TaggedValue, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let oddities = input.oddities.iter();
    oddities
        .filter_map(|oddity| {
            let OddityKind::Tagged { tag } = &oddity.kind else { return None };
            Some(Found {
                span: oddity.span,
                title: format!("the tag {tag} decides how this is read"),
                label: match tag.as_str() {
                    "!!binary" => "decoded from base64",
                    "!!str" => "text, whatever it looks like",
                    _ => "not what it looks like",
                }
                .to_owned(),
                today: "the server follows the tags it knows, and takes the value of others as text"
                    .to_owned(),
                then: "the access entry is made from what the server reads".to_owned(),
                help: "write the value in quotes, without a tag".to_owned(),
            })
        })
        .collect()
}
