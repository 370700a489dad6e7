use std::collections::{BTreeMap, BTreeSet};

use super::{Blocker, PrincipalDecision};
use crate::model::{AccountId, EntryType, GroupName, PrincipalArn, Token, UsernameTemplate};
use crate::snapshot::Snapshot;

/// What kind of entry a line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Class {
    Standard,
    /// `lost`: groups of the line that the type cannot carry.
    Node {
        entry_type: EntryType,
        lost: BTreeSet<String>,
    },
}

const NODES: &str = "system:nodes";
const BOOTSTRAPPERS: &str = "system:bootstrappers";
const NODE_PROXIER: &str = "system:node-proxier";
const WINDOWS: &str = "eks:kube-proxy-windows";

/// The roles that nodes and Fargate pods run under, as EKS lists them.
pub(super) struct NodeRoles {
    pub nodegroups: BTreeMap<PrincipalArn, NodegroupRole>,
    pub fargate: BTreeMap<PrincipalArn, Vec<String>>,
    pub auto_mode: Option<PrincipalArn>,
    pub account: Option<AccountId>,
}

/// The node groups of one role; an image of one's own may be of either kind.
#[derive(Default)]
pub(super) struct NodegroupRole {
    pub names: Vec<String>,
    pub windows: bool,
    pub linux: bool,
}

impl NodeRoles {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let mut nodegroups = BTreeMap::<_, NodegroupRole>::new();
        for nodegroup in snapshot.nodegroups.iter().flatten() {
            let role = nodegroups.entry(nodegroup.node_role.clone()).or_default();
            role.names.push(nodegroup.name.clone());
            role.windows |= nodegroup.is_windows();
            role.linux |= !nodegroup.is_windows() && !nodegroup.is_custom();
        }
        let mut fargate = BTreeMap::<_, Vec<String>>::new();
        for profile in snapshot.fargate_profiles.iter().flatten() {
            fargate.entry(profile.pod_execution_role.clone()).or_default().push(profile.name.clone());
        }
        Self {
            nodegroups,
            fargate,
            auto_mode: snapshot.cluster.as_ref().and_then(|cluster| cluster.auto_mode_node_role.clone()),
            account: snapshot.cluster.as_ref().map(|cluster| cluster.id.account),
        }
    }
}

/// Tells nodes from people by what the server gives them: username and groups, and by who uses the role.
///
/// # Errors
/// Half a node, or a node that no entry type can stand for.
pub(super) fn classify(
    principal: &PrincipalArn,
    username: &UsernameTemplate,
    groups: &[String],
    nodes: &NodeRoles,
    decision: Option<&PrincipalDecision>,
) -> Result<Class, Blocker> {
    let has = |group: &str| groups.iter().any(|held| held == group);
    let by_dns = username.as_str() == format!("system:node:{}", Token::Ec2PrivateDnsName.as_str());
    let by_session = username.as_str() == format!("system:node:{}", Token::SessionName.as_str());

    let entry_type = match decision.and_then(|decision| decision.entry_type.clone()) {
        Some(EntryType::Standard) => return Ok(Class::Standard),
        Some(decided) => decided,
        None if !by_dns && !by_session => return Ok(Class::Standard),
        None if !has(NODES) => {
            return Err(Blocker::NotQuiteANode {
                why: format!("it has a node's username but not the group {NODES}"),
            });
        }
        None if has(GroupName::MASTERS) => return Err(Blocker::NodeAndMasters),
        None if by_dns && has(WINDOWS) => EntryType::Ec2Windows,
        None if by_dns => EntryType::Ec2Linux,
        None if nodes.fargate.contains_key(principal) => EntryType::FargateLinux,
        None if nodes.auto_mode.as_ref() == Some(principal) => EntryType::Ec2,
        None if nodes.nodegroups.contains_key(principal) => {
            return Err(Blocker::NotQuiteANode {
                why: format!(
                    "a node group uses the role, but its username is {username}, which no entry type for node groups gives"
                ),
            });
        }
        None if has(NODE_PROXIER) => EntryType::FargateLinux,
        None => EntryType::HybridLinux,
    };

    if !principal.is_role() {
        return Err(Blocker::NodePrincipal {
            why: format!("type {entry_type} is for roles, and this is a user"),
        });
    }
    if let Some(home) = &nodes.account
        && principal.account() != home
    {
        return Err(Blocker::NodePrincipal {
            why: format!("type {entry_type} needs a role of the cluster's account {home}"),
        });
    }
    let carried = |group: &&String| match group.as_str() {
        NODES | BOOTSTRAPPERS | "system:authenticated" => true,
        NODE_PROXIER => entry_type == EntryType::FargateLinux,
        WINDOWS => entry_type == EntryType::Ec2Windows,
        _ => false,
    };
    let lost = groups.iter().filter(|group| !carried(group)).cloned().collect();
    Ok(Class::Node { entry_type, lost })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(username: &str, groups: &[&str], fargate: &[&str]) -> Result<Class, Blocker> {
        let nodes = NodeRoles {
            nodegroups: BTreeMap::new(),
            fargate: fargate.iter().map(|role| (role.parse().unwrap(), vec!["fp".to_owned()])).collect(),
            auto_mode: None,
            account: Some("111122223333".parse().unwrap()),
        };
        let groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
        classify(&ROLE.parse().unwrap(), &UsernameTemplate::new(username), &groups, &nodes, None)
    }

    const ROLE: &str = "arn:aws:iam::111122223333:role/Node";
    const DNS: &str = "system:node:{{EC2PrivateDNSName}}";
    const SESSION: &str = "system:node:{{SessionName}}";

    fn node(entry_type: EntryType) -> Result<Class, Blocker> {
        Ok(Class::Node { entry_type, lost: BTreeSet::new() })
    }

    #[test]
    fn the_five_kinds_of_nodes() {
        assert_eq!(class(DNS, &[BOOTSTRAPPERS, NODES], &[]), node(EntryType::Ec2Linux));
        assert_eq!(class(DNS, &[WINDOWS, BOOTSTRAPPERS, NODES], &[]), node(EntryType::Ec2Windows));
        assert_eq!(class(SESSION, &[BOOTSTRAPPERS, NODES, NODE_PROXIER], &[]), node(EntryType::FargateLinux));
        assert_eq!(class(SESSION, &[BOOTSTRAPPERS, NODES], &[ROLE]), node(EntryType::FargateLinux));
        assert_eq!(class(SESSION, &[BOOTSTRAPPERS, NODES], &[]), node(EntryType::HybridLinux));
    }

    #[test]
    fn half_a_node_is_no_node() {
        assert!(matches!(class(DNS, &[BOOTSTRAPPERS], &[]), Err(Blocker::NotQuiteANode { .. })));
        assert_eq!(class(DNS, &[NODES, "system:masters"], &[]), Err(Blocker::NodeAndMasters));
        assert_eq!(class("dev", &[NODES], &[]), Ok(Class::Standard));
    }

    #[test]
    fn groups_beyond_a_nodes_own_are_lost() {
        let lost = BTreeSet::from(["team-a".to_owned()]);
        assert_eq!(
            class(DNS, &[NODES, "team-a"], &[]),
            Ok(Class::Node { entry_type: EntryType::Ec2Linux, lost })
        );
    }
}
