use std::collections::BTreeSet;

use crate::model::{AccessScope, Associations, GroupName, PolicyArn};
use crate::rbac::UserInfo;

/// Who asks, as the authorizers of an EKS cluster see it: what decides a request besides the request itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// With `system:authenticated`, and without placeholders: one login.
    pub user: UserInfo,
    /// Only a login by an access entry has any. The names are held against the published catalogue.
    pub policies: Associations,
}

impl Identity {
    /// A login as EKS hands it over: the API server adds `system:authenticated`
    /// (apiserver: pkg/authentication/group/authenticated_group_adder.go).
    pub fn authenticated(
        username: impl Into<String>,
        groups: impl IntoIterator<Item = String>,
        policies: Associations,
    ) -> Self {
        let mut groups: BTreeSet<String> = groups.into_iter().collect();
        if !groups.contains(GroupName::UNAUTHENTICATED) {
            groups.insert(GroupName::AUTHENTICATED.to_owned());
        }
        Self { user: UserInfo { username: username.into(), groups }, policies }
    }

    /// By `system:masters`, or by the access policy that allows every verb on every resource and path.
    pub fn may_do_everything(&self) -> bool {
        let is_admin = |(policy, scope): (&PolicyArn, &AccessScope)| {
            policy.name() == PolicyArn::CLUSTER_ADMIN && *scope == AccessScope::Cluster
        };
        self.is_master() || self.policies.iter().any(is_admin)
    }

    /// A group that RBAC is not asked about: the API server allows it everything
    /// (kubernetes: pkg/kubeapiserver/authorizer/reload.go).
    pub fn is_master(&self) -> bool {
        self.user.groups.contains(GroupName::MASTERS)
    }
}
