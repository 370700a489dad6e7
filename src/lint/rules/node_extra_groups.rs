use super::{Check, Found, Held, Rule, RuleId};
use crate::planner::mappings::classify::Class;

/// A node's entry has the groups of its type and no others (EKS user guide, "Create access entries").
pub(crate) const RULE: Rule = Rule { id: RuleId::NodeExtraGroups, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    let Ok(Class::Node { entry_type, lost }) = &held.class else { return Vec::new() };
    let groups = held.groups.iter().enumerate();
    groups
        .filter(|(_, group)| !group.is_empty() && lost.contains(*group))
        .map(|(index, group)| Found {
            span: held.group_span(index),
            title: format!("a node's entry cannot have the group {group}"),
            label: "not one of a node's own".to_owned(),
            today: "the server gives the group to every node of the role".to_owned(),
            then: format!("type {entry_type} takes no groups, so the nodes lose it"),
            help: "give what needs the group a role or a service account of its own".to_owned(),
        })
        .collect()
}
