use super::{Check, Found, Level, Rule, SetAside, spans};

/// EKS refuses entries for service-linked roles (EKS user guide, "Create access entries").
pub(crate) const RULE: Rule =
    Rule { id: "service-linked-role", level: Level::Blocks, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let lines = input.set_aside.iter().filter(|(_, why)| matches!(why, SetAside::ServiceLinked));
    lines
        .map(|(mapping, _)| Found {
            span: spans::arn(mapping),
            title: "a service-linked role can have no access entry of yours".to_owned(),
            label: "owned by an AWS service".to_owned(),
            today: "the server lets the service in by this line".to_owned(),
            then: "EKS refuses the entry; services that support access entries make their own".to_owned(),
            help: format!(
                "in eksodus.yaml, for principal {}: `skip: <why>`, once the service has its own way in",
                mapping.arn
            ),
        })
        .collect()
}
