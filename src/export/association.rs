use crate::model::{AccessScope, PolicyArn, PrincipalArn};

/// An access policy that a customer has given an entry that is not theirs: the entry stays with whoever made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Association {
    /// As [`Entry::key`](super::Entry::key).
    pub key: String,
    pub principal: PrincipalArn,
    pub policy: PolicyArn,
    pub scope: AccessScope,
}
