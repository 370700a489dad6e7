//! Whether every role of nodes and Fargate pods will have an entry of the right type.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{Facts, NodeNeeds, NodeUse, Requirement, UsedBy};
use crate::findings::{Finding, NodeWayOut, Reason};
use crate::model::{AuthenticationMode, CanonicalArn, EntryType, PrincipalArn};
use crate::planner::{Line, NodeRole, Outcome, Target};

/// Every role that nodes or Fargate pods use, and for each type that its uses need whether it will have an entry of one that
/// serves them.
///
/// What `aws-auth` alone takes for nodes is covered by its own entry, which proves nothing where EKS was not asked who its
/// nodes are: it is left out then.
pub(in crate::planner) fn cover_nodes(
    facts: &Facts<'_>,
    targets: &BTreeMap<PrincipalArn, Target>,
) -> Vec<NodeRole> {
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

/// A use of a node's role that no entry will serve, and the way out that there is.
pub(in crate::planner) fn notice(
    node: &NodeRole,
    nodes: &[NodeRole],
    lines: &[Line],
    facts: &Facts<'_>,
) -> Option<Finding> {
    if node.covered {
        return None;
    }
    let way_out = match &node.gets {
        None => without_entry(node, lines, facts),
        // one entry of another type would serve all
        Some(_) if nodes.iter().filter(|other| other.role == node.role).count() == 1 => {
            match mapping_of(node, lines) {
                Some(line) => NodeWayOut::DecideType { arn: line.arn.clone() },
                None => NodeWayOut::RecreateEntry,
            }
        }
        Some(_) => NodeWayOut::OwnRole,
    };
    let NodeRole { role, used_by, needs, gets, covered: _ } = node.clone();
    Some(Finding::new(None, role.as_str(), Reason::NodeUncovered { used_by, needs, gets, way_out }))
}

/// What to do for a node's role that has no entry: EKS makes those of what it runs, and `aws-auth` names the others.
fn without_entry(node: &NodeRole, lines: &[Line], facts: &Facts<'_>) -> NodeWayOut {
    let cluster = facts.snapshot.cluster.as_ref();
    let cluster = cluster.map_or("CLUSTER", |cluster| cluster.id.name.as_str()).to_owned();
    match mapping_of(node, lines).map(|line| (&line.at, &line.outcome)) {
        Some((at, Outcome::Skipped { .. })) => NodeWayOut::TakeBackSkip { at: at.clone(), cluster },
        Some((at, Outcome::Blocked { .. })) => NodeWayOut::Decide { at: at.clone() },
        _ if facts.mode == Some(AuthenticationMode::ConfigMap) => NodeWayOut::AfterSwitch { cluster },
        _ => NodeWayOut::CreateEntry { cluster },
    }
}

/// The mapping that counts for the role.
fn mapping_of<'l>(node: &NodeRole, lines: &'l [Line]) -> Option<&'l Line> {
    let key = CanonicalArn::of_principal(&node.role);
    let counts = |line: &&Line| {
        !matches!(
            line.outcome,
            Outcome::Superseded { .. } | Outcome::Dropped { .. } | Outcome::NeverMatches { .. }
        ) && CanonicalArn::as_mapped(&line.arn) == key
    };
    lines.iter().find(counts)
}
