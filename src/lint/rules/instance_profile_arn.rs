use super::{Check, Found, Never, Rule, RuleId, never, spans};

/// An instance logs in as its role, never as the profile that carries it (EKS user guide, "Troubleshooting IAM").
pub(crate) const RULE: Rule = Rule { id: RuleId::InstanceProfileArn, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let lines = never::lines(input).filter(|(_, never)| *never == Never::InstanceProfile);
    lines
        .map(|(mapping, _)| Found {
            span: spans::arn(mapping),
            title: "an instance profile matches nobody".to_owned(),
            label: "not a role".to_owned(),
            today: "an instance logs in as the role in its profile, so no node has ever come in by this line"
                .to_owned(),
            then: "it becomes no access entry: EKS refuses instance profiles".to_owned(),
            help: "name the profile's role if its nodes should join, or delete the line".to_owned(),
        })
        .collect()
}
