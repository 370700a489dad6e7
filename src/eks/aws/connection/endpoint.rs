use aws_smithy_types::base64;
use aws_types::service_config::ServiceConfigKey;

use crate::eks::AwsError;
use crate::eks::aws::convert::required;
use crate::eks::aws::eks::DESCRIBE_CLUSTER;
use crate::eks::aws::{Aws, errors};
use crate::model::{AuthenticationMode, ClusterId, Partition};

/// How the Kubernetes API of a cluster is reached, as DescribeCluster says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterEndpoint {
    pub url: String,
    /// PEM certificates; empty where DescribeCluster gives none, which no real cluster does.
    pub ca: Vec<u8>,
    pub id: ClusterId,
    /// Its authentication mode is one with access entries.
    pub has_entries: bool,
}

/// Why the Kubernetes API cannot be talked to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoEndpoint {
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// A token sent there could be used by whoever listens.
    #[error("{endpoint} is not an EKS endpoint in {region}: no credentials are sent there")]
    Foreign { endpoint: String, region: String },
}

impl Aws {
    /// One DescribeCluster.
    ///
    /// # Errors
    /// As the call ends, when the cluster has no endpoint yet because it is being made, or when the endpoint is none of
    /// EKS although nobody put something else in the place of AWS.
    pub async fn endpoint(&self) -> Result<ClusterEndpoint, NoEndpoint> {
        let cluster = self.cluster().await?;
        let read = || {
            let data = cluster.certificate_authority.and_then(|ca| ca.data).unwrap_or_default();
            let id = required(cluster.arn, "cluster.arn")?;
            let mode = cluster.access_config.and_then(|config| config.authentication_mode);
            let mode = mode.and_then(|mode| mode.as_str().parse::<AuthenticationMode>().ok());
            Ok(ClusterEndpoint {
                url: required(cluster.endpoint, "cluster.endpoint")?,
                ca: base64::decode(data)
                    .map_err(|error| format!("cluster.certificateAuthority.data: {error}"))?,
                id: id.parse().map_err(|error| format!("{error}"))?,
                has_entries: mode.is_some_and(AuthenticationMode::has_entries),
            })
        };
        let found = read().map_err(|message: String| errors::unreadable(DESCRIBE_CLUSTER, message))?;
        if !self.is_replaced() && !is_of_eks(&found.url, &found.id) {
            return Err(NoEndpoint::Foreign { endpoint: found.url, region: found.id.region });
        }
        Ok(found)
    }

    /// The environment or the profile names another server for EKS: an emulator, whose clusters are anywhere.
    fn is_replaced(&self) -> bool {
        let key =
            ServiceConfigKey::builder().service_id("EKS").env("AWS_ENDPOINT_URL").profile("endpoint_url");
        let of_eks = key
            .build()
            .ok()
            .and_then(|key| self.config.service_config().and_then(|configured| configured.load_config(key)));
        of_eks.is_some() || self.config.endpoint_url().is_some()
    }
}

/// EKS user guide, "Cluster API server endpoint": `NAME.REGION.eks.amazonaws.com`, for IPv6 clusters since October 2024
/// `NAME.REGION.api.aws`; the names of the other partitions are those of the SDK's own table.
fn is_of_eks(url: &str, id: &ClusterId) -> bool {
    let Some(host) = url.strip_prefix("https://") else { return false };
    let host = host.strip_suffix('/').unwrap_or(host);
    let host = host.strip_suffix(":443").unwrap_or(host).to_ascii_lowercase();
    let of_name = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let (domain, dual_stack) = domains(id.partition);
    let region = &id.region;
    let mut suffixes = vec![
        format!(".{region}.eks.{domain}"),
        format!(".eks.{region}.{domain}"),
        format!(".{region}.{dual_stack}"),
    ];
    if id.partition == Partition::AwsCn {
        // the guide has it without a name for the service
        suffixes.push(format!(".{region}.amazonwebservices.com.cn"));
    }
    let name = suffixes.iter().find_map(|suffix| host.strip_suffix(suffix.as_str()));
    // a user, a port or a path is in none of them
    name.is_some_and(|name| name.split('.').all(of_name))
}

