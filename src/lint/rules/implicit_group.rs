use super::{Check, Found, Held, Rule, RuleId};

/// kube-apiserver adds `system:authenticated` to whoever is let in.
pub(crate) const RULE: Rule = Rule { id: RuleId::ImplicitGroup, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    held.standard_groups()
        .filter(|(group, _)| *group == "system:authenticated")
        .map(|(_, span)| Found {
            span,
            title: "everybody who is let in has system:authenticated".to_owned(),
            label: "given anyway".to_owned(),
            today: "the API server adds the group itself, with the line or without it".to_owned(),
            then: "the access entry leaves it out, and nothing is lost".to_owned(),
            help: "delete it here if it disturbs".to_owned(),
        })
        .collect()
}
