use super::{Check, Found, Held, Level, Rule};
use crate::model::GroupName;
use crate::planner::Blocker;

/// A node's entry takes neither groups nor access policies (EKS user guide, "Create access entries").
pub(crate) const RULE: Rule =
    Rule { id: "node-and-masters", level: Level::Blocks, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    if !matches!(held.class, Err(Blocker::NodeAndMasters)) {
        return Vec::new();
    }
    let masters = held.groups.iter().position(|group| group == GroupName::MASTERS);
    vec![Found {
        span: masters.map_or_else(|| held.groups_span(), |index| held.group_span(index)),
        title: "every node of this role is cluster administrator".to_owned(),
        label: "on a node's line".to_owned(),
        today: "the server gives nodes system:masters, and so anybody who gets hold of one".to_owned(),
        then: "an access entry is a node's or an administrator's, never both".to_owned(),
        help: format!("in eksodus.yaml, for principal {}: `type: EC2_LINUX`", held.mapping.arn),
    }]
}
