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
                title: format!("the tag {tag} changes how this is read"),
                label: match tag.as_str() {
                    "!!binary" => "decoded from base64",
                    "!!str" => "always text",
                    _ => "not what it looks like",
                }
                .to_owned(),
                today: "EKS applies the tags it knows, and reads values with other tags as text"
                    .to_owned(),
                then: "the access entry uses the value that EKS reads".to_owned(),
                help: "quote the value, and remove the tag".to_owned(),
            })
        })
        .collect()
}
