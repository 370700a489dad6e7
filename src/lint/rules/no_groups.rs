use super::{Check, Found, Held, Rule, RuleId};

/// A line without groups is legal: its principal is authenticated, and bound by name at most (authenticator, `config/mapper.go`).
pub(crate) const RULE: Rule = Rule { id: RuleId::NoGroups, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    if !held.is_standard() || !held.groups.is_empty() || held.lost_groups() {
        return Vec::new();
    }
    vec![Found {
        span: held.groups_span(),
        title: "the line gives no groups".to_owned(),
        label: "known, but in no group".to_owned(),
        today: "the principal has what is bound to its username and to everybody".to_owned(),
        then: "the access entry has no groups either".to_owned(),
        help: "leave it if bindings name the user; else add the group that is missed".to_owned(),
    }]
}
