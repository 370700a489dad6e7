use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::RuleId;
use crate::audit::Period;
use crate::model::{AccessScope, PolicyArn};
use crate::rbac::BindingRef;
use crate::reader::Lost;

/// How an entry differs from its mapping, and why: each one a thing a reviewer should see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Note {
    MastersByPolicy,
    MastersByGroup {
        group: String,
        binding: BindingRef,
    },
    /// The path STS does not show.
    PathResolved,
    /// IAM was not looked at: the ARN is as `aws-auth` spells it.
    PathUnchecked,
    AccountIdWrittenOut,
    /// Groups that change nothing: everybody has them anyway, or nobody can be bound to them.
    ImplicitGroups {
        groups: BTreeSet<String>,
    },
    /// A node type takes no groups of one's own.
    GroupsLost {
        groups: BTreeSet<String>,
    },
    GroupDropped {
        group: String,
        /// What its members lose; `None`: RBAC was not looked at.
        bindings: Option<Vec<BindingRef>>,
    },
    /// A decision for the principal leaves them out.
    GroupsDropped {
        groups: BTreeSet<String>,
    },
    GroupRenamed {
        from: String,
        to: String,
        /// Copied for the new name.
        bindings: Vec<BindingRef>,
    },
    UsernameChanged {
        from: String,
        to: String,
        /// Bindings copied for the new name.
        carried: Vec<BindingRef>,
        /// Bindings of the old name that cannot be copied.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        left: BTreeSet<BindingRef>,
        /// Bindings that the new name has already.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        gained: BTreeSet<BindingRef>,
        /// RBAC was not looked at.
        unchecked: bool,
    },
    /// The mapping has no username: EKS uses an empty one, the entry EKS's default.
    UsernameDefaulted {
        to: String,
    },
    /// EKS lost a field of the mapping; the entry is what is effective.
    Damaged {
        what: Lost,
    },
    /// The dead entry that this one replaces had more; nothing of it comes back.
    NotRevived {
        what: Vec<Granted>,
    },
    /// By decision the entry loses what it gives today.
    TakenFromEntry {
        what: Vec<Granted>,
    },
    /// EKS made the entry when this migration changed the mode, and it gave less than the mapping, or another name.
    BroughtToMapping,
    Decided {
        what: Vec<DecidedValue>,
        #[serde(flatten)]
        at: DecidedAt,
    },
    FromAccount {
        account: String,
    },
    /// The audit log shows that they authenticated so.
    Authenticated {
        period: Period,
    },
    PassRole,
}

impl Note {
    /// The rule of those that are findings too.
    pub fn rule(&self) -> Option<RuleId> {
        match self {
            Self::MastersByPolicy | Self::MastersByGroup { .. } => Some(RuleId::SystemMasters),
            Self::GroupsLost { .. } => Some(RuleId::GroupsLost),
            Self::GroupsDropped { .. } | Self::GroupDropped { .. } => Some(RuleId::GroupDropped),
            Self::UsernameChanged { .. } => Some(RuleId::UsernameChanged),
            Self::UsernameDefaulted { .. } => Some(RuleId::MissingUsername),
            Self::Damaged { .. } => Some(RuleId::DamagedEntry),
            Self::NotRevived { .. } => Some(RuleId::NotRevived),
            Self::TakenFromEntry { .. } => Some(RuleId::TakenFromEntry),
            Self::BroughtToMapping => Some(RuleId::MadeByEks),
            Self::PathResolved
            | Self::PathUnchecked
            | Self::AccountIdWrittenOut
            | Self::ImplicitGroups { .. }
            | Self::GroupRenamed { .. }
            | Self::Decided { .. }
            | Self::FromAccount { .. }
            | Self::Authenticated { .. }
            | Self::PassRole => None,
        }
    }
}

/// Where a decision stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DecidedAt {
    pub line: usize,
    /// As it was named; empty for `eksodus.yaml`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// The file is one of several, and not the last: other clusters read it, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
}

/// `eksodus.yaml:6`.
impl fmt::Display for DecidedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = if self.file.is_empty() { "eksodus.yaml" } else { &self.file };
        write!(f, "{file}:{}", self.line)
    }
}

/// Something that an entry gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Granted {
    Group {
        group: String,
    },
    Policy {
        policy: PolicyArn,
        scope: AccessScope,
    },
    /// By the entry's username.
    Binding {
        binding: BindingRef,
    },
}

impl fmt::Display for Granted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group { group } => write!(f, "group {group}"),
            Self::Policy { policy, scope } => write!(f, "{} ({scope})", policy.name()),
            Self::Binding { binding } => write!(f, "{binding} (by username)"),
        }
    }
}

/// What of an entry a decision says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DecidedValue {
    /// That the mapping counts, and not its access entry.
    Mapping,
    Arn,
    Username,
    Groups,
    Type,
    Policies,
}

impl fmt::Display for DecidedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mapping => "mapping instead of its access entry",
            Self::Arn => "arn",
            Self::Username => "username",
            Self::Groups => "groups",
            Self::Type => "type",
            Self::Policies => "policies",
        })
    }
}
