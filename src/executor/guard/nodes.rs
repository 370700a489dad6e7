use std::collections::BTreeMap;

use super::super::Refusal;
use crate::model::{EntryType, PrincipalArn};
use crate::planner::Plan;
use crate::snapshot::Snapshot;

/// The roles that nodes and Fargate pods run under.
pub(in crate::executor) fn roles(plan: &Plan, now: &Snapshot) -> Vec<String> {
    let nodegroups = now.nodegroups.iter().flatten().map(|it| &it.node_role);
    let profiles = now.fargate_profiles.iter().flatten().map(|it| &it.pod_execution_role);
    let auto_mode = now.cluster.iter().filter_map(|it| it.auto_mode_node_role.as_ref());
    let planned = plan.nodes.iter().map(|node| &node.role);
    nodegroups.chain(profiles).chain(auto_mode).chain(planned).map(ToString::to_string).collect()
}

/// Every role that nodes or Fargate pods run under has an entry of a type that fits.
pub(super) fn covered(plan: &Plan, now: &Snapshot) -> Vec<Refusal> {
    let (Some(nodegroups), Some(profiles)) = (&now.nodegroups, &now.fargate_profiles) else {
        return vec![Refusal::NodesUnknown];
    };
    let mut needs: BTreeMap<&PrincipalArn, (EntryType, String)> = BTreeMap::new();
    for profile in profiles {
        let used_by = format!("Fargate profile {}", profile.name);
        needs.insert(&profile.pod_execution_role, (EntryType::FargateLinux, used_by));
    }
    for nodegroup in nodegroups {
        let used_by = format!("node group {}", nodegroup.name);
        let windows = nodegroup.is_windows();
        let linux_seen = || (EntryType::Ec2Linux, used_by.clone());
        let need = needs.entry(&nodegroup.node_role).or_insert_with(linux_seen);
        // one role for both kinds of node needs the Windows type
        if windows {
            *need = (EntryType::Ec2Windows, used_by);
        }
    }
    if let Some(role) = now.cluster.as_ref().and_then(|cluster| cluster.auto_mode_node_role.as_ref()) {
        needs.insert(role, (EntryType::Ec2, "EKS Auto Mode".to_owned()));
    }
    // what the plan found out about a role, such as a Windows image of one's own, goes before the names of images
    for node in &plan.nodes {
        needs.insert(&node.role, (node.needs.clone(), node.used_by.join(", ")));
    }
    let found: BTreeMap<&str, &EntryType> = now
        .access_entries
        .iter()
        .flatten()
        .map(|entry| (entry.principal.as_str(), &entry.entry_type))
        .collect();
    let wrong = needs.into_iter().filter_map(|(role, (needs, used_by))| {
        let found = found.get(role.to_string().as_str()).map(|found| (*found).clone());
        (found.as_ref() != Some(&needs)).then(|| Refusal::NodeRole {
            role: role.clone(),
            used_by,
            needs,
            found,
        })
    });
    wrong.collect()
}
