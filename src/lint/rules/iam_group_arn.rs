use super::{Check, Found, Never, Rule, RuleId, never, spans};

/// IAM groups are not principals, here or in access entries (EKS user guide, "Grant IAM users access to Kubernetes with a ConfigMap").
pub(crate) const RULE: Rule = Rule { id: RuleId::IamGroupArn, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let lines = never::lines(input).filter(|(_, never)| *never == Never::IamGroup);
    lines
        .map(|(mapping, _)| Found {
            span: spans::arn(mapping),
            title: "an IAM group matches nobody".to_owned(),
            label: "not a principal".to_owned(),
            today: "its members log in as themselves, so this line has never let anybody in".to_owned(),
            then: "it becomes no access entry: EKS refuses groups".to_owned(),
            help: "let the members assume a role and map that one, or delete the line".to_owned(),
        })
        .collect()
}
