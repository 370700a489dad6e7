use super::{Check, Found, Rule, RuleId, nodes, spans};

/// One role for Linux and Windows nodes: an entry is EC2_LINUX or EC2_WINDOWS, and its type is for ever (EKS API, CreateAccessEntry).
pub(crate) const RULE: Rule = Rule { id: RuleId::LinuxAndWindows, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    nodes::replaced(input)
        .filter(|(overridden, winner)| nodes::is_node(overridden) && nodes::is_node(winner))
        .filter(|(overridden, winner)| nodes::is_windows(overridden) != nodes::is_windows(winner))
        .map(|(overridden, winner)| {
            let windows = nodes::is_windows(winner);
            Found {
                span: spans::groups(input.text(), winner),
                title: "Linux and Windows nodes share a role".to_owned(),
                label: format!("effective; overrides line {}", overridden.place.line),
                today: if windows {
                    "the Windows mapping applies to all nodes with this role"
                } else {
                    "the Linux mapping applies, so Windows nodes lack eks:kube-proxy-windows, which breaks their network"
                }
                .to_owned(),
                then: format!(
                    "the role's one entry becomes {}, for all its nodes",
                    if windows { "EC2_WINDOWS" } else { "EC2_LINUX" }
                ),
                help: "give the Windows nodes their own role".to_owned(),
            }
        })
        .collect()
}