/// What the names of endpoints end in: those with IPv4 alone, and those with IPv6, too.
const fn domains(partition: Partition) -> (&'static str, &'static str) {
    match partition {
        Partition::Aws | Partition::AwsUsGov => ("amazonaws.com", "api.aws"),
        Partition::AwsCn => ("amazonaws.com.cn", "api.amazonwebservices.com.cn"),
        Partition::AwsIso => ("c2s.ic.gov", "api.aws.ic.gov"),
        Partition::AwsIsoB => ("sc2s.sgov.gov", "api.aws.scloud"),
        Partition::AwsIsoE => ("cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
        Partition::AwsIsoF => ("csp.hci.ic.gov", "api.aws.hci.ic.gov"),
        Partition::AwsEusc => ("amazonaws.eu", "api.amazonwebservices.eu"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(partition: &str, region: &str) -> ClusterId {
        format!("arn:{partition}:eks:{region}:111122223333:cluster/prod").parse().unwrap()
    }

    #[test]
    fn endpoints_of_eks_are_those_of_the_partition_and_region() {
        let name = "https://ABCDEF0123456789ABCDEF0123456789";
        for (partition, region, url) in [
            ("aws", "eu-west-1", format!("{name}.gr7.eu-west-1.eks.amazonaws.com")),
            ("aws", "eu-west-1", format!("{name}.gr7.eu-west-1.eks.amazonaws.com:443/")),
            ("aws", "eu-west-1", format!("{name}.eks.eu-west-1.amazonaws.com")),
            ("aws", "us-east-2", format!("{name}.gr7.us-east-2.api.aws")),
            ("aws-us-gov", "us-gov-west-1", format!("{name}.gr7.us-gov-west-1.eks.amazonaws.com")),
            ("aws-us-gov", "us-gov-west-1", format!("{name}.us-gov-west-1.api.aws")),
            ("aws-cn", "cn-north-1", format!("{name}.gr7.cn-north-1.eks.amazonaws.com.cn")),
            ("aws-cn", "cn-north-1", format!("{name}.cn-north-1.api.amazonwebservices.com.cn")),
            ("aws-cn", "cn-north-1", format!("{name}.cn-north-1.amazonwebservices.com.cn")),
            ("aws-iso", "us-iso-east-1", format!("{name}.us-iso-east-1.eks.c2s.ic.gov")),
            ("aws-iso-b", "us-isob-east-1", format!("{name}.us-isob-east-1.eks.sc2s.sgov.gov")),
            ("aws-eusc", "eusc-de-east-1", format!("{name}.eusc-de-east-1.eks.amazonaws.eu")),
        ] {
            assert!(is_of_eks(&url, &id(partition, region)), "{url}");
        }
    }

    #[test]
    fn nothing_that_anybody_can_register_is_an_endpoint_of_eks() {
        for url in [
            "https://attacker.example",
            "https://x.eu-west-1.eks.amazonaws.com.attacker.example",
            "https://attacker.example/.eu-west-1.eks.amazonaws.com",
            "https://attacker.example#.eu-west-1.eks.amazonaws.com",
            "https://attacker.example?.eu-west-1.eks.amazonaws.com",
            "https://attacker.example\\.eu-west-1.eks.amazonaws.com",
            "https://attacker.example@x.eu-west-1.eks.amazonaws.com",
            "https://x.eu-west-1.eks.amazonaws.com@attacker.example",
            "https://x.eu-west-1.eks.amazonaws.com:8443",
            "http://x.eu-west-1.eks.amazonaws.com",
            "https://eu-west-1.eks.amazonaws.com",
            "https://.eu-west-1.eks.amazonaws.com",
            "https://xeu-west-1.eks.amazonaws.com",
            // other services, where anybody may have a name
            "https://bucket.s3.eu-west-1.amazonaws.com",
            "https://x.execute-api.eu-west-1.amazonaws.com",
            "https://x.elb.eu-west-1.amazonaws.com",
            // another region, another partition
            "https://x.gr7.us-east-1.eks.amazonaws.com",
            "https://x.gr7.eu-west-1.eks.amazonaws.com.cn",
            "https://127.0.0.1",
            "",
        ] {
            assert!(!is_of_eks(url, &id("aws", "eu-west-1")), "{url}");
        }
    }
}
