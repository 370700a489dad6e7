use super::{Check, Found, Level, Rule};
use crate::reader::SectionStatus;

/// One YAML error empties its section; the other two stand (authenticator, `configmap.go`, ParseMap).
pub(crate) const RULE: Rule = Rule { id: "section-lost", level: Level::Blocks, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let sections = input.sections().into_iter();
    sections
        .filter_map(|section| {
            let SectionStatus::Lost { why, span, .. } = section.status else { return None };
            // of mapAccounts alone the server keeps what comes before the error
            let (title, today) = match section.entries {
                0 => (
                    format!("the server reads nothing of {}", section.name),
                    "the whole section is empty in the server; nobody named in it is let in by it, and no earlier version is kept",
                ),
                _ => (
                    format!("the server reads {} only to here", section.name),
                    "what stands before is in force, and nobody is let in by the rest",
                ),
            };
            Some(Found {
                span: *span,
                title,
                label: why.clone(),
                today: today.to_owned(),
                then: "what is not read becomes no access entry, and aws-auth cannot be switched off before it is settled".to_owned(),
                help: remedy(input.text(), span.start).to_owned(),
            })
        })
        .collect()
}

fn remedy(text: &str, at: usize) -> &'static str {
    let rest = text.get(at..).unwrap_or_default();
    let before = text.get(..at).unwrap_or_default();
    match rest.chars().next() {
        Some('\t') => "indent with spaces instead of the tab",
        Some('{') if rest.starts_with("{{") || before.ends_with('{') => {
            "put the value with the placeholder in quotes"
        }
        Some('%') if rest.starts_with("%YAML") => "take the %YAML directive out",
        Some('@' | '`' | '%' | '*') => "put the value in quotes",
        _ => "mend the section here, or empty it if nobody misses it",
    }
}
