//! What a plan says of parity: the verdicts, what they assume, and everything that differs.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Difference;
use crate::model::{EntryType, Phase, PolicyArn};
use crate::rbac::UserInfo;

/// Whether somebody may do the same before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Proved, both ways.
    Equal,
    /// The same on every resource that the API server serves today; a `*` against a list differs on those to come.
    DiffersInForm,
    /// An input is missing. Never taken for equal.
    Unknown,
    Gains,
    /// It may gain besides.
    Loses,
}

/// Where a verdict holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", content = "name", rename_all = "kebab-case")]
pub enum Scope {
    /// Requests without a namespace: resources of the cluster, lists over all namespaces, URLs.
    Cluster,
    /// A namespace that a binding or access policy names; with a `*` at its end, those that begin so.
    Namespace(String),
    /// Every namespace that nothing names.
    OtherNamespaces,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ScopeVerdict {
    pub scope: Scope,
    pub verdict: Verdict,
}

/// An input without which a verdict stays unknown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum MissingInput {
    /// Roles and bindings were not read; the default ones alone say nothing.
    Rbac,
    /// What the access policy gives beyond the rules that AWS has published.
    PolicyRules { policy: PolicyArn },
    /// Access entries were not read, and one may be what is effective today.
    AccessEntries,
}

/// What a proof relies on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Assumption {
    /// Roles and bindings are those that were read, all of them.
    RbacAsRead,
    /// They were not read: those that Kubernetes makes by itself.
    RbacByDefault { version: String },
    /// The API server serves what its discovery said: a difference that no request for it meets is one in form.
    ResourcesAsServed,
    /// The rules of access policies are those that AWS has published; the date of the newest.
    PoliciesAsPublished { seen: String },
    /// The mode is not known: that mappings are what is effective today.
    MappingsEffective,
    /// AWS does not say which groups an entry of this type brings: those that its nodes need.
    GroupsOfType { entry_type: EntryType },
    /// Session names that no binding names are all alike.
    SessionsAlike,
    /// Principals have AmazonEKSClusterAdminPolicy in place of `system:masters`. Both may do everything; what names the group
    /// itself, such as an admission policy or the exempt priority level, tells them apart.
    MastersByPolicy { principals: usize },
    /// EKS gives the cluster's creator, whom no API names, an entry of an administrator when the mode changes.
    CreatorStays,
}

/// Somebody who may not do the same, or of whom that is unknown. Who is not in the list may do the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PrincipalParity {
    pub principal: String,
    /// One session of it, which a binding names; absent: all others, or the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    pub verdict: Verdict,
    /// The phase that brings the change.
    pub phase: Phase,
    /// As the API server sees it; absent: it does not authenticate.
    pub before: Option<UserInfo>,
    pub after: Option<UserInfo>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<ScopeVerdict>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<Change>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gained: Option<Change>,
    /// What no request can meet today.
    #[serde(default, skip_serializing_if = "ToCome::is_empty")]
    pub to_come: ToCome,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub missing: BTreeSet<MissingInput>,
    /// What it can do that matters most, before and after.
    pub powers: Powers,
}

impl PrincipalParity {
    /// Everything that it loses, or gains, that which differs in form alone included.
    pub fn rows(&self, is_lost: bool) -> impl Iterator<Item = &Difference> {
        let (change, to_come) = match is_lost {
            true => (&self.lost, &self.to_come.lost),
            false => (&self.gained, &self.to_come.gained),
        };
        change.iter().flat_map(|change| &change.rows).chain(to_come)
    }
}

/// All that a principal loses, or all that it gains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Change {
    /// Of the principal and of what changes: the same as long as both are.
    pub id: String,
    pub permissions: usize,
    /// Why it is accepted, if a decision does so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Acceptance>,
    pub rows: Vec<Difference>,
}

/// What tells the sides apart only on resources that the API server does not serve, or not yet. Nobody need accept it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ToCome {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<Difference>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gained: Vec<Difference>,
}

impl ToCome {
    pub fn is_empty(&self) -> bool {
        self.lost.is_empty() && self.gained.is_empty()
    }
}

/// A decision that accepts a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Acceptance {
    pub reason: String,
    /// The last day on which it holds, `YYYY-MM-DD`.
    pub until: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Powers {
    pub before: BTreeSet<Power>,
    pub after: BTreeSet<Power>,
}

/// What somebody can do, somewhere in the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Power {
    ClusterAdmin,
    Escalate,
    ReadSecrets,
    Exec,
}

/// How many permissions are lost and gained.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Permissions {
    pub lost: usize,
    pub gained: usize,
}

/// The proof of a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Parity {
    pub summary: ParitySummary,
    pub assumptions: BTreeSet<Assumption>,
    /// Accounts of `mapAccounts` whose other principals nobody knows: what they have ends with API mode.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub open_accounts: BTreeSet<String>,
    pub principals: Vec<PrincipalParity>,
}

/// Principals and permissions in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct ParitySummary {
    /// Principals, by verdict. Who loses and gains counts in both.
    pub equal: usize,
    pub differ_in_form: usize,
    pub unknown: usize,
    pub lose: usize,
    pub gain: usize,
    /// Of the equal ones, those whose mapping needs a decision first: nothing changes for them by this plan.
    pub wait: usize,
    pub permissions_lost: usize,
    pub permissions_gained: usize,
}

impl Parity {
    /// Permissions that would be lost and gained in a run that ends with this phase and no decision accepts. `today`:
    /// `YYYY-MM-DD`, which an acceptance may have passed.
    pub fn unaccepted(&self, through: Phase, today: &str) -> Permissions {
        let in_run = || self.principals.iter().filter(|principal| principal.phase <= through);
        let count = |change: Option<&Change>| {
            let open = change.filter(|change| {
                change.accepted.as_ref().is_none_or(|accepted| accepted.until.as_str() < today)
            });
            open.map_or(0, |change| change.permissions)
        };
        let lost = in_run().map(|principal| count(principal.lost.as_ref())).sum();
        let gained = in_run().map(|principal| count(principal.gained.as_ref())).sum();
        Permissions { lost, gained }
    }
}
