use super::{Check, Found, Never, Rule, RuleId, never, spans};

/// A session is looked up as its role (authenticator, `pkg/arn`, Canonicalize).
pub(crate) const RULE: Rule = Rule { id: RuleId::SessionArn, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let lines = never::lines(input).filter_map(|(mapping, never)| match never {
        Never::SessionArn { role } => Some((mapping, role)),
        _ => None,
    });
    lines
        .map(|(mapping, role)| Found {
            span: spans::arn(mapping),
            title: "a session's ARN matches nobody".to_owned(),
            label: "assumed-role".to_owned(),
            today: "the server looks a session up as its role, so this line has never let anybody in"
                .to_owned(),
            then: "it becomes no access entry: EKS refuses sessions, and one for the role would grant access"
                .to_owned(),
            help: match role {
                Some(role) => {
                    format!("write {role} if every session of the role should come in, or delete the line")
                }
                None => "name the role if its sessions should come in, or delete the line".to_owned(),
            },
        })
        .collect()
}
