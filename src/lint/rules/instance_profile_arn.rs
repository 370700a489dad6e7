use super::{Check, Found, Never, Rule, RuleId, never, spans};

/// An instance logs in as its role, never as the profile that carries it (EKS user guide, "Troubleshooting IAM").
pub(crate) const RULE: Rule = Rule { id: RuleId::InstanceProfileArn, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let mappings = never::mappings(input).filter(|(_, never)| *never == Never::InstanceProfile);
    mappings
        .map(|(mapping, _)| Found {
            span: spans::arn(mapping),
            title: "an instance profile cannot authenticate".to_owned(),
            label: "not a role".to_owned(),
            today: "an instance authenticates as the role in its profile: this mapping has never admitted a node"
                .to_owned(),
            then: "no entry is created: EKS rejects instance profiles".to_owned(),
            help: "map the profile's role if its nodes should join, or delete the mapping".to_owned(),
        })
        .collect()
}
