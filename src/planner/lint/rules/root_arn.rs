use super::{Check, Found, Level, Rule, SetAside, spans};

/// `:root` matches the root user's own logins, not everyone in the account (authenticator, `pkg/arn`).
pub(super) const RULE: Rule = Rule { id: "root-arn", level: Level::Warning, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let lines = input.set_aside.iter().filter(|(_, why)| matches!(why, SetAside::Root));
    lines
        .map(|(mapping, _)| Found {
            span: spans::arn(mapping),
            title: "root is one user, not the account".to_owned(),
            label: "the root user alone".to_owned(),
            today: "the server lets in the account's root user by this line, and nobody else".to_owned(),
            then:
                "it becomes no access entry: EKS accepts the ARN, but it stands for nobody else there either"
                    .to_owned(),
            help: "name the roles or users that need the access".to_owned(),
        })
        .collect()
}
