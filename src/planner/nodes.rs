use std::collections::{BTreeMap, BTreeSet};

use super::{NodeRole, Target};
use crate::facts::{Facts, NodeNeeds, NodeUse, Requirement, UsedBy};
use crate::model::{EntryType, PrincipalArn};

/// Every role that nodes or Fargate pods use, and for each type that its uses need whether it will have an entry of one that
/// serves them.
///
/// What `aws-auth` alone takes for nodes is covered by its own entry, which proves nothing where EKS was not asked who its
/// nodes are: it is left out then.
pub(super) fn coverage(facts: &Facts<'_>, targets: &BTreeMap<PrincipalArn, Target>) -> Vec<NodeRole> {
    let asked = facts.nodes.asked.nodegroups || facts.nodes.asked.fargate_profiles;
    let mut uses: BTreeMap<&PrincipalArn, Vec<NodeUse>> =
        facts.nodes.roles().map(|(role, uses)| (role, uses.to_vec())).collect();
    for (role, target) in targets.iter().filter(|_| asked) {
        let Some(requires) = Requirement::of_type(&target.entry.entry_type) else { continue };
        let known = uses.entry(role).or_default();
        if known.is_empty() {
            known.push(NodeUse { by: UsedBy::Mapping, requires });
        }
    }
    uses.into_iter().flat_map(|(role, uses)| of_role(facts, targets, role, uses)).collect()
}

fn of_role(
    facts: &Facts<'_>,
    targets: &BTreeMap<PrincipalArn, Target>,
    role: &PrincipalArn,
    uses: Vec<NodeUse>,
) -> Vec<NodeRole> {
    let live = || facts.entries.of_principal(role).filter(|entry| !entry.liveness.is_dead());
    let target = targets.get(role).map(|target| target.entry.entry_type.clone());
    let gets = target.or_else(|| live().map(|entry| entry.observed.entry_type.clone()));
    let mut by_type: BTreeMap<EntryType, Vec<NodeUse>> = BTreeMap::new();
    match NodeNeeds::type_for(&uses) {
        Some(one) => drop(by_type.insert(one, uses)),
        // no type serves them all: those that one serves stand together
        None => {
            let ec2: Vec<NodeUse> =
                uses.iter().filter(|it| it.requires.is_served_by(&EntryType::Ec2Windows)).cloned().collect();
            for it in uses {
                let together = NodeNeeds::type_for(&ec2).filter(|_| ec2.contains(&it));
                by_type.entry(together.unwrap_or_else(|| it.requires.entry_type())).or_default().push(it);
            }
        }
    }
    let row = |(needs, uses): (EntryType, Vec<NodeUse>)| {
        let covered = gets.as_ref().is_some_and(|gets| uses.iter().all(|it| it.requires.is_served_by(gets)));
        // what an entry of a wider type serves needs nothing else
        let needs = match &gets {
            Some(gets) if covered => gets.clone(),
            _ => needs,
        };
        let used_by: BTreeSet<String> = uses.iter().map(|it| it.by.to_string()).collect();
        NodeRole {
            role: role.clone(),
            used_by: used_by.into_iter().collect(),
            needs,
            gets: gets.clone(),
            covered,
        }
    };
    by_type.into_iter().map(row).collect()
}
