use super::{Check, Found, Held, Rule, RuleId, spelling};

const SYSTEM: [&str; 5] =
    ["system:masters", "system:nodes", "system:bootstrappers", "system:node-proxier", "system:authenticated"];

/// A group nobody binds gives nothing and is no error; these have been met in the wild.
pub(crate) const RULE: Rule = Rule { id: RuleId::MisspeltGroup, check: Check::Line(check) };

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
                today: format!("the server gives the group as it is written, and nothing of {meant}"),
                then: "the migration gives what is in force, not what was meant".to_owned(),
                help: format!("write {meant} if it is meant, or delete the group"),
            })
        })
        .collect()
}
