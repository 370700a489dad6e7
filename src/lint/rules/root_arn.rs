use super::{Check, Found, Level, Rule, SetAside, spans};

/// `:root` matches the root user's own logins, not everyone in the account (authenticator, `pkg/arn`).
pub(crate) const RULE: Rule = Rule { id: "root-arn", level: Level::Blocks, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let lines = input.set_aside.iter().filter(|(_, why)| matches!(why, SetAside::Root));
    lines
        .map(|(mapping, _)| Found {
            span: spans::arn(mapping),
            title: "root is one user, not the account".to_owned(),
            label: "the root user alone".to_owned(),
            today: "the server lets in the account's root user by this line, and nobody else".to_owned(),
            then: "no access entry stands for it, so the root user is let in for as long as aws-auth is read"
                .to_owned(),
            help: format!(
                "name the roles or users that need the access; in eksodus.yaml, for principal {}: `skip: <why>`",
                mapping.arn
            ),
        })
        .collect()
}
