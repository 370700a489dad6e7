use super::{Check, Found, Rule, RuleId, nodes, spans};

/// One role for Linux and Windows nodes: an entry is EC2_LINUX or EC2_WINDOWS, and its type is for ever (EKS API, CreateAccessEntry).
pub(crate) const RULE: Rule = Rule { id: RuleId::LinuxAndWindows, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    nodes::replaced(input)
        .filter(|(line, winner)| nodes::is_node(line) && nodes::is_node(winner))
        .filter(|(line, winner)| nodes::is_windows(line) != nodes::is_windows(winner))
        .map(|(line, winner)| {
            let windows = nodes::is_windows(winner);
            Found {
                span: spans::groups(input.text(), winner),
                title: "Linux and Windows nodes share a role".to_owned(),
                label: format!("in force instead of line {}", line.place.line),
                today: if windows {
                    "the Windows line is in force for all of the role's nodes"
                } else {
                    "the Linux line is in force, so Windows nodes lack eks:kube-proxy-windows, which breaks their network"
                }
                .to_owned(),
                then: format!(
                    "the one entry becomes {}, for all of the role's nodes",
                    if windows { "EC2_WINDOWS" } else { "EC2_LINUX" }
                ),
                help: "give Windows nodes a role of their own".to_owned(),
            }
        })
        .collect()
}
