use super::{Check, Found, Held, Rule, RuleId};
use crate::model::EntryType;
use crate::planner::mappings::classify::Class;

/// Node entries have a fixed username and groups, and their type is for ever (EKS user guide, "Create access entries").
pub(crate) const RULE: Rule = Rule { id: RuleId::NodeLine, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    let Ok(Class::Node { entry_type, lost: _ }) = &held.class else { return Vec::new() };
    let why = match entry_type {
        EntryType::Ec2Windows => "by the group eks:kube-proxy-windows",
        EntryType::FargateLinux => "by the session name and the group system:node-proxier",
        EntryType::HybridLinux => "by the session name; the file cannot tell it from Fargate or Auto Mode",
        _ => "by the username",
    };
    vec![Found {
        span: held.username_span(),
        title: format!("nodes: the access entry is of type {entry_type}"),
        label: why.to_owned(),
        today: "nodes or Fargate pods with this role join by this line".to_owned(),
        then:
            "the type brings the username and system:nodes, not system:bootstrappers, and cannot be changed"
                .to_owned(),
        help:
            "keep the line until the entry is there; plan with the node groups and Fargate profiles at hand"
                .to_owned(),
    }]
}
