use super::{Check, Found, Held, Rule, RuleId, spelling};

const SYSTEM: [&str; 5] =
    ["system:masters", "system:nodes", "system:bootstrappers", "system:node-proxier", "system:authenticated"];

/// A group nobody binds gives nothing and is no error; these have been met in the wild.
pub(crate) const RULE: Rule = Rule { id: RuleId::MisspeltGroup, check: Check::Mapping(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    let groups = held.groups.iter().enumerate();
    groups
        .filter(|(_, group)| !SYSTEM.contains(&group.as_str()) && *group != "system:unauthenticated")
        .filter_map(|(index, group)| {
            let meant = spelling::nearest(&group.trim().to_lowercase(), &SYSTEM, 2)?;
            Some(Found {
                span: held.group_span(index),
                title: format!("{group} is not {meant}"),
                label: format!("did you mean {meant}?"),
                today: format!("EKS uses the group as written: no permissions of {meant}"),
                then: "the access entry gives the group as written".to_owned(),
                help: format!("write {meant} if you mean that, or delete the group"),
            })
        })
        .collect()
}
