use super::{Check, Found, Held, Level, Rule};
use crate::model::{GroupName, GroupRefusal};

/// EKS: "The kubernetes group name … is invalid, it cannot start with system:".
pub(crate) const RULE: Rule = Rule { id: "system-group", level: Level::Blocks, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    held.standard_groups()
        .filter(|(group, _)| !matches!(*group, GroupName::MASTERS | "system:authenticated"))
        .filter(|(group, _)| GroupName::new(*group) == Err(GroupRefusal::System))
        .map(|(group, span)| Found {
            span,
            title: format!("no access entry may have the group {group}"),
            label: "begins with system:".to_owned(),
            today: "the server gives the group as it is, and bindings for it apply".to_owned(),
            then: "EKS refuses it; its rights need a group of another name, or are given up".to_owned(),
            help: format!("in eksodus.yaml, `groups: {{{group:?}: {{rename: <new name>}}}}` repeats its bindings, `{{{group:?}: drop}}` gives it up"),
        })
        .collect()
}
