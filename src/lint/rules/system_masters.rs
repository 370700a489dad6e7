use super::{Check, Found, Held, Level, Rule};
use crate::model::GroupName;

/// `system:masters` bypasses every authorizer; AmazonEKSClusterAdminPolicy is an authorizer's yes (EKS user guide).
pub(crate) const RULE: Rule = Rule { id: "system-masters", level: Level::Info, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    let masters = held.standard_groups().find(|(group, _)| *group == GroupName::MASTERS);
    masters
        .map(|(_, span)| Found {
            span,
            title: "system:masters becomes an access policy".to_owned(),
            label: "AmazonEKSClusterAdminPolicy".to_owned(),
            today: "the API server lets this group do anything and asks no authorizer".to_owned(),
            then: "the access entry has AmazonEKSClusterAdminPolicy for the cluster; RBAC's escalation checks and impersonation do not see it".to_owned(),
            help: "leave it, or in eksodus.yaml give `masters` a group of your own bound to cluster-admin".to_owned(),
        })
        .into_iter()
        .collect()
}
