use super::{Check, Found, Held, Rule, RuleId};

/// kube-apiserver adds `system:authenticated` to everyone who authenticates.
pub(crate) const RULE: Rule = Rule { id: RuleId::ImplicitGroup, check: Check::Mapping(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    held.standard_groups()
        .filter(|(group, _)| *group == "system:authenticated")
        .map(|(_, span)| Found {
            span,
            title: "everyone who authenticates has system:authenticated".to_owned(),
            label: "added anyway".to_owned(),
            today: "the API server adds this group by itself".to_owned(),
            then: "the access entry leaves it out: nothing is lost".to_owned(),
            help: "optional: delete it".to_owned(),
        })
        .collect()
}
