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
                Some(groups) => format!("the groups of another spelling of the key: {}", groups.join(", ")),
            };
            Some(Found {
                span: *span,
                title: "the server loses these groups".to_owned(),
                label: format!("{found}, not a list"),
                today: format!("the line is in force with {now}"),
                then: "the access entry gives what is in force, not what was meant".to_owned(),
                help: "write a list, `groups: [<name>]`, if the group is meant to be given".to_owned(),
            })
        })
        .collect()
}
