use super::{Check, Found, Held, Level, Rule};
use crate::planner::Blocker;

/// Entries for nodes are for roles of the cluster's account (EKS user guide, "Create access entries").
pub(crate) const RULE: Rule = Rule { id: "node-principal", level: Level::Blocks, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    let Err(Blocker::NodePrincipal { why }) = &held.class else { return Vec::new() };
    vec![Found {
        span: held.arn_span(),
        title: "this principal can have no entry for nodes".to_owned(),
        label: why.clone(),
        today: "the server gives it a node's username and groups".to_owned(),
        then: "EKS takes roles alone for nodes, and a STANDARD entry cannot have the username".to_owned(),
        help: format!(
            "in eksodus.yaml, for principal {}: `type: STANDARD` with a `username` and `groups`",
            held.mapping.arn
        ),
    }]
}
