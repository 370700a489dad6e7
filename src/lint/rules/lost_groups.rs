use super::{Check, Found, Rule, RuleId};
use crate::reader::{Damage, Lost};

/// `groups` must be a list: anything else is a type error that leaves none (`encoding/json`, UnmarshalTypeError).
pub(crate) const RULE: Rule = Rule { id: RuleId::LostGroups, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let damage =
        input.effective().flat_map(|mapping| mapping.damage.iter().map(move |damage| (mapping, damage)));
    damage
        .filter_map(|(mapping, damage)| {
            let Damage { lost: Lost::Groups { found }, span } = damage else { return None };
            let now = match mapping.groups.as_deref() {
                None | Some([]) => "no groups".to_owned(),
                Some(groups) => format!("the groups under another spelling of the key: {}", groups.join(", ")),
            };
            Some(Found {
                span: *span,
                title: "EKS ignores these groups".to_owned(),
                label: format!("{found}, not a list"),
                today: format!("the mapping is effective with {now}"),
                then: "the access entry gives the effective groups, not these".to_owned(),
                help: "if the group is wanted, write a list: `groups: [<name>]`".to_owned(),
            })
        })
        .collect()
}
