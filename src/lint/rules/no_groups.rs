use super::{Check, Found, Held, Rule, RuleId};

/// A mapping without groups is legal: its principal is authenticated, and bound by name at most (authenticator, `config/mapper.go`).
pub(crate) const RULE: Rule = Rule { id: RuleId::NoGroups, check: Check::Mapping(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    if !held.is_standard() || !held.groups.is_empty() || held.lost_groups() {
        return Vec::new();
    }
    vec![Found {
        span: held.groups_span(),
        title: "the mapping gives no groups".to_owned(),
        label: "authenticated, without groups".to_owned(),
        today: "the principal has only permissions bound to its username or to all users".to_owned(),
        then: "the access entry has no groups either".to_owned(),
        help: "nothing to do if bindings name the user; else add a group".to_owned(),
    }]
}
