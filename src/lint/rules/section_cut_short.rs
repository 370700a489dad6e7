use super::{Check, Found, Level, Rule, rest};
use crate::reader::SectionStatus;

/// What follows the list's end is never parsed, and no error says so (go-yaml v2 `yaml.go`, unmarshal).
pub(crate) const RULE: Rule =
    Rule { id: "section-cut-short", level: Level::Warning, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let sections = input.sections().into_iter();
    sections
        .filter_map(|section| {
            let SectionStatus::CutShort { span, .. } = section.status else { return None };
            if rest::is_next_document(input, section.name, span.start) {
                return None;
            }
            Some(Found {
                span: *span,
                title: format!("the server stops reading {} here", section.name),
                label: "behind the end of the list".to_owned(),
                today: format!(
                    "the list ends after {}, often by an indentation; what follows lets nobody in, and nothing is logged",
                    match section.entries {
                        1 => "one entry".to_owned(),
                        n => format!("{n} entries"),
                    }
                ),
                then: "nothing from here on becomes an access entry".to_owned(),
                help: "indent these lines as the first list item is, or delete them".to_owned(),
            })
        })
        .collect()
}
