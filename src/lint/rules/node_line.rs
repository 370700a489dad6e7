use super::{Check, Found, Held, Rule, RuleId};
use crate::model::EntryType;
use crate::planner::mappings::classify::Class;

/// Node entries have a fixed username and groups, and their type is for ever (EKS user guide, "Create access entries").
pub(crate) const RULE: Rule = Rule { id: RuleId::NodeLine, check: Check::Mapping(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    let Ok(Class::Node { entry_type, lost: _ }) = &held.class else { return Vec::new() };
    let why = match entry_type {
        EntryType::Ec2Windows => "because of the group eks:kube-proxy-windows",
        EntryType::FargateLinux => "because of the session name and the group system:node-proxier",
        EntryType::HybridLinux => "because of the session name; could also be Fargate or Auto Mode",
        _ => "because of the username",
    };
    vec![Found {
        span: held.username_span(),
        title: format!("node mapping: becomes an entry of type {entry_type}"),
        label: why.to_owned(),
        today: "nodes or Fargate pods with this role join by this mapping".to_owned(),
        then:
            "the type sets the username and system:nodes (not system:bootstrappers) and is immutable"
                .to_owned(),
        help:
            "keep the mapping until the entry exists; plan from a snapshot with node groups and Fargate profiles"
                .to_owned(),
    }]
}
