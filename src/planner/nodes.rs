use std::collections::BTreeMap;

use super::classify::{NodeRoles, NodegroupRole};
use super::{NodeRole, Target};
use crate::model::{EntryType, PrincipalArn};
use crate::snapshot::ObservedEntry;

/// Every role that nodes or Fargate pods use, and whether it will have an entry of the right type.
pub(super) fn coverage(
    nodes: &NodeRoles,
    targets: &BTreeMap<PrincipalArn, Target>,
    entries: &[ObservedEntry],
) -> Vec<NodeRole> {
    let mut roles = BTreeMap::<PrincipalArn, (Vec<String>, EntryType)>::new();
    for (role, NodegroupRole { names, windows, linux: _ }) in &nodes.nodegroups {
        let needs = if *windows { EntryType::Ec2Windows } else { EntryType::Ec2Linux };
        let users = names.iter().map(|name| format!("node group {name}")).collect();
        roles.insert(role.clone(), (users, needs));
    }
    for (role, names) in &nodes.fargate {
        let users: Vec<String> = names.iter().map(|name| format!("Fargate profile {name}")).collect();
        roles
            .entry(role.clone())
            .and_modify(|(others, _)| others.extend(users.iter().cloned()))
            .or_insert((users, EntryType::FargateLinux));
    }
    if let Some(role) = &nodes.auto_mode {
        roles.entry(role.clone()).or_insert((vec!["EKS Auto Mode".to_owned()], EntryType::Ec2));
    }
    for (role, target) in targets.iter().filter(|(_, target)| !target.entry.entry_type.is_standard()) {
        let needs = target.entry.entry_type.clone();
        roles
            .entry(role.clone())
            // a node group with an AMI of one's own does not say that it is Windows; its line does
            .and_modify(|(_, known)| {
                if needs == EntryType::Ec2Windows {
                    *known = EntryType::Ec2Windows;
                }
            })
            .or_insert((vec!["aws-auth".to_owned()], needs));
    }
    roles
        .into_iter()
        .map(|(role, (used_by, needs))| {
            let target = targets.get(&role).map(|target| target.entry.entry_type.clone());
            let existing = || {
                let principal = role.to_string();
                entries
                    .iter()
                    .find(|entry| entry.principal == principal)
                    .map(|entry| entry.entry_type.clone())
            };
            let gets = target.or_else(existing);
            let covered = gets.as_ref() == Some(&needs);
            NodeRole { role, used_by, needs, gets, covered }
        })
        .collect()
}
