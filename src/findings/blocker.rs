use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::RuleId;
use crate::facts::Service;
use crate::model::{
    AccountId, EntryRefusal, EntryType, GroupRefusal, InvalidArn, Phase, PrincipalArn, Username,
    UsernameRefusal,
};
use crate::rbac::BindingRef;
use crate::reader::LinePlace;

/// Why a mapping cannot be migrated without a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Blocker {
    /// The role's real ARN is not known: its account was not looked at.
    UnresolvedRole { account: String },
    /// IAM has the name more than once; it cannot be told which.
    AmbiguousRole { candidates: Vec<PrincipalArn> },
    /// EKS refuses entries of services' roles; the service makes its own.
    ServiceLinkedRole { service: Service },
    /// The username cannot stand in an entry; the proposal could.
    Username { username: String, refusal: UsernameRefusal, proposal: Option<Username> },
    /// `system:` groups other than masters; each with the bindings that give it rights. `None`: RBAC was not looked at.
    Groups { groups: BTreeMap<String, Option<Vec<BindingRef>>> },
    /// A group that no entry can carry.
    Group { group: String, refusal: GroupRefusal },
    /// A node's username without the group of nodes.
    NotQuiteANode {
        /// The type that what EKS runs under the role needs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        needs: Option<EntryType>,
    },
    /// A node mapping for a user; or, with the cluster's account as `home`, for another account's role.
    NodePrincipal {
        #[serde(rename = "type")]
        entry_type: EntryType,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        home: Option<AccountId>,
    },
    /// A node mapping that holds `system:masters` as well.
    NodeAndMasters {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        needs: Option<EntryType>,
    },
    /// EKS lists the role as one of nodes or Fargate pods, and its mapping is a person's, or of another kind of node.
    NodeRole {
        /// `node group a`, `Fargate profile b`.
        used_by: Vec<String>,
        needs: EntryType,
    },
    /// An access policy that this cluster's Region does not offer, or that customers may not associate so.
    PolicyUnavailable {
        policy: String,
        why: PolicyRefusal,
        /// What was probably meant.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nearest: Option<String>,
    },
    /// A name that is introduced gives somebody more than before.
    Gains { gains: Vec<Gain> },
    /// Spelled in different case, EKS takes either mapping at random.
    Random { with: Vec<LinePlace> },
    /// An existing entry stands in the way, and is not to be written.
    Existing { why: NotWritable },
    /// `mapAccounts`: whoever else of the account uses the cluster is not known, or how these are really called.
    Account { account: String, unresolved: Vec<String> },
    /// It matches something that can authenticate, but for which no entry can be made.
    NoPrincipal { why: InvalidArn },
    /// The account's root user: it has access by this mapping alone, and no entry stands for it.
    Root,
    /// A decision asks for something that cannot be.
    Decision { why: Impossible },
    /// `mapAccounts`: one of the account's principals cannot be migrated, and this is why.
    OfAccount { principal: PrincipalArn, by: Box<Self> },
}

impl Blocker {
    pub fn rule(&self) -> RuleId {
        match self {
            Self::UnresolvedRole { .. } => RuleId::UnresolvedRole,
            Self::AmbiguousRole { .. } => RuleId::AmbiguousRole,
            Self::ServiceLinkedRole { .. } => RuleId::ServiceLinkedRole,
            Self::Username { refusal, .. } => match refusal {
                UsernameRefusal::NoColonBeforeSessionName => RuleId::SessionNameWithoutColon,
                UsernameRefusal::UnsupportedToken(_) => RuleId::UsernamePlaceholder,
                UsernameRefusal::ReservedPrefix(_) | UsernameRefusal::Empty => RuleId::ReservedUsername,
            },
            Self::Groups { .. } => RuleId::SystemGroup,
            Self::Group { .. } => RuleId::GroupPlaceholder,
            Self::NotQuiteANode { .. } => RuleId::HalfANode,
            Self::NodePrincipal { .. } => RuleId::NodePrincipal,
            Self::NodeAndMasters { .. } => RuleId::NodeAndMasters,
            Self::Random { .. } => RuleId::RandomDuplicate,
            Self::Existing { .. } => RuleId::EntryInTheWay,
            Self::NodeRole { .. } => RuleId::NodeRole,
            Self::Gains { .. } => RuleId::NameInUse,
            Self::PolicyUnavailable { .. } => RuleId::PolicyUnavailable,
            Self::Account { .. } => RuleId::AccountMapping,
            Self::NoPrincipal { .. } => RuleId::NotAPrincipal,
            Self::Root => RuleId::RootArn,
            Self::Decision { .. } => RuleId::ImpossibleDecision,
            Self::OfAccount { principal: _, by } => by.rule(),
        }
    }

