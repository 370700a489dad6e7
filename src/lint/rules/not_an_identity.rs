use super::{Check, Found, Never, Rule, RuleId, never, spans};

/// Every login is `iam::ACCOUNT:role/…`, `user/…`, `root` or `sts::ACCOUNT:federated-user/…` (authenticator, `pkg/arn`).
pub(crate) const RULE: Rule = Rule { id: RuleId::NotAnIdentity, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let lines = never::lines(input).filter_map(|(mapping, never)| match never {
        Never::Other { why } => Some((mapping, why)),
        _ => None,
    });
    lines
        .map(|(mapping, why)| Found {
            span: spans::arn(mapping),
            title: "this is the ARN of nobody who can log in".to_owned(),
            label: match mapping.arn.splitn(6, ':').nth(5) {
                Some(resource) if resource.starts_with(':') => "a colon too many".to_owned(),
                _ => why.to_string(),
            },
            today: "the server compares it as it is, so the line has never let anybody in".to_owned(),
            then: "it becomes no access entry: that would grant access nobody has".to_owned(),
            help: "correct the ARN if the access is missed, or delete the line".to_owned(),
        })
        .collect()
}
