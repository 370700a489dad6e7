use super::{Check, Found, Level, Rule, SetAside, spans};

/// Access entries are for roles and users; federated users log in without being either (EKS API, CreateAccessEntry).
pub(crate) const RULE: Rule = Rule { id: "not-a-principal", level: Level::Blocks, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let lines = input.set_aside.iter().filter_map(|(mapping, why)| match why {
        SetAside::NotAPrincipal(why) => Some((*mapping, why)),
        _ => None,
    });
    lines
        .map(|(mapping, why)| Found {
            span: spans::arn(mapping),
            title: "this is neither a role nor a user".to_owned(),
            label: why.clone(),
            today: "the server lets this identity in".to_owned(),
            then: "an access entry is for a role or a user, so it can have none".to_owned(),
            help: format!(
                "let it assume a role and map that one; in eksodus.yaml, for principal {}: `skip: <why>`",
                mapping.arn
            ),
        })
        .collect()
}
