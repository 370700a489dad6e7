use std::collections::BTreeMap;
use std::fmt;

use crate::model::{AccountId, EntryType, PrincipalArn};
use crate::snapshot::{Nodegroup, Snapshot};

/// What EKS lists of the roles that nodes and Fargate pods run under: for each role the *set* of its uses.
///
/// A principal has one access entry of one type, so that two uses of one role may need what one entry cannot be.
#[derive(Debug, Clone, Default)]
pub struct NodeNeeds {
    roles: BTreeMap<PrincipalArn, Vec<NodeUse>>,
    /// The account of the cluster: node types are for its own roles.
    pub account: Option<AccountId>,
    /// EKS was asked for node groups, and for Fargate profiles.
    pub asked: Asked,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    pub nodegroups: bool,
    pub fargate_profiles: bool,
}

/// One use of a role, by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeUse {
    pub by: UsedBy,
    pub requires: Requirement,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum UsedBy {
    Nodegroup(String),
    FargateProfile(String),
    AutoMode,
    /// Nothing that EKS lists uses the role as `aws-auth` has it: self-managed nodes, Karpenter.
    Mapping,
}

impl fmt::Display for UsedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nodegroup(name) => write!(f, "node group {name}"),
            Self::FargateProfile(name) => write!(f, "Fargate profile {name}"),
            Self::AutoMode => f.write_str("EKS Auto Mode"),
            Self::Mapping => f.write_str("aws-auth only"),
        }
    }
}

/// What an access entry must be to serve a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Requirement {
    Linux,
    Windows,
    /// A node group with an image of one's own: EKS does not say what runs on it.
    LinuxOrWindows,
    Fargate,
    AutoMode,
    Hybrid,
}

impl Requirement {
    /// What a node type is for; `None` for STANDARD and for types that nobody knows.
    pub fn of_type(entry_type: &EntryType) -> Option<Self> {
        Some(match entry_type {
            EntryType::Ec2Linux => Self::Linux,
            EntryType::Ec2Windows => Self::Windows,
            EntryType::FargateLinux => Self::Fargate,
            EntryType::Ec2 => Self::AutoMode,
            EntryType::HybridLinux => Self::Hybrid,
            EntryType::Standard | EntryType::HyperpodLinux | EntryType::Other(_) => return None,
        })
    }

    /// Whether an entry of the type serves the use. EC2_WINDOWS has all that Linux nodes need, and not the other way round
    /// (EKS user guide, "Create access entries"; terraform-aws-eks 2994).
    pub fn is_served_by(self, entry_type: &EntryType) -> bool {
        match self {
            Self::Linux | Self::LinuxOrWindows => {
                matches!(entry_type, EntryType::Ec2Linux | EntryType::Ec2Windows)
            }
            Self::Windows => *entry_type == EntryType::Ec2Windows,
            Self::Fargate => *entry_type == EntryType::FargateLinux,
            Self::AutoMode => *entry_type == EntryType::Ec2,
            Self::Hybrid => *entry_type == EntryType::HybridLinux,
        }
    }

    /// The type that EKS, or a careful person, would make for this use alone.
    pub fn entry_type(self) -> EntryType {
        match self {
            Self::Linux | Self::LinuxOrWindows => EntryType::Ec2Linux,
            Self::Windows => EntryType::Ec2Windows,
            Self::Fargate => EntryType::FargateLinux,
            Self::AutoMode => EntryType::Ec2,
            Self::Hybrid => EntryType::HybridLinux,
        }
    }
}

impl NodeNeeds {
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut roles = BTreeMap::<PrincipalArn, Vec<NodeUse>>::new();
        let mut add = |role: &PrincipalArn, by, requires| {
            roles.entry(role.clone()).or_default().push(NodeUse { by, requires });
        };
        for nodegroup in snapshot.nodegroups.iter().flatten() {
            add(&nodegroup.node_role, UsedBy::Nodegroup(nodegroup.name.clone()), of_nodegroup(nodegroup));
        }
        for profile in snapshot.fargate_profiles.iter().flatten() {
            let by = UsedBy::FargateProfile(profile.name.clone());
            add(&profile.pod_execution_role, by, Requirement::Fargate);
        }
        let cluster = snapshot.cluster.as_ref();
        if let Some(role) = cluster.and_then(|cluster| cluster.auto_mode_node_role.as_ref()) {
            add(role, UsedBy::AutoMode, Requirement::AutoMode);
        }
        roles.values_mut().for_each(|uses| uses.sort());
        Self {
            roles,
            account: cluster.map(|cluster| cluster.id.account),
            asked: Asked {
                nodegroups: snapshot.nodegroups.is_some(),
                fargate_profiles: snapshot.fargate_profiles.is_some(),
            },
        }
    }

    /// The uses of a role that EKS lists; none where it lists none.
    pub fn uses_of(&self, role: &PrincipalArn) -> &[NodeUse] {
        self.roles.get(role).map_or(&[], Vec::as_slice)
    }

    pub fn roles(&self) -> impl Iterator<Item = (&PrincipalArn, &[NodeUse])> {
        self.roles.iter().map(|(role, uses)| (role, uses.as_slice()))
    }

    /// The type that serves every use of these; `None` where no type does, or where there is no use.
    pub fn type_for(uses: &[NodeUse]) -> Option<EntryType> {
        let each = uses.iter().map(|it| it.requires.entry_type());
        each.chain([EntryType::Ec2Windows])
            .filter(|_| !uses.is_empty())
            .find(|entry_type| uses.iter().all(|it| it.requires.is_served_by(entry_type)))
    }
}

/// A node group's own image decides, before what its mapping says.
fn of_nodegroup(nodegroup: &Nodegroup) -> Requirement {
    if nodegroup.is_windows() {
        Requirement::Windows
    } else if nodegroup.is_custom() {
        Requirement::LinuxOrWindows
    } else {
        Requirement::Linux
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::FargateProfile;

    const ROLE: &str = "arn:aws:iam::111122223333:role/shared";

    fn type_for(images: &[&str], profiles: &[&str]) -> Option<EntryType> {
        let role: PrincipalArn = ROLE.parse().unwrap();
        let nodegroup = |image: &&str| Nodegroup {
            name: (*image).to_owned(),
            node_role: role.clone(),
            ami_type: Some((*image).to_owned()),
        };
        let profile =
            |name: &&str| FargateProfile { name: (*name).to_owned(), pod_execution_role: role.clone() };
        let snapshot = Snapshot {
            nodegroups: Some(images.iter().map(nodegroup).collect()),
            fargate_profiles: Some(profiles.iter().map(profile).collect()),
            ..Snapshot::default()
        };
        NodeNeeds::type_for(NodeNeeds::of(&snapshot).uses_of(&role))
    }

    const LINUX: &str = "AL2023_x86_64_STANDARD";
    const WINDOWS: &str = "WINDOWS_CORE_2022_x86_64";

    #[test]
    fn one_type_serves_all_uses_of_a_role_or_none_does() {
        assert_eq!(type_for(&[], &[]), None);
        assert_eq!(type_for(&[LINUX], &[]), Some(EntryType::Ec2Linux));
        assert_eq!(type_for(&["CUSTOM"], &[]), Some(EntryType::Ec2Linux));
        assert_eq!(type_for(&[LINUX, WINDOWS], &[]), Some(EntryType::Ec2Windows));
        assert_eq!(type_for(&["CUSTOM", WINDOWS], &[]), Some(EntryType::Ec2Windows));
        assert_eq!(type_for(&[], &["fp"]), Some(EntryType::FargateLinux));
        assert_eq!(type_for(&[LINUX], &["fp"]), None);
    }
}
