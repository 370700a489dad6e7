use std::sync::OnceLock;

use serde::Deserialize;

use crate::model::{Partition, PolicyArn};

use super::behaviour::UnconfirmedPolicies;

/// A policy of the published catalogue, and whether customers may associate it.
#[derive(Debug, Deserialize)]
pub(super) struct Policy {
    name: String,
    user_assignable: bool,
    /// AWS says so; otherwise `user_assignable` is only the safe guess.
    user_assignable_confirmed: bool,
}

#[derive(Deserialize)]
struct File {
    policies: Vec<Policy>,
}

impl Policy {
    /// Documented for service-linked roles alone, or not documented at all and taken so.
    pub fn is_refused(&self, unconfirmed: UnconfirmedPolicies) -> bool {
        !self.user_assignable
            && (self.user_assignable_confirmed || unconfirmed == UnconfirmedPolicies::Refused)
    }
}

fn policies() -> &'static [Policy] {
    static POLICIES: OnceLock<Vec<Policy>> = OnceLock::new();
    POLICIES.get_or_init(|| {
        let text = include_str!("../../../fixtures/data/access-policies.json");
        serde_json::from_str::<File>(text).map(|file| file.policies).unwrap_or_default()
    })
}

pub(super) fn find(name: &str) -> Option<&'static Policy> {
    policies().iter().find(|policy| policy.name == name)
}

/// The catalogue as ListAccessPolicies of a partition would give it.
pub(super) fn all(partition: Partition) -> Vec<PolicyArn> {
    policies().iter().filter_map(|policy| PolicyArn::new(partition, &policy.name).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_catalogue_is_read_whole() {
        assert_eq!(all(Partition::AwsCn).len(), 37);
        let admin = find(PolicyArn::CLUSTER_ADMIN).unwrap();
        assert!(!admin.is_refused(UnconfirmedPolicies::Refused));
        assert!(find("AmazonEKSHybridPolicy").unwrap().is_refused(UnconfirmedPolicies::Accepted));
        let unconfirmed = find("AmazonEKSNetworkingPolicy").unwrap();
        assert!(unconfirmed.is_refused(UnconfirmedPolicies::Refused));
        assert!(!unconfirmed.is_refused(UnconfirmedPolicies::Accepted));
    }
}
