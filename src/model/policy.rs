use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Partition, UnknownPartition};

/// `arn:P:eks::aws:cluster-access-policy/NAME`: the partition is the cluster's, the rest is fixed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PolicyArn {
    name: String,
    partition: Partition,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an access policy ARN (arn:PARTITION:eks::aws:cluster-access-policy/NAME)")]
pub struct InvalidPolicyArn(pub String);

impl PolicyArn {
    /// The policy that stands for `system:masters`.
    pub const CLUSTER_ADMIN: &'static str = "AmazonEKSClusterAdminPolicy";
    /// The one policy of EC2 entries (EKS user guide, "Create a node class").
    pub const AUTO_NODE: &'static str = "AmazonEKSAutoNodePolicy";

    /// # Errors
    /// When the name is empty or has characters no policy name has.
    pub fn new(partition: Partition, name: &str) -> Result<Self, InvalidPolicyArn> {
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(InvalidPolicyArn(name.to_owned()));
        }
        Ok(Self { name: name.to_owned(), partition })
    }

    pub fn cluster_admin(partition: Partition) -> Self {
        Self { name: Self::CLUSTER_ADMIN.to_owned(), partition }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn partition(&self) -> Partition {
        self.partition
    }
}

impl fmt::Display for PolicyArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, partition } = self;
        write!(f, "arn:{partition}:eks::aws:cluster-access-policy/{name}")
    }
}

impl FromStr for PolicyArn {
    type Err = InvalidPolicyArn;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidPolicyArn(text.to_owned());
        let rest = text.strip_prefix("arn:").ok_or_else(invalid)?;
        let (partition, name) = rest.split_once(":eks::aws:cluster-access-policy/").ok_or_else(invalid)?;
        let partition = partition.parse().map_err(|_: UnknownPartition| invalid())?;
        Self::new(partition, name).map_err(|_| invalid())
    }
}

impl TryFrom<String> for PolicyArn {
    type Error = InvalidPolicyArn;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<PolicyArn> for String {
    fn from(policy: PolicyArn) -> Self {
        policy.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_partition_is_the_first_field_only() {
        let text = "arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSViewPolicy";
        let policy: PolicyArn = text.parse().unwrap();
        assert_eq!((policy.partition(), policy.name()), (Partition::AwsCn, "AmazonEKSViewPolicy"));
        assert_eq!(policy.to_string(), text);
        assert!("arn:aws:iam::aws:policy/AdministratorAccess".parse::<PolicyArn>().is_err());
    }
}
