use crate::model::{Partition, PolicyArn};
use crate::rbac::{AccessPolicy, Assignable, access_policies};

use crate::simulator::behaviour::UnconfirmedPolicies;

/// Documented for service-linked roles alone, or not documented at all and taken so.
pub(crate) fn is_refused(policy: &AccessPolicy, unconfirmed: UnconfirmedPolicies) -> bool {
    match policy.assignable {
        Assignable::ByCustomers => false,
        Assignable::ByServices => true,
        Assignable::NotEstablished => unconfirmed == UnconfirmedPolicies::Refused,
    }
}

/// The catalogue as ListAccessPolicies of a partition would give it.
pub(crate) fn all(partition: Partition) -> Vec<PolicyArn> {
    access_policies().iter().filter_map(|policy| PolicyArn::new(partition, &policy.name).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rbac::access_policy;

    #[test]
    fn what_services_have_for_themselves_is_refused() {
        assert_eq!(all(Partition::AwsCn).len(), access_policies().len());
        let refused = |name: &str, unconfirmed| is_refused(access_policy(name).unwrap(), unconfirmed);
        assert!(!refused(PolicyArn::CLUSTER_ADMIN, UnconfirmedPolicies::Refused));
        assert!(refused("AmazonEKSHybridPolicy", UnconfirmedPolicies::Accepted));
        assert!(refused("AmazonEKSNetworkingPolicy", UnconfirmedPolicies::Refused));
        assert!(!refused("AmazonEKSNetworkingPolicy", UnconfirmedPolicies::Accepted));
    }
}
