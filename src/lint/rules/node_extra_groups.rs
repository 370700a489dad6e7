use super::{Check, Found, Held, Rule, RuleId};
use crate::planner::mappings::classify::Class;

/// A node's entry has the groups of its type and no others (EKS user guide, "Create access entries").
pub(crate) const RULE: Rule = Rule { id: RuleId::NodeExtraGroups, check: Check::Mapping(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    let Ok(Class::Node { entry_type, lost }) = &held.class else { return Vec::new() };
    let groups = held.groups.iter().enumerate();
    groups
        .filter(|(_, group)| !group.is_empty() && lost.contains(*group))
        .map(|(index, group)| Found {
            span: held.group_span(index),
            title: format!("a node entry cannot have the group {group}"),
            label: "not a node group".to_owned(),
            today: "every node with this role has the group".to_owned(),
            then: format!("type {entry_type} takes no groups: the nodes lose it"),
            help: "give whatever needs the group its own role or service account".to_owned(),
        })
        .collect()
}
