use super::{Check, Found, Held, Rule, RuleId};

/// Only `system:` is known to be refused in groups; what EKS does with `eks:` is not published.
pub(crate) const RULE: Rule = Rule { id: RuleId::EksGroup, check: Check::Mapping(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    held.standard_groups()
        .filter(|(group, _)| group.starts_with("eks:"))
        .map(|(group, span)| Found {
            span,
            title: format!("EKS may refuse the group {group} in an access entry"),
            label: "eks: is EKS's own prefix".to_owned(),
            today: "the principal has this group".to_owned(),
            then: if group == "eks:kube-proxy-windows" {
                "without a node's username, the mapping becomes a STANDARD entry, which serves no Windows node"
                    .to_owned()
            } else {
                "the access entry will have it too; AWS does not document whether that is allowed".to_owned()
            },
            help: "use a group of your own, or create this entry first to see whether EKS accepts it".to_owned(),
        })
        .collect()
}
