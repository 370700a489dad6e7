use super::{Check, Found, Held, Level, Rule};
use crate::planner::Blocker;

/// A node needs its username and `system:nodes`; the node authorizer ignores whoever lacks one (Kubernetes, "Node authorization").
pub(crate) const RULE: Rule = Rule { id: "half-a-node", level: Level::Blocks, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    let Err(Blocker::NotQuiteANode { why }) = &held.class else { return Vec::new() };
    vec![Found {
        span: held.username_span(),
        title: "a node's username without the group system:nodes".to_owned(),
        label: why.clone(),
        today: "its nodes get the name but not a node's rights, and cannot join as they should".to_owned(),
        then: "a node entry would grant more than the line gives, a STANDARD one cannot have the username"
            .to_owned(),
        help: format!(
            "in eksodus.yaml, for principal {}: `type: EC2_LINUX` if it is for nodes",
            held.mapping.arn
        ),
    }]
}
