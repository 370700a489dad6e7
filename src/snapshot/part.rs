use std::fmt;

use serde::{Deserialize, Serialize};

/// One part of the snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    Cluster,
    AwsAuth,
    AccessEntries,
    AccessPolicies,
    Nodegroups,
    FargateProfiles,
    IamRoles,
    IamUsers,
    Rbac,
    Namespaces,
    ApiResources,
    Caller,
    AuditLog,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cluster => "the cluster",
            Self::AwsAuth => "aws-auth",
            Self::AccessEntries => "access entries",
            Self::AccessPolicies => "access policies",
            Self::Nodegroups => "node groups",
            Self::FargateProfiles => "Fargate profiles",
            Self::IamRoles => "IAM roles",
            Self::IamUsers => "IAM users",
            Self::Rbac => "RBAC",
            Self::Namespaces => "namespaces",
            Self::ApiResources => "API resources",
            Self::Caller => "the caller",
            Self::AuditLog => "the audit log",
        })
    }
}
