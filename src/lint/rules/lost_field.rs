use super::{Check, Found, Rule, RuleId};
use crate::reader::{Damage, Lost};

/// A field that does not affect access has the wrong type (`encoding/json`, UnmarshalTypeError).
pub(crate) const RULE: Rule = Rule { id: RuleId::LostField, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let damage = input.effective().flat_map(|mapping| &mapping.damage);
    damage
        .filter_map(|damage| {
            let Damage { lost: Lost::Other { key, found }, span } = damage else { return None };
            Some(Found {
                span: *span,
                title: format!("EKS ignores this {key}"),
                label: format!("{found}: the wrong type"),
                today: "EKS logs an error; the mapping is effective without the field".to_owned(),
                then: "nothing changes: access entries have no such field".to_owned(),
                help: format!("delete {key}"),
            })
        })
        .collect()
}
