use super::{Check, Found, Rule, RuleId};
use crate::planner::mappings::classify::Class;

/// A role's path can only be looked up in its own account; the nodes' account is the cluster's (EKS user guide).
pub(crate) const RULE: Rule = Rule { id: RuleId::OtherAccount, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let is_node = |class: &_| matches!(class, Ok(Class::Node { .. }));
    let Some(node) = input.held.iter().find(|held| is_node(&held.class)) else { return Vec::new() };
    let home = node.principal.account();
    let roles = input.held.iter().filter(|held| held.principal.is_role() && !is_node(&held.class));
    roles
        .filter(|held| held.principal.account() != home)
        .map(|held| {
            let account = held.principal.account();
            Found {
                span: held.arn_span(),
                title: format!("a role in another account: {account}"),
                label: format!("the nodes are in {home}"),
                today: "EKS matches the role by its ARN without the path, in any account"
                    .to_owned(),
                then: "the access entry needs the role's path, which only its own account knows".to_owned(),
                help: format!(
                    "plan from a snapshot with the roles of account {account}, or give the role's `arn` in eksodus.yaml"
                ),
            }
        })
        .collect()
}
