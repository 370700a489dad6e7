use super::{Check, Found, Rule, RuleId};
use crate::reader::{Damage, Lost};

/// A list element of another type becomes an empty string, the others stay (`encoding/json`, UnmarshalTypeError).
pub(crate) const RULE: Rule = Rule { id: RuleId::LostGroup, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let damage = input.effective().flat_map(|mapping| &mapping.damage);
    damage
        .filter_map(|damage| {
            let Damage { lost: Lost::Group { index: _, found }, span } = damage else { return None };
            Some(Found {
                span: *span,
                title: "the server loses this group".to_owned(),
                label: format!("{found}, not a string"),
                today: "an empty group stands in its place; the line's other groups are in force".to_owned(),
                then: "the access entry gives what is in force, not what was meant".to_owned(),
                help: "put the group in quotes".to_owned(),
            })
        })
        .collect()
}
