use super::{Check, Found, Never, Rule, RuleId, never, spans};

/// IAM groups are not principals, here or in access entries (EKS user guide, "Grant IAM users access to Kubernetes with a ConfigMap").
pub(crate) const RULE: Rule = Rule { id: RuleId::IamGroupArn, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let mappings = never::mappings(input).filter(|(_, never)| *never == Never::IamGroup);
    mappings
        .map(|(mapping, _)| Found {
            span: spans::arn(mapping),
            title: "an IAM group cannot authenticate".to_owned(),
            label: "not a principal".to_owned(),
            today: "members authenticate as themselves: this mapping has never given anybody access".to_owned(),
            then: "no entry is created: EKS rejects groups".to_owned(),
            help: "map a role that the members can assume, or delete the mapping".to_owned(),
        })
        .collect()
}
