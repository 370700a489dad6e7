//! Nodes and people told apart.

use std::collections::BTreeSet;

use crate::facts::{NodeNeeds, NodeUse, Requirement, UsedBy};
use crate::findings::{Impossible, TypeNeed};
use crate::model::{EntryType, GroupName, PrincipalArn, Token, UsernameTemplate};
use crate::planner::{Blocker, PrincipalDecision};

/// What kind of entry a mapping asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Class {
    Standard,
    /// `lost`: groups of the mapping that the type cannot have.
    Node {
        entry_type: EntryType,
        lost: BTreeSet<String>,
    },
}

/// Tells nodes from people by what the authenticator gives them, username and groups, and by who uses the role.
///
/// # Errors
/// Half a node, a node that no entry type can stand for, or a type that would serve no use of the role: an entry of a
/// wrong type is never made, since its type can never change.
pub(crate) fn classify(
    principal: &PrincipalArn,
    username: &UsernameTemplate,
    groups: &[String],
    nodes: &NodeNeeds,
    decision: Option<&PrincipalDecision>,
) -> Result<Class, Blocker> {
    let uses = nodes.uses_of(principal);
    let entry_type = match decision.and_then(|decision| decision.entry_type.clone()) {
        Some(decided) => serves(decided, uses)?,
        None => match kind_by_text(username, groups, uses)? {
            None if uses.is_empty() => return Ok(Class::Standard),
            None => return Err(node_role(uses)),
            Some(by_text) => with_uses(by_text, uses)?,
        },
    };
    if entry_type.is_standard() {
        return Ok(Class::Standard);
    }
    if !principal.is_role() {
        return Err(Blocker::NodePrincipal { entry_type, home: None });
    }
    if let Some(home) = &nodes.account
        && principal.account() != home
    {
        return Err(Blocker::NodePrincipal { entry_type, home: Some(*home) });
    }
    let lost = groups.iter().filter(|group| !carries(&entry_type, group)).cloned().collect();
    Ok(Class::Node { entry_type, lost })
}

/// Whether the node type gives what a node has by this group of its mapping.
pub(super) fn carries(entry_type: &EntryType, group: &str) -> bool {
    match group {
        GroupName::NODES | GroupName::BOOTSTRAPPERS | GroupName::AUTHENTICATED => true,
        GroupName::NODE_PROXIER => *entry_type == EntryType::FargateLinux,
        GroupName::WINDOWS => *entry_type == EntryType::Ec2Windows,
        _ => false,
    }
}

/// The kind of node that username and groups make; `None`: they are a person's.
pub(super) fn kind_by_text(
    username: &UsernameTemplate,
    groups: &[String],
    uses: &[NodeUse],
) -> Result<Option<Requirement>, Blocker> {
    let has = |group: &str| groups.iter().any(|held| held == group);
    let is = |token: Token| username.as_str().strip_prefix("system:node:") == Some(token.as_str());
    let (by_dns, by_session) = (is(Token::Ec2PrivateDnsName), is(Token::SessionName));
    let used = |requires: Requirement| uses.iter().any(|it| it.requires == requires);
    let needs = || uses.first().map(|first| node_type(uses, first));
    match () {
        () if !by_dns && !by_session => Ok(None),
        () if !has(GroupName::NODES) => Err(Blocker::NotQuiteANode { needs: needs() }),
        () if has(GroupName::MASTERS) => Err(Blocker::NodeAndMasters { needs: needs() }),
        () if by_dns && has(GroupName::WINDOWS) => Ok(Some(Requirement::Windows)),
        () if by_dns => Ok(Some(Requirement::Linux)),
        () if used(Requirement::Fargate) => Ok(Some(Requirement::Fargate)),
        () if used(Requirement::AutoMode) => Ok(Some(Requirement::AutoMode)),
        () if has(GroupName::NODE_PROXIER) => Ok(Some(Requirement::Fargate)),
        () => Ok(Some(Requirement::Hybrid)),
    }
}

/// The type for a node mapping, where EKS lists uses of its role: a node group's own image decides before the text.
fn with_uses(by_text: Requirement, uses: &[NodeUse]) -> Result<EntryType, Blocker> {
    let of_mapping = NodeUse { by: UsedBy::Mapping, requires: by_text };
    let like_it: Vec<NodeUse> =
        uses.iter().filter(|it| is_of_one_kind(it.requires, by_text)).cloned().collect();
    if like_it.is_empty() && !uses.is_empty() {
        return Err(node_role(uses));
    }
    let all: Vec<NodeUse> = like_it.into_iter().chain([of_mapping]).collect();
    Ok(NodeNeeds::type_for(&all).unwrap_or_else(|| by_text.entry_type()))
}

/// Nodes that EC2 runs, of either system, log in alike.
fn is_of_one_kind(one: Requirement, other: Requirement) -> bool {
    let is_ec2 = |it| matches!(it, Requirement::Linux | Requirement::Windows | Requirement::LinuxOrWindows);
    one == other || (is_ec2(one) && is_ec2(other))
}

/// A decided type must serve some use of the role, and all of them if any type does.
pub(super) fn serves(decided: EntryType, uses: &[NodeUse]) -> Result<EntryType, Blocker> {
    let right = match NodeNeeds::type_for(uses) {
        Some(_) => uses.iter().all(|it| it.requires.is_served_by(&decided)),
        None => uses.is_empty() || uses.iter().any(|it| it.requires.is_served_by(&decided)),
    };
    if right {
        return Ok(decided);
    }
    let each = uses.iter().map(|it| TypeNeed { by: it.by.to_string(), needs: it.requires.entry_type() });
    Err(Blocker::Decision { why: Impossible::WrongType { decided, uses: each.collect() } })
}

