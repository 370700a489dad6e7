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
                title: "EKS ignores this group".to_owned(),
                label: format!("{found}, not a string"),
                today: "EKS uses an empty group instead; the other groups are effective".to_owned(),
                then: "the access entry gives the effective groups, not this one".to_owned(),
                help: "quote the group".to_owned(),
            })
        })
        .collect()
}
