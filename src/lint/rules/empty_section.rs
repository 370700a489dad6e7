use super::{Check, Found, Rule, RuleId};
use crate::reader::SectionStatus;

/// Two quotes, `null` or nothing but comments are no entries and no error (authenticator, `configmap.go`, isSkippable).
pub(crate) const RULE: Rule = Rule { id: RuleId::EmptySection, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let sections = input.sections().into_iter().filter(|section| {
        section.entries == 0 && matches!(section.status, SectionStatus::Absent | SectionStatus::Read)
    });
    sections
        .filter_map(|section| {
            let (text, places) = input.manifest.section(section.name)?;
            if matches!(text.trim(), "" | "[]") {
                return None;
            }
            let commented = text.lines().all(|line| line.trim().is_empty() || line.trim().starts_with('#'));
            Some(Found {
                span: places.span(),
                title: format!("{} has text but no entries", section.name),
                label: if commented { "all of it is comment" } else { "read as nothing" }.to_owned(),
                today: "the server finds no entries here and logs no error".to_owned(),
                then: "nothing of it becomes an access entry".to_owned(),
                help: format!("write `{}: \"\"` to say so, or restore its lines", section.name),
            })
        })
        .collect()
}
