use super::{Check, Found, Rule, RuleId};
use crate::planner::mappings::classify::Class;

/// Every type but STANDARD needs a role of the cluster's account (EKS user guide, "Create access entries").
pub(crate) const RULE: Rule = Rule { id: RuleId::NodeAccounts, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let nodes = || input.held.iter().filter(|held| matches!(held.class, Ok(Class::Node { .. })));
    let Some(first) = nodes().next() else { return Vec::new() };
    let home = first.principal.account();
    nodes()
        .filter(|held| held.principal.account() != home)
        .map(|held| Found {
            span: held.arn_span(),
            title: "node roles from two accounts".to_owned(),
            label: format!("line {} has account {home}", first.mapping.place.line),
            today: "EKS admits nodes from any account".to_owned(),
            then: "a node entry needs a role in the cluster's account, so one of the two cannot have one".to_owned(),
            help: "give those nodes a role in the cluster's account before api-mode".to_owned(),
        })
        .collect()
}
