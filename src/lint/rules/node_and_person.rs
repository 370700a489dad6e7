use super::{Check, Found, Rule, RuleId, nodes, spans};

/// One role mapped for nodes and for people: only one of the mappings is effective, and an entry has one type.
pub(crate) const RULE: Rule = Rule { id: RuleId::NodeAndPerson, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    nodes::replaced(input)
        .filter(|(overridden, winner)| nodes::is_node(overridden) != nodes::is_node(winner))
        .map(|(overridden, winner)| {
            let (today, help) = if nodes::is_node(winner) {
                (
                    "only the node mapping is effective: people with the role authenticate as nodes, or not at all",
                    "give people their own role",
                )
            } else {
                (
                    "only this mapping is effective: nodes with the role can no longer join",
                    "give the nodes their own role, or delete this mapping",
                )
            };
            Found {
                span: spans::username(input.text(), winner),
                title: "one role is mapped for nodes and for something else".to_owned(),
                label: format!("effective; overrides line {}", overridden.place.line),
                today: today.to_owned(),
                then: "an access entry is either for nodes or STANDARD; it follows the effective mapping".to_owned(),
                help: help.to_owned(),
            }
        })
        .collect()
}
