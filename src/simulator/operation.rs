use std::fmt;
use std::str::FromStr;

use super::UnknownFault;

/// A call that the simulator counts, logs and can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    DescribeCluster,
    UpdateClusterConfig,
    DescribeUpdate,
    ListUpdates,
    ListAccessEntries,
    DescribeAccessEntry,
    ListAssociatedAccessPolicies,
    CreateAccessEntry,
    UpdateAccessEntry,
    DeleteAccessEntry,
    AssociateAccessPolicy,
    DisassociateAccessPolicy,
    ListAccessPolicies,
    ListTagsForResource,
    TagResource,
    UntagResource,
    ListNodegroups,
    DescribeNodegroup,
    ListFargateProfiles,
    DescribeFargateProfile,
    ListRoles,
    ListUsers,
    GetRole,
    GetUser,
    SimulatePrincipalPolicy,
    GetCallerIdentity,
    AssumeRole,
    FilterLogEvents,
    GetAwsAuth,
    CreateAwsAuth,
    ReplaceAwsAuth,
    DeleteAwsAuth,
    ListRbac,
    GetBinding,
    CreateBinding,
    DeleteBinding,
    ListNamespaces,
    ListNodes,
    SubjectAccessReview,
    SelfSubjectAccessReview,
    SelfSubjectReview,
    GetLease,
    CreateLease,
    ReplaceLease,
}

impl Operation {
    pub const ALL: [Self; 44] = [
        Self::DescribeCluster,
        Self::UpdateClusterConfig,
        Self::DescribeUpdate,
        Self::ListUpdates,
        Self::ListAccessEntries,
        Self::DescribeAccessEntry,
        Self::ListAssociatedAccessPolicies,
        Self::CreateAccessEntry,
        Self::UpdateAccessEntry,
        Self::DeleteAccessEntry,
        Self::AssociateAccessPolicy,
        Self::DisassociateAccessPolicy,
        Self::ListAccessPolicies,
        Self::ListTagsForResource,
        Self::TagResource,
        Self::UntagResource,
        Self::ListNodegroups,
        Self::DescribeNodegroup,
        Self::ListFargateProfiles,
        Self::DescribeFargateProfile,
        Self::ListRoles,
        Self::ListUsers,
        Self::GetRole,
        Self::GetUser,
        Self::SimulatePrincipalPolicy,
        Self::GetCallerIdentity,
        Self::AssumeRole,
        Self::FilterLogEvents,
        Self::GetAwsAuth,
        Self::CreateAwsAuth,
        Self::ReplaceAwsAuth,
        Self::DeleteAwsAuth,
        Self::ListRbac,
        Self::GetBinding,
        Self::CreateBinding,
        Self::DeleteBinding,
        Self::ListNamespaces,
        Self::ListNodes,
        Self::SubjectAccessReview,
        Self::SelfSubjectAccessReview,
        Self::SelfSubjectReview,
        Self::GetLease,
        Self::CreateLease,
        Self::ReplaceLease,
    ];

    /// As IAM policies name it; Kubernetes calls begin with `kube:`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DescribeCluster => "eks:DescribeCluster",
            Self::UpdateClusterConfig => "eks:UpdateClusterConfig",
            Self::DescribeUpdate => "eks:DescribeUpdate",
            Self::ListUpdates => "eks:ListUpdates",
            Self::ListAccessEntries => "eks:ListAccessEntries",
            Self::DescribeAccessEntry => "eks:DescribeAccessEntry",
            Self::ListAssociatedAccessPolicies => "eks:ListAssociatedAccessPolicies",
            Self::CreateAccessEntry => "eks:CreateAccessEntry",
            Self::UpdateAccessEntry => "eks:UpdateAccessEntry",
            Self::DeleteAccessEntry => "eks:DeleteAccessEntry",
            Self::AssociateAccessPolicy => "eks:AssociateAccessPolicy",
            Self::DisassociateAccessPolicy => "eks:DisassociateAccessPolicy",
            Self::ListAccessPolicies => "eks:ListAccessPolicies",
            Self::ListTagsForResource => "eks:ListTagsForResource",
            Self::TagResource => "eks:TagResource",
            Self::UntagResource => "eks:UntagResource",
            Self::ListNodegroups => "eks:ListNodegroups",
            Self::DescribeNodegroup => "eks:DescribeNodegroup",
            Self::ListFargateProfiles => "eks:ListFargateProfiles",
            Self::DescribeFargateProfile => "eks:DescribeFargateProfile",
            Self::ListRoles => "iam:ListRoles",
            Self::ListUsers => "iam:ListUsers",
            Self::GetRole => "iam:GetRole",
            Self::GetUser => "iam:GetUser",
            Self::SimulatePrincipalPolicy => "iam:SimulatePrincipalPolicy",
            Self::GetCallerIdentity => "sts:GetCallerIdentity",
            Self::AssumeRole => "sts:AssumeRole",
            Self::FilterLogEvents => "logs:FilterLogEvents",
            Self::GetAwsAuth => "kube:GetAwsAuth",
            Self::CreateAwsAuth => "kube:CreateAwsAuth",
            Self::ReplaceAwsAuth => "kube:ReplaceAwsAuth",
            Self::DeleteAwsAuth => "kube:DeleteAwsAuth",
            Self::ListRbac => "kube:ListRbac",
            Self::GetBinding => "kube:GetBinding",
            Self::CreateBinding => "kube:CreateBinding",
            Self::DeleteBinding => "kube:DeleteBinding",
            Self::ListNamespaces => "kube:ListNamespaces",
            Self::ListNodes => "kube:ListNodes",
            Self::SubjectAccessReview => "kube:SubjectAccessReview",
            Self::SelfSubjectAccessReview => "kube:SelfSubjectAccessReview",
            Self::SelfSubjectReview => "kube:SelfSubjectReview",
            Self::GetLease => "kube:GetLease",
            Self::CreateLease => "kube:CreateLease",
            Self::ReplaceLease => "kube:ReplaceLease",
        }
    }

    /// The call changes something.
    pub const fn is_write(self) -> bool {
        matches!(
            self,
            Self::UpdateClusterConfig
                | Self::CreateAccessEntry
                | Self::UpdateAccessEntry
                | Self::DeleteAccessEntry
                | Self::AssociateAccessPolicy
                | Self::DisassociateAccessPolicy
                | Self::TagResource
                | Self::UntagResource
                | Self::CreateAwsAuth
                | Self::ReplaceAwsAuth
                | Self::DeleteAwsAuth
                | Self::CreateBinding
                | Self::DeleteBinding
                | Self::CreateLease
                | Self::ReplaceLease
        )
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Operation {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|operation| operation.as_str() == text)
            .ok_or_else(|| UnknownFault::Operation(text.to_owned()))
    }
}
