use super::{Check, Found, Rule, RuleId};
use crate::reader::{Damage, Lost};

/// A value of another type leaves the field empty and the mapping effective (`encoding/json`, UnmarshalTypeError).
pub(crate) const RULE: Rule = Rule { id: RuleId::LostUsername, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let damage =
        input.effective().flat_map(|mapping| mapping.damage.iter().map(move |damage| (mapping, damage)));
    damage
        .filter_map(|(mapping, damage)| {
            let Damage { lost: Lost::Username { found }, span } = damage else { return None };
            let now = if mapping.username.is_empty() {
                "empty".to_owned()
            } else {
                format!("{:?}", mapping.username)
            };
            Some(Found {
                span: *span,
                title: "EKS ignores this username".to_owned(),
                label: format!("{found}, not a string"),
                today: format!("the mapping is effective with another username: {now}"),
                then: "the access entry uses the effective username, or EKS's default if that is empty"
                    .to_owned(),
                help: "quote the value".to_owned(),
            })
        })
        .collect()
}
