use super::{Check, Found, Level, Rule};
use crate::reader::SectionStatus;

/// One YAML error empties its section; the other two stand (authenticator, `configmap.go`, ParseMap).
pub(super) const RULE: Rule = Rule { id: "section-lost", level: Level::Blocks, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let sections = input.sections().into_iter();
    sections
        .filter_map(|section| {
            let SectionStatus::Lost { why, span, .. } = section.status else { return None };
            let rest = input.text().get(span.start..).unwrap_or_default();
            Some(Found {
                span: *span,
                title: format!("the server reads nothing of {}", section.name),
                label: why.clone(),
                today: "the whole section is empty in the server; nobody named in it is let in by it, and no earlier version is kept".to_owned(),
                then: "none of its lines becomes an access entry, and aws-auth cannot be switched off before it is settled".to_owned(),
                help: remedy(rest).to_owned(),
            })
        })
        .collect()
}

fn remedy(rest: &str) -> &'static str {
    let mut chars = rest.chars();
    match (chars.next(), chars.next()) {
        (Some('\t'), _) => "indent with spaces instead of the tab",
        (Some('{'), Some('{')) => "put the value with the placeholder in quotes",
        (Some('%'), Some('Y')) => "take the %YAML directive out",
        (Some('@' | '`' | '%' | '*'), _) => "put the value in quotes",
        _ => "mend the section here, or empty it if nobody misses it",
    }
}
