use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Resource;
use crate::model::{
    AccessEntry, AccessScope, AuthenticationMode, ConfigMapParts, EntryUsername, GroupName, PolicyArn,
    PrincipalArn,
};
use crate::rbac::Binding;

/// The `data` of the ConfigMap, byte for byte.
pub type ConfigData = BTreeMap<String, String>;

/// One call that changes something: the whole value it leaves behind and the whole value it replaces,
/// so that it can be undone from itself alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Call {
    UpdateMode {
        from: AuthenticationMode,
        to: AuthenticationMode,
    },
    /// Without policies: each is a call of its own.
    CreateEntry {
        entry: AccessEntry,
    },
    UpdateEntry {
        principal: PrincipalArn,
        before: EntryLogin,
        after: EntryLogin,
    },
    /// With the policies that go with it.
    DeleteEntry {
        entry: AccessEntry,
    },
    Associate {
        principal: PrincipalArn,
        policy: PolicyArn,
        before: Option<AccessScope>,
        after: AccessScope,
    },
    Disassociate {
        principal: PrincipalArn,
        policy: PolicyArn,
        before: AccessScope,
    },
    CreateBinding {
        binding: Binding,
    },
    DeleteBinding {
        binding: Binding,
    },
    CreateAwsAuth {
        after: ConfigData,
        #[serde(default, skip_serializing_if = "ConfigMapParts::is_empty")]
        parts: ConfigMapParts,
    },
    ReplaceAwsAuth {
        before: ConfigData,
        after: ConfigData,
    },
    DeleteAwsAuth {
        before: ConfigData,
        /// What goes with it.
        #[serde(default, skip_serializing_if = "ConfigMapParts::is_empty")]
        parts: ConfigMapParts,
    },
}

/// What UpdateAccessEntry replaces as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct EntryLogin {
    pub username: EntryUsername,
    pub groups: BTreeSet<GroupName>,
}

impl EntryLogin {
    pub fn of(entry: &AccessEntry) -> Self {
        Self { username: entry.username.clone(), groups: entry.groups.clone() }
    }
}

impl Call {
    /// As IAM policies and audit logs name the operation.
    pub const fn operation(&self) -> &'static str {
        match self {
            Self::UpdateMode { .. } => "eks:UpdateClusterConfig",
            Self::CreateEntry { .. } => "eks:CreateAccessEntry",
            Self::UpdateEntry { .. } => "eks:UpdateAccessEntry",
            Self::DeleteEntry { .. } => "eks:DeleteAccessEntry",
            Self::Associate { .. } => "eks:AssociateAccessPolicy",
            Self::Disassociate { .. } => "eks:DisassociateAccessPolicy",
            Self::CreateBinding { .. } => "create binding",
            Self::DeleteBinding { .. } => "delete binding",
            Self::CreateAwsAuth { .. } => "create aws-auth",
            Self::ReplaceAwsAuth { .. } => "replace aws-auth",
            Self::DeleteAwsAuth { .. } => "delete aws-auth",
        }
    }

    /// What it changes.
    pub fn resource(&self) -> Resource {
        match self {
            Self::UpdateMode { .. } => Resource::Mode,
            Self::CreateEntry { entry } | Self::DeleteEntry { entry } => {
                Resource::Entry(entry.principal.clone())
            }
            Self::UpdateEntry { principal, .. }
            | Self::Associate { principal, .. }
            | Self::Disassociate { principal, .. } => Resource::Entry(principal.clone()),
            Self::CreateBinding { binding } | Self::DeleteBinding { binding } => Resource::binding(binding),
            Self::CreateAwsAuth { .. } | Self::ReplaceAwsAuth { .. } | Self::DeleteAwsAuth { .. } => {
                Resource::AwsAuth
            }
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.operation();
        match self {
            Self::UpdateMode { from, to } => write!(f, "{operation} {from} to {to}"),
            Self::Associate { principal, policy, after, .. } => {
                write!(f, "{operation} {principal} {} ({after})", policy.name())
            }
            Self::Disassociate { principal, policy, .. } => {
                write!(f, "{operation} {principal} {}", policy.name())
            }
            Self::CreateAwsAuth { .. } | Self::ReplaceAwsAuth { .. } | Self::DeleteAwsAuth { .. } => {
                f.write_str(operation)
            }
            Self::CreateEntry { .. }
            | Self::UpdateEntry { .. }
            | Self::DeleteEntry { .. }
            | Self::CreateBinding { .. }
            | Self::DeleteBinding { .. } => write!(f, "{operation} {}", self.resource()),
        }
    }
}
