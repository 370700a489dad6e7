use super::{Check, Found, Rule, RuleId};
use crate::reader::{Damage, Lost};

/// A field that does not decide who is let in had the wrong type (`encoding/json`, UnmarshalTypeError).
pub(crate) const RULE: Rule = Rule { id: RuleId::LostField, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let damage = input.effective().flat_map(|mapping| &mapping.damage);
    damage
        .filter_map(|damage| {
            let Damage { lost: Lost::Other { key, found }, span } = damage else { return None };
            Some(Found {
                span: *span,
                title: format!("the server loses this {key}"),
                label: format!("{found}, where another type is expected"),
                today: "the server logs an error; the line is in force without it".to_owned(),
                then: "nothing changes: an access entry has no such field".to_owned(),
                help: format!("delete {key}"),
            })
        })
        .collect()
}
