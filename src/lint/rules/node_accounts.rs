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
            title: "nodes of two accounts".to_owned(),
            label: format!("line {} has account {home}", first.mapping.place.line),
            today: "the server lets nodes of any account in".to_owned(),
            then: "an entry for nodes needs a role of the cluster's own account, so one of the two can have none".to_owned(),
            help: "give those nodes a role of the cluster's account before aws-auth is switched off".to_owned(),
        })
        .collect()
}
