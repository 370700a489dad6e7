use super::{Check, Found, Rule, RuleId, rest};
use crate::reader::SectionStatus;

/// Of several YAML documents the first counts, the others are not even scanned (go-yaml v2 `yaml.go`, unmarshal).
pub(crate) const RULE: Rule = Rule { id: RuleId::SecondDocument, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let sections = input.sections().into_iter();
    sections
        .filter_map(|section| {
            let SectionStatus::CutShort { span, .. } = section.status else { return None };
            if !rest::is_next_document(input, section.name, span.start) {
                return None;
            }
            Some(Found {
                span: *span,
                title: format!("{} has a second YAML document", section.name),
                label: "after a document marker".to_owned(),
                today: format!(
                    "EKS reads the first document ({} mappings) and nothing after it, without an error",
                    section.entries
                ),
                then: "no entries are created from this document".to_owned(),
                help: "remove the marker if these mappings are wanted, or delete them".to_owned(),
            })
        })
        .collect()
}