    /// The first phase that waits for the decision. What `aws-auth` alone can hold only keeps it from being switched off.
    pub fn phase(&self) -> Phase {
        match self {
            Self::Account { .. } | Self::NoPrincipal { .. } | Self::Root | Self::ServiceLinkedRole { .. } => {
                Phase::ApiMode
            }
            // EKS may make its entry in the moment in which the mode changes
            Self::NodeRole { .. } => Phase::DualMode,
            Self::OfAccount { principal: _, by } => by.phase(),
            _ => Phase::Entries,
        }
    }
}

/// A decision that cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Impossible {
    /// Its ARN is another principal than the mapping names.
    OtherPrincipal {
        arn: PrincipalArn,
    },
    /// IAM has no such principal.
    NotInIam {
        arn: PrincipalArn,
    },
    /// Its ARN is not that of the access entry.
    NotOfEntry {
        principal: PrincipalArn,
    },
    /// The mapping is to count, and stands there in two spellings.
    TwoSpellings,
    /// A proposed username belongs to another mapping already; or, if there are some, has rights by these bindings.
    UsernameTaken {
        proposal: Username,
        from: String,
        bindings: BTreeSet<BindingRef>,
    },
    /// A group is to be renamed, and RBAC was not looked at.
    RenameUnchecked,
    NotAPolicy {
        policy: String,
    },
    /// EKS refuses the entry as a whole.
    Entry {
        refusal: EntryRefusal,
    },
    /// The type would serve none or not all uses of the role.
    WrongType {
        decided: EntryType,
        uses: Vec<TypeNeed>,
    },
}

/// What uses a role, and the type of entry that this needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TypeNeed {
    /// `node group a`.
    pub by: String,
    pub needs: EntryType,
}

/// Why an access entry is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum NotWritable {
    /// EKS made it and keeps it.
    EksOwned,
    /// Its username or a group of it could not be written back.
    OddNames { username: String },
}

/// Why an access policy cannot be associated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PolicyRefusal {
    #[error("no access policy of this name is known, and the Region's policies were not read")]
    Unknown,
    #[error("it is not available in the cluster's Region")]
    NotOffered,
    #[error("it is reserved for service roles")]
    OfServices,
    #[error("it does not allow this scope")]
    Scope,
}

/// Somebody who would have more by a name that the plan introduces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Gain {
    /// The group or username that is introduced.
    pub name: String,
    /// A principal, as its mapping or entry names it; `None`: the principal of the mapping itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// What it would have by that; none, and no `everything`: it shares the name alone.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub bindings: BTreeSet<BindingRef>,
    /// The name takes the place of `system:masters`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub everything: bool,
}

/// What an overridden mapping would give beyond the entry that overrides it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct GivesMore {
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub groups: BTreeSet<String>,
    /// `system:masters`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cluster_admin: bool,
    /// Its username, when bindings name what a login makes of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// It would authenticate nodes, and the entry does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<EntryType>,
    /// The entry gives nothing at all: whoever made it has probably not come to its policies.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub half_made: bool,
}

impl GivesMore {
    pub fn is_nothing(&self) -> bool {
        let Self { groups, cluster_admin, username, node, half_made: _ } = self;
        groups.is_empty() && !cluster_admin && username.is_none() && node.is_none()
    }
}
