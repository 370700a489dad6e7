use serde::{Deserialize, Serialize};

use crate::model::PrincipalArn;

/// An AWS service whose own role stands in `aws-auth`: customers cannot make its access entry, but it makes one itself.
///
/// Sources: AWS Batch guide, "eks-access-entries"; Managed Prometheus guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    Batch,
    Prometheus,
    Emr,
    Other,
}

/// IAM keeps these names for services: nobody else can create a role that begins so.
const PREFIX: &str = "AWSServiceRoleFor";

/// The service that a role belongs to; also where the mapping names it without its path.
pub fn service_of(principal: &PrincipalArn) -> Option<Service> {
    if !principal.is_role() {
        return None;
    }
    let name = principal.name().strip_prefix(PREFIX);
    if name.is_none() && !principal.is_service_linked() {
        return None;
    }
    Some(match name.unwrap_or_default() {
        "Batch" => Service::Batch,
        name if name.starts_with("AmazonPrometheusScraper") => Service::Prometheus,
        name if name.starts_with("AmazonEMRContainers") => Service::Emr,
        _ => Service::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_services_role_is_known_with_and_without_its_path() {
        let of = |rest: &str| service_of(&format!("arn:aws:iam::111122223333:{rest}").parse().unwrap());
        assert_eq!(of("role/AWSServiceRoleForBatch"), Some(Service::Batch));
        assert_eq!(
            of("role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"),
            Some(Service::Batch)
        );
        assert_eq!(of("role/AWSServiceRoleForAmazonPrometheusScraper_0123"), Some(Service::Prometheus));
        assert_eq!(of("role/aws-service-role/x.amazonaws.com/Something"), Some(Service::Other));
        assert_eq!(of("role/Batch"), None);
        assert_eq!(of("user/AWSServiceRoleForBatch"), None);
    }
}
