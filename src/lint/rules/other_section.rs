use super::{Check, Found, Held, Rule, RuleId};
use crate::reader::SectionName;

/// The two tables do not look at what kind of principal they hold (authenticator, `mapper.go`).
pub(crate) const RULE: Rule = Rule { id: RuleId::OtherSection, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    let section = held.mapping.at.section;
    let kind = match (section, held.principal.is_role()) {
        (SectionName::MapRoles, false) => "user",
        (SectionName::MapUsers, true) => "role",
        _ => return Vec::new(),
    };
    vec![Found {
        span: held.arn_span(),
        title: format!("a {kind} in {section}"),
        label: "works all the same".to_owned(),
        today: format!("the server asks mapRoles, then mapUsers, and lets the {kind} in by this line"),
        then: format!("it becomes the access entry of a {kind}"),
        help: "leave it, or move it to the section of its kind".to_owned(),
    }]
}
