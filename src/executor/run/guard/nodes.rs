use std::collections::BTreeMap;

use crate::executor::Refusal;
use crate::facts::{Facts, NodeUse, Requirement, UsedBy};
use crate::model::{EntryType, PrincipalArn};
use crate::planner::Plan;

/// The roles that nodes and Fargate pods run under.
pub(crate) fn roles(plan: &Plan, now: &Facts<'_>) -> Vec<String> {
    let listed = now.nodes.roles().map(|(role, _)| role);
    listed.chain(plan.nodes.iter().map(|node| &node.role)).map(ToString::to_string).collect()
}

/// Each use of every role that nodes or Fargate pods run under is served by the role's entry, which is alive.
pub(super) fn covered(plan: &Plan, now: &Facts<'_>) -> Vec<Refusal> {
    if !now.nodes.asked.nodegroups || !now.nodes.asked.fargate_profiles {
        return vec![Refusal::NodesUnknown];
    }
    let mut uses: BTreeMap<&PrincipalArn, Vec<(String, Requirement)>> = BTreeMap::new();
    for (role, listed) in now.nodes.roles() {
        uses.entry(role).or_default().extend(listed.iter().map(|it| (described(it), it.requires)));
    }
    // what only the mapping tells: self-managed nodes, a Windows image of one's own
    for node in &plan.nodes {
        let known = Requirement::of_type(&node.needs);
        uses.entry(&node.role).or_default().extend(known.map(|it| (node.used_by.join(", "), it)));
    }
    let mut refusals = Vec::new();
    for (role, uses) in uses {
        let entry = now.entries.of_principal(role).filter(|entry| !entry.liveness.is_dead());
        let found: Option<EntryType> = entry.map(|entry| entry.observed.entry_type.clone());
        let is_served = |requires: Requirement| found.as_ref().is_some_and(|it| requires.is_served_by(it));
        let missing = uses.into_iter().find(|(_, requires)| !is_served(*requires));
        refusals.extend(missing.map(|(used_by, requires)| Refusal::NodeRole {
            role: role.clone(),
            used_by,
            needs: requires.entry_type(),
            found,
        }));
    }
    refusals
}

fn described(used: &NodeUse) -> String {
    match &used.by {
        UsedBy::Nodegroup(name) => format!("node group {name}"),
        UsedBy::FargateProfile(name) => format!("Fargate profile {name}"),
        UsedBy::AutoMode => "EKS Auto Mode".to_owned(),
        UsedBy::Mapping => "aws-auth only".to_owned(),
    }
}