fn node_role(uses: &[NodeUse]) -> Blocker {
    let needs = uses.first().map_or(EntryType::Ec2Linux, |first| node_type(uses, first));
    Blocker::NodeRole { used_by: uses.iter().map(|it| it.by.to_string()).collect(), needs }
}

/// The type that serves all uses, or else the first.
fn node_type(uses: &[NodeUse], first: &NodeUse) -> EntryType {
    NodeNeeds::type_for(uses).unwrap_or_else(|| first.requires.entry_type())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{FargateProfile, Nodegroup, Snapshot};

    const ROLE: &str = "arn:aws:iam::111122223333:role/Node";
    const DNS: &str = "system:node:{{EC2PrivateDNSName}}";
    const SESSION: &str = "system:node:{{SessionName}}";
    const BOOTSTRAPPERS: &str = GroupName::BOOTSTRAPPERS;
    const NODES: &str = GroupName::NODES;
    const NODE_PROXIER: &str = GroupName::NODE_PROXIER;
    const WINDOWS: &str = GroupName::WINDOWS;

    /// `uses`: `fargate`, or the image of a node group.
    fn class_as(
        username: &str,
        groups: &[&str],
        uses: &[&str],
        decided: Option<EntryType>,
    ) -> Result<Class, Blocker> {
        let role: PrincipalArn = ROLE.parse().unwrap();
        let mut snapshot =
            Snapshot { nodegroups: Some(vec![]), fargate_profiles: Some(vec![]), ..Snapshot::default() };
        for used in uses {
            let name = (*used).to_owned();
            match *used {
                "fargate" => snapshot
                    .fargate_profiles
                    .as_mut()
                    .unwrap()
                    .push(FargateProfile { name, pod_execution_role: role.clone() }),
                image => snapshot.nodegroups.as_mut().unwrap().push(Nodegroup {
                    name,
                    node_role: role.clone(),
                    ami_type: Some(image.to_owned()),
                }),
            }
        }
        let decision = decided.map(|entry_type| PrincipalDecision {
            entry_type: Some(entry_type),
            ..PrincipalDecision::default()
        });
        let groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
        let nodes = NodeNeeds::of(&snapshot);
        classify(&role, &UsernameTemplate::new(username), &groups, &nodes, decision.as_ref())
    }

    fn class(username: &str, groups: &[&str], uses: &[&str]) -> Result<Class, Blocker> {
        class_as(username, groups, uses, None)
    }

    fn node(entry_type: EntryType) -> Result<Class, Blocker> {
        Ok(Class::Node { entry_type, lost: BTreeSet::new() })
    }

    const LINUX_IMAGE: &str = "AL2023_x86_64_STANDARD";
    const WINDOWS_IMAGE: &str = "WINDOWS_CORE_2022_x86_64";

    #[test]
    fn the_kinds_of_nodes() {
        assert_eq!(class(DNS, &[BOOTSTRAPPERS, NODES], &[]), node(EntryType::Ec2Linux));
        assert_eq!(class(DNS, &[WINDOWS, BOOTSTRAPPERS, NODES], &[]), node(EntryType::Ec2Windows));
        assert_eq!(class(SESSION, &[BOOTSTRAPPERS, NODES, NODE_PROXIER], &[]), node(EntryType::FargateLinux));
        assert_eq!(class(SESSION, &[BOOTSTRAPPERS, NODES], &["fargate"]), node(EntryType::FargateLinux));
        assert_eq!(class(SESSION, &[BOOTSTRAPPERS, NODES], &[]), node(EntryType::HybridLinux));
    }

    #[test]
    fn a_node_groups_own_image_decides_before_the_text() {
        let text = [BOOTSTRAPPERS, NODES];
        assert_eq!(class(DNS, &text, &[WINDOWS_IMAGE]), node(EntryType::Ec2Windows));
        assert_eq!(class(DNS, &text, &[LINUX_IMAGE, WINDOWS_IMAGE]), node(EntryType::Ec2Windows));
        assert_eq!(class(DNS, &text, &["CUSTOM"]), node(EntryType::Ec2Linux));
        let windows = [BOOTSTRAPPERS, NODES, WINDOWS];
        assert_eq!(class(DNS, &windows, &["CUSTOM"]), node(EntryType::Ec2Windows));
        // uses that no type serves together: the one that the mapping serves today
        assert_eq!(class(DNS, &text, &[LINUX_IMAGE, "fargate"]), node(EntryType::Ec2Linux));
    }

    #[test]
    fn an_entry_of_a_type_that_serves_no_use_is_never_made() {
        let wrong = |result| matches!(result, Err(Blocker::NodeRole { .. }));
        assert!(wrong(class("dev", &["devs"], &[LINUX_IMAGE])));
        assert!(wrong(class(DNS, &[NODES], &["fargate"])));
        assert!(wrong(class(SESSION, &[NODES], &[LINUX_IMAGE])));
        for decided in [EntryType::Standard, EntryType::Ec2Linux] {
            let refused = class_as(DNS, &[NODES], &[WINDOWS_IMAGE], Some(decided));
            assert!(matches!(refused, Err(Blocker::Decision { .. })), "{refused:?}");
        }
        assert_eq!(
            class_as("ci", &[], &["fargate"], Some(EntryType::FargateLinux)),
            node(EntryType::FargateLinux)
        );
    }

    #[test]
    fn half_a_node_is_no_node() {
        assert!(matches!(class(DNS, &[BOOTSTRAPPERS], &[]), Err(Blocker::NotQuiteANode { needs: None })));
        assert_eq!(class(DNS, &[NODES, "system:masters"], &[]), Err(Blocker::NodeAndMasters { needs: None }));
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
