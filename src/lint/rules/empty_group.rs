use std::collections::BTreeSet;

use super::{Check, Found, Held, Rule, RuleId};
use crate::reader::{Damage, Lost};

/// An empty or null list element is the group `""` (authenticator, `server.go`; `encoding/json`).
pub(crate) const RULE: Rule = Rule { id: RuleId::EmptyGroup, check: Check::Mapping(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    let damage = held.mapping.damage.iter();
    let lost: BTreeSet<usize> = damage
        .filter_map(|damage| match damage {
            Damage { lost: Lost::Group { index, .. }, .. } => Some(*index),
            _ => None,
        })
        .collect();
    let empty =
        held.groups.iter().enumerate().find(|(index, group)| group.is_empty() && !lost.contains(index));
    empty
        .map(|_| Found {
            span: held.groups_span(),
            title: "a group is empty".to_owned(),
            label: "has an empty element".to_owned(),
            today: "the principal has a group without a name, which no binding can refer to".to_owned(),
            then: "the access entry leaves it out: nothing is lost".to_owned(),
            help: "delete the element, or write the group's name".to_owned(),
        })
        .into_iter()
        .collect()
}
