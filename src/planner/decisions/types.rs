use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::findings::DecidedAt;
use crate::model::{AccessScope, AccountId, EntryType, GroupName, PrincipalArn, Username};
use crate::parity::Acceptance;

/// What the team has decided: the file `eksodus.yaml`, version 1.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Decisions {
    pub masters: Masters,
    pub proposed_usernames: ProposedUsernames,
    /// By the old group's name, exact.
    pub groups: BTreeMap<String, GroupDecision>,
    /// In file order; the first that matches a principal decides.
    pub principals: Vec<PrincipalDecision>,
    /// For `mapAccounts`: the principals of each account that need an entry.
    pub accounts: BTreeMap<AccountId, AccountDecision>,
    /// Names that decisions or EKS's defaults introduce, and that give somebody more than before, each with the reason why
    /// that is meant. By the exact name of the group or username.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accept_gains: BTreeMap<String, String>,
    /// Changes of permissions that are meant, by their ids in the proof of the plan.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accept_differences: BTreeMap<String, Acceptance>,
    #[serde(default, skip_serializing_if = "Prune::is_covered")]
    pub prune: Prune,
    #[serde(default, skip_serializing_if = "Origins::is_empty")]
    pub origins: Origins,
}

/// Where decisions stand that are no more than a key and its value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Origins {
    pub groups: BTreeMap<String, DecidedAt>,
    pub accept_gains: BTreeMap<String, DecidedAt>,
}

impl Origins {
    fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.accept_gains.is_empty()
    }

    /// Another cluster's decision, maybe: that it decides nothing here is no fault.
    pub fn is_shared(of: &BTreeMap<String, DecidedAt>, name: &str) -> bool {
        of.get(name).is_some_and(|at| at.shared)
    }
}

/// What phase `prune` takes out of `aws-auth`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Prune {
    /// The mappings whose principals have entries; every other byte stays.
    #[default]
    Covered,
    /// The ConfigMap, once nobody relies on it.
    Delete,
}

impl Prune {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    fn is_covered(&self) -> bool {
        *self == Self::Covered
    }
}

/// How `system:masters` is carried over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", content = "group", rename_all = "kebab-case")]
pub enum Masters {
    /// AmazonEKSClusterAdminPolicy at cluster scope.
    #[default]
    AccessPolicy,
    /// An own group, bound to the ClusterRole `cluster-admin` by a ClusterRoleBinding that the plan creates.
    Group(GroupName),
}

/// Usernames that EKS refuses: whether the proposed ones may be taken, or each needs a decision of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ProposedUsernames {
    #[default]
    Ask,
    Accept,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", content = "to", rename_all = "kebab-case")]
pub enum GroupDecision {
    Drop,
    /// The bindings that name the old group are repeated for the new one.
    Rename(GroupName),
}

/// What is decided for the principals whose ARN (as `aws-auth` or as IAM spells it) matches `principal`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct PrincipalDecision {
    /// An ARN, or a glob in which `*` stands for any text and `?` for one character.
    pub principal: String,
    /// Not migrated, and why.
    pub skip: Option<String>,
    /// Which of the two is to count where the principal has an access entry and a mapping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub existing: Option<ExistingDecision>,
    /// The real ARN, with its path.
    pub arn: Option<PrincipalArn>,
    pub username: Option<UsernameDecision>,
    /// The whole list, in place of the one in `aws-auth`.
    pub groups: Option<BTreeSet<GroupName>>,
    #[serde(rename = "type")]
    pub entry_type: Option<EntryType>,
    /// The whole list.
    pub policies: Option<Vec<PolicyDecision>>,
    /// Line in the decisions file, for findings.
    pub line: usize,
    /// That file, as it was named; empty for `eksodus.yaml`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// Other clusters read the file, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
}

/// A principal has an effective access entry, and a mapping that says something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ExistingDecision {
    /// `keep: entry`. The entry stays as it is, and what the mapping would give beyond it is given up.
    KeepEntry,
    /// `take: mapping`. The entry becomes what the mapping gives, no more and no less.
    TakeMapping,
}

impl PrincipalDecision {
    /// It says what the principal is to have.
    pub fn has_values(&self) -> bool {
        self.username.is_some()
            || self.groups.is_some()
            || self.policies.is_some()
            || self.entry_type.is_some()
    }

    pub fn is_skipped(&self) -> bool {
        self.skip.is_some()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", content = "name", rename_all = "kebab-case")]
pub enum UsernameDecision {
    /// What EKS sets when none is given.
    Default,
    Custom(Username),
}

/// A policy by name; its partition is the principal's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PolicyDecision {
    pub policy: String,
    pub scope: AccessScope,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AccountDecision {
    pub principals: Vec<PrincipalArn>,
    /// Nobody else of the account needs access, and why.
    pub skip_others: Option<String>,
    /// Line in the decisions file, for findings.
    pub line: usize,
    /// That file, as it was named; empty for `eksodus.yaml`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// Other clusters read the file, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
}
