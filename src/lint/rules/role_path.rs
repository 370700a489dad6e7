use super::{Check, Found, Never, Rule, RuleId, never, spans};

/// STS shows a session's role without its path, and the map's ARN is compared as it is (authenticator, `pkg/arn`).
pub(crate) const RULE: Rule = Rule { id: RuleId::RolePath, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let mappings = never::mappings(input).filter_map(|(mapping, never)| match never {
        Never::RolePath { pathless } => Some((mapping, pathless)),
        _ => None,
    });
    mappings
        .map(|(mapping, pathless)| Found {
            span: spans::arn(mapping),
            title: "a role ARN with a path matches nothing".to_owned(),
            label: "has a path".to_owned(),
            today: format!("EKS matches roles without their path ({pathless}): this mapping has never given anybody access"),
            then: "no entry is created: it would grant new access"
                .to_owned(),
            help: format!("write {pathless} if the access is wanted, or delete the mapping"),
        })
        .collect()
}
