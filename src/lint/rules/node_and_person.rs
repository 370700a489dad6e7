use super::{Check, Found, Rule, RuleId, nodes, spans};

/// One role mapped for nodes and for people: only one of the lines is in force, and an entry has one type.
pub(crate) const RULE: Rule = Rule { id: RuleId::NodeAndPerson, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    nodes::replaced(input)
        .filter(|(line, winner)| nodes::is_node(line) != nodes::is_node(winner))
        .map(|(line, winner)| {
            let (today, help) = if nodes::is_node(winner) {
                (
                    "only the node line is in force: people with the role come in as nodes, or not at all",
                    "give people a role of their own",
                )
            } else {
                (
                    "only this line is in force, so no node with the role can join any more",
                    "give the nodes a role of their own, or delete this line",
                )
            };
            Found {
                span: spans::username(input.text(), winner),
                title: "one role is mapped for nodes and for something else".to_owned(),
                label: format!("in force instead of line {}", line.place.line),
                today: today.to_owned(),
                then: "an access entry is either a node's or STANDARD; this line decides".to_owned(),
                help: help.to_owned(),
            }
        })
        .collect()
}
