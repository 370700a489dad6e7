use super::{Check, Found, Never, Rule, RuleId, never, spans};

/// A session is looked up as its role (authenticator, `pkg/arn`, Canonicalize).
pub(crate) const RULE: Rule = Rule { id: RuleId::SessionArn, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let mappings = never::mappings(input).filter_map(|(mapping, never)| match never {
        Never::SessionArn { role } => Some((mapping, role)),
        _ => None,
    });
    mappings
        .map(|(mapping, role)| Found {
            span: spans::arn(mapping),
            title: "a session ARN matches nothing".to_owned(),
            label: "assumed-role".to_owned(),
            today: "EKS looks sessions up by their role: this mapping has never given anybody access"
                .to_owned(),
            then: "no entry is created: EKS rejects sessions, and an entry for the role would grant new access"
                .to_owned(),
            help: match role {
                Some(role) => {
                    format!("write {role} if every session of the role should have access, or delete the mapping")
                }
                None => "map the role if its sessions should have access, or delete the mapping".to_owned(),
            },
        })
        .collect()
}
