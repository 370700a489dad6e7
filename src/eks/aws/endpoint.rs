use aws_smithy_types::base64;

use super::convert::required;
use super::eks::DESCRIBE_CLUSTER;
use super::{Aws, errors};
use crate::eks::AwsError;
use crate::model::ClusterId;

/// How the Kubernetes API of a cluster is reached, as DescribeCluster says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterEndpoint {
    pub url: String,
    /// PEM certificates; empty where DescribeCluster gives none, which no real cluster does.
    pub ca: Vec<u8>,
    pub id: ClusterId,
}

impl Aws {
    /// One DescribeCluster.
    ///
    /// # Errors
    /// As the call ends, or when the cluster has no endpoint yet because it is being made.
    pub async fn endpoint(&self) -> Result<ClusterEndpoint, AwsError> {
        let cluster = self.cluster().await?;
        let read = || {
            let data = cluster.certificate_authority.and_then(|ca| ca.data).unwrap_or_default();
            let id = required(cluster.arn, "cluster.arn")?;
            Ok(ClusterEndpoint {
                url: required(cluster.endpoint, "cluster.endpoint")?,
                ca: base64::decode(data)
                    .map_err(|error| format!("cluster.certificateAuthority.data: {error}"))?,
                id: id.parse().map_err(|error| format!("{error}"))?,
            })
        };
        read().map_err(|message: String| errors::unreadable(DESCRIBE_CLUSTER, message))
    }
}
