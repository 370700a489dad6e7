use std::fmt;

use serde::{Deserialize, Serialize};

use super::layout::Layout;
use super::yaml::ValueKind;
use super::{Place, Span};
use crate::model::InvalidArn;

/// One of the three data keys EKS looks at (exact case).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum SectionName {
    #[serde(rename = "mapRoles")]
    MapRoles,
    #[serde(rename = "mapUsers")]
    MapUsers,
    #[serde(rename = "mapAccounts")]
    MapAccounts,
}

impl SectionName {
    pub const ALL: [Self; 3] = [Self::MapRoles, Self::MapUsers, Self::MapAccounts];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MapRoles => "mapRoles",
            Self::MapUsers => "mapUsers",
            Self::MapAccounts => "mapAccounts",
        }
    }
}

impl fmt::Display for SectionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The whole ConfigMap as EKS holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsAuth {
    pub roles: Section<Mapping>,
    pub users: Section<Mapping>,
    pub accounts: Section<Account>,
}

impl AwsAuth {
    /// How many mappings are written, those that EKS drops included.
    pub fn written(&self) -> usize {
        self.roles.entries.len() + self.users.entries.len() + self.accounts.entries.len()
    }

    /// A mapping of `mapRoles` or `mapUsers` by its position.
    pub fn mapping(&self, at: EntryRef) -> Option<&Mapping> {
        let section = match at.section {
            SectionName::MapRoles => &self.roles,
            SectionName::MapUsers => &self.users,
            SectionName::MapAccounts => return None,
        };
        section.entries.get(at.index)
    }
}

/// One data key: what EKS made of it, and its entries in file order (dropped ones included).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section<E> {
    pub name: SectionName,
    pub status: SectionStatus,
    /// The value in the file; `None` when the key is absent.
    pub span: Option<Span>,
    pub entries: Vec<E>,
    pub layout: Layout,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SectionStatus {
    /// No such key, or a blank value.
    Absent,
    Read,
    /// An error empties the section; the other sections stand. Of `mapAccounts` EKS keeps what comes before
    /// an item whose tag lies, and an empty text for each item from there on.
    Lost {
        why: String,
        place: Place,
        span: Span,
    },
    /// The list ended before the text did; EKS reads no further and logs nothing.
    CutShort {
        place: Place,
        span: Span,
    },
}

/// Which entry: the section and its position in the list, from 0, as EKS counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct EntryRef {
    pub section: SectionName,
    pub index: usize,
}

/// A mapping of `mapRoles` or `mapUsers`, with the values EKS holds after its own coercion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    pub at: EntryRef,
    /// Where the list item begins.
    pub place: Place,
    /// The whole list item in the file.
    pub span: Span,
    /// `rolearn` or `userarn`, never trimmed or canonicalised.
    pub arn: String,
    pub arn_span: Option<Span>,
    /// Empty when missing or lost; a lost one is in the status.
    pub username: String,
    pub username_span: Option<Span>,
    /// `None` when missing, null or lost.
    pub groups: Option<Vec<String>>,
    pub groups_span: Option<Span>,
    pub user_id: String,
    /// The entry has an `sso` value.
    pub sso: bool,
    /// Keys EKS ignores, with their places, in file order.
    pub unknown_keys: Vec<(String, Span)>,
    pub status: Status,
    /// What EKS lost of this entry, in file order; an entry may be damaged and superseded at once.
    pub damage: Vec<Damage>,
}

/// An element of `mapAccounts`: its source text, whatever it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub at: EntryRef,
    pub place: Place,
    pub span: Span,
    /// Compared with the STS account id as it is; empty for a dropped element.
    pub text: String,
    pub status: Status,
}

/// What becomes of an entry at login. Damage is told apart, in [`Mapping::damage`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    InForce,
    /// A later entry for the same ARN or account replaces it whole; or `mapRoles`, which is asked first, has the ARN of a
    /// mapping in `mapUsers`.
    Superseded {
        by: EntryRef,
    },
    /// Spelled in different case, both stay and each login takes either at random; at most 16 others are named.
    Random {
        with: Vec<EntryRef>,
    },
    NeverMatches(NeverMatches),
    Dropped(DropReason),
}

/// A field EKS lost because its value had the wrong type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    pub lost: Lost,
    /// The value that was lost.
    pub span: Span,
}

/// What was lost, and what stood in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Lost {
    /// `username` was not a string; EKS holds an empty one, or the one of an earlier spelling of the key.
    Username { found: ValueKind },
    /// `groups` was not a list.
    Groups { found: ValueKind },
    /// A list element was not a string; EKS holds `""` in its place.
    Group { index: usize, found: ValueKind },
    /// Another field (`userid`, `sso`) had the wrong type.
    Other { key: String, found: ValueKind },
}

/// Why EKS's validation throws an entry away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum DropReason {
    /// The list element is not a mapping.
    NotAMapping {
        found: ValueKind,
    },
    /// Neither `rolearn` nor `sso`, or an empty `rolearn`.
    NoRoleArn,
    NoUserArn,
    /// `rolearn` was not a string.
    ArnNotAString {
        found: ValueKind,
    },
    /// Both `rolearn` and `sso`.
    RoleArnAndSso,
    /// The `sso` matcher breaks its own rules.
    InvalidSso {
        why: String,
    },
    /// `mapAccounts` element that is no scalar.
    AccountNotAScalar {
        found: ValueKind,
    },
}

/// Why no identity can ever equal the ARN in the map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum NeverMatches {
    /// STS says nothing of a role's path.
    RolePath { pathless: String },
    /// A session is canonicalised to its role before it is looked up.
    SessionArn { role: Option<String> },
    /// Space around it, or within.
    StraySpace,
    /// `*` or `?` are ordinary characters here.
    Wildcard,
    /// An `sso` matcher; the feature gate is off.
    Sso,
    /// Not the ARN of anything that can log in.
    NotAnIdentity { why: InvalidArn },
    /// `mapAccounts` element that is no 12-digit account id.
    NotAnAccount,
}
