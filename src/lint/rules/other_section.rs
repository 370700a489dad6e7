use super::{Check, Found, Held, Rule, RuleId};
use crate::reader::SectionName;

/// The two tables do not look at what kind of principal they hold (authenticator, `mapper.go`).
pub(crate) const RULE: Rule = Rule { id: RuleId::OtherSection, check: Check::Mapping(check) };

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
        label: "works anyway".to_owned(),
        today: format!("EKS reads mapRoles, then mapUsers, for roles and users alike: the {kind} has access"),
        then: format!("it becomes an access entry for a {kind}"),
        help: "optional: move it to the other section".to_owned(),
    }]
}
