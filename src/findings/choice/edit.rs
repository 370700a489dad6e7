use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::model::{AccountId, EntryType, GroupName, PrincipalArn, Username};

/// A change of the team's decisions. A value that is `None`, or an empty list of ARNs, is still to be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Edit {
    /// For one principal, as `aws-auth` or as IAM spells its ARN.
    Principal { principal: String, what: PrincipalEdit },
    /// For the members of a group, by its exact name.
    Group { group: String, becomes: GroupEdit },
    /// For `mapAccounts`: nobody else of the account needs an entry. `principals`: who does, each in its own account.
    Account {
        account: AccountId,
        /// `None`: nobody but those that are named already.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        principals: Option<Vec<PrincipalArn>>,
        skip_others: Option<String>,
    },
    /// Every username that is proposed is taken.
    ProposedUsernames,
    /// An own group in place of AmazonEKSClusterAdminPolicy.
    Masters { group: Option<GroupName> },
    /// Phase `prune` takes out covered mappings and does not delete the ConfigMap.
    PruneCovered,
    /// What somebody gains by this name is meant.
    AcceptGains { name: String, reason: Option<String> },
    /// What a principal loses or gains is meant, until the end of a day, `YYYY-MM-DD`.
    AcceptDifference { id: String, reason: Option<String>, until: Option<String> },
}

/// What is decided for a principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum PrincipalEdit {
    Skip {
        reason: Option<String>,
    },
    KeepEntry,
    TakeMapping,
    Arn {
        arn: Option<PrincipalArn>,
    },
    Username {
        username: Option<Username>,
    },
    /// The one that EKS sets when none is given.
    UsernameDefault,
    /// The whole list.
    Groups {
        groups: Option<BTreeSet<GroupName>>,
    },
    Type {
        #[serde(rename = "type")]
        entry_type: EntryType,
    },
}

/// What becomes of a group that no entry can have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum GroupEdit {
    Drop,
    /// The bindings that name the old group are copied for the new one.
    Rename {
        to: Option<GroupName>,
    },
}

impl Edit {
    pub(super) fn principal(principal: &str, what: PrincipalEdit) -> Self {
        Self::Principal { principal: principal.to_owned(), what }
    }

    pub(super) fn group(group: &str, becomes: GroupEdit) -> Self {
        Self::Group { group: group.to_owned(), becomes }
    }

    /// The top-level key of the file that it is under.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Principal { .. } => "principals",
            Self::Group { .. } => "groups",
            Self::Account { .. } => "accounts",
            Self::ProposedUsernames => "proposed-usernames",
            Self::Masters { .. } => "masters",
            Self::PruneCovered => "prune",
            Self::AcceptGains { .. } => "accept-gains",
            Self::AcceptDifference { .. } => "accept-differences",
        }
    }
}
