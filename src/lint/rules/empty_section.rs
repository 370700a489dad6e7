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
                title: format!("{} has text but no mappings", section.name),
                label: if commented { "only comments" } else { "read as empty" }.to_owned(),
                today: "EKS finds no mappings here, and logs no error".to_owned(),
                then: "no entry is created".to_owned(),
                help: format!("write `{}: \"\"`, or restore its mappings", section.name),
            })
        })
        .collect()
}
