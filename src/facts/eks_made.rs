use super::{NodeNeeds, NodeUse, Requirement, UsedBy};
use crate::model::{EntryType, PrincipalArn};

/// An access entry that EKS is expected to make by itself when the cluster leaves CONFIG_MAP mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EksMade {
    pub principal: PrincipalArn,
    pub entry_type: EntryType,
    pub because: UsedBy,
}

/// The entries that EKS makes for the node groups and Fargate profiles that it lists.
///
/// Sources conflict whether it does so for each (facts of the EKS API, "What EKS makes by itself"), so that a plan says what
/// they would override and relies on none. The cluster's creator gets an entry too; DescribeCluster does not tell who that is.
pub fn made_at_switch(nodes: &NodeNeeds) -> Vec<EksMade> {
    let mut made: Vec<EksMade> = Vec::new();
    for (role, uses) in nodes.roles() {
        let of_eks = uses.iter().filter(|it| !matches!(it.by, UsedBy::AutoMode | UsedBy::Mapping));
        // one entry for each principal: for the first that comes
        if let Some(NodeUse { by, requires }) = of_eks.min_by_key(|it| it.requires == Requirement::Fargate) {
            let entry_type = requires.entry_type();
            made.push(EksMade { principal: role.clone(), entry_type, because: by.clone() });
        }
    }
    made
}
