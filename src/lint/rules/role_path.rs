use super::{Check, Found, Never, Rule, RuleId, never, spans};

/// STS shows a session's role without its path, and the map's ARN is compared as it is (authenticator, `pkg/arn`).
pub(crate) const RULE: Rule = Rule { id: RuleId::RolePath, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let lines = never::lines(input).filter_map(|(mapping, never)| match never {
        Never::RolePath { pathless } => Some((mapping, pathless)),
        _ => None,
    });
    lines
        .map(|(mapping, pathless)| Found {
            span: spans::arn(mapping),
            title: "a role with its path matches nobody".to_owned(),
            label: "has a path".to_owned(),
            today: format!("a login shows the role as {pathless}, so this line has never let anybody in"),
            then: "an access entry wants the path and would grant access that nobody has; none is made"
                .to_owned(),
            help: format!("write {pathless} here if the access is missed, or delete the line"),
        })
        .collect()
}
