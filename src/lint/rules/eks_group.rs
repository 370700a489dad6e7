use super::{Check, Found, Held, Rule, RuleId};

/// Only `system:` is known to be refused in groups; what EKS does with `eks:` is not published.
pub(crate) const RULE: Rule = Rule { id: RuleId::EksGroup, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    held.standard_groups()
        .filter(|(group, _)| group.starts_with("eks:"))
        .map(|(group, span)| Found {
            span,
            title: format!("EKS may refuse the group {group} in an access entry"),
            label: "a prefix of EKS's own".to_owned(),
            today: "the server gives the group as it is".to_owned(),
            then: if group == "eks:kube-proxy-windows" {
                "the line has no node's username, so its entry is STANDARD and serves no Windows node"
                    .to_owned()
            } else {
                "the access entry carries it; no rule against it is published, and none for it".to_owned()
            },
            help: "give the principal a group of your own, or try this entry before the others".to_owned(),
        })
        .collect()
}
