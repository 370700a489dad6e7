use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{AccountId, Partition};

/// One EKS cluster: `arn:P:eks:REGION:ACCOUNT:cluster/NAME`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClusterId {
    pub partition: Partition,
    pub region: String,
    pub account: AccountId,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a cluster ARN (arn:PARTITION:eks:REGION:ACCOUNT:cluster/NAME)")]
pub struct InvalidClusterArn(pub String);

impl fmt::Display for ClusterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, region, account, name } = self;
        write!(f, "arn:{partition}:eks:{region}:{account}:cluster/{name}")
    }
}

impl FromStr for ClusterId {
    type Err = InvalidClusterArn;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidClusterArn(text.to_owned());
        let fields: Vec<&str> = text.split(':').collect();
        let &["arn", partition, "eks", region, account, resource] = fields.as_slice() else {
            return Err(invalid());
        };
        let name = resource.strip_prefix("cluster/").ok_or_else(invalid)?;
        let of_name = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        // both are folders of the state of runs
        let of_region = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if region.is_empty()
            || !region.bytes().all(of_region)
            || name.is_empty()
            || name.len() > 100
            || !name.bytes().all(of_name)
        {
            return Err(invalid());
        }
        Ok(Self {
            partition: partition.parse().map_err(|_| invalid())?,
            region: region.to_owned(),
            account: account.parse().map_err(|_| invalid())?,
            name: name.to_owned(),
        })
    }
}

impl TryFrom<String> for ClusterId {
    type Error = InvalidClusterArn;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ClusterId> for String {
    fn from(cluster: ClusterId) -> Self {
        cluster.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_and_refuses_the_rest() {
        let text = "arn:aws-us-gov:eks:us-gov-west-1:000011112222:cluster/prod_1";
        assert_eq!(text.parse::<ClusterId>().unwrap().to_string(), text);
        assert!("arn:aws:eks:eu-west-1:111122223333:nodegroup/a".parse::<ClusterId>().is_err());
        assert!("arn:aws:eks:eu-west-1:111122223333:cluster/../x".parse::<ClusterId>().is_err());
        assert!("arn:aws:eks:../x:111122223333:cluster/prod".parse::<ClusterId>().is_err());
    }
}
