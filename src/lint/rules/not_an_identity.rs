use super::{Check, Found, Never, Rule, RuleId, never, spans};

/// Every login is `iam::ACCOUNT:role/…`, `user/…`, `root` or `sts::ACCOUNT:federated-user/…` (authenticator, `pkg/arn`).
pub(crate) const RULE: Rule = Rule { id: RuleId::NotAnIdentity, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let mappings = never::mappings(input).filter_map(|(mapping, never)| match never {
        Never::Other { why } => Some((mapping, why)),
        _ => None,
    });
    mappings
        .map(|(mapping, why)| Found {
            span: spans::arn(mapping),
            title: "this ARN can never authenticate".to_owned(),
            label: match mapping.arn.splitn(6, ':').nth(5) {
                Some(resource) if resource.starts_with(':') => "one colon too many".to_owned(),
                _ => why.to_string(),
            },
            today: "EKS compares it literally: this mapping has never given anybody access".to_owned(),
            then: "no entry is created: it would grant new access".to_owned(),
            help: "fix the ARN if the access is wanted, or delete the mapping".to_owned(),
        })
        .collect()
}
