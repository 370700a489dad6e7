use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::timestamp::timestamp;
use crate::audit::Evidence;
use crate::model::{
    AccessEntry, Associations, AuthenticationMode, ClusterId, EntryType, EntryUsername, GroupName, PolicyArn,
    PrincipalArn, RUN_TAG, Update, Username,
};
use crate::rbac::Rbac;
use crate::rbac::served::ApiResource;
use crate::reader::Manifest;

/// Everything observed, as one value. `None` is "unknown", never "empty", but for `aws_auth`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    pub cluster: Option<Cluster>,
    /// What runs now, and the last change of the mode. Newest first.
    pub updates: Option<Vec<Update>>,
    /// `None`: there is none.
    pub aws_auth: Option<Manifest>,
    /// `None`: not observable (CONFIG_MAP mode) or not looked at. Sorted by principal.
    pub access_entries: Option<Vec<ObservedEntry>>,
    pub access_policies: Option<Vec<PolicyArn>>,
    pub nodegroups: Option<Vec<Nodegroup>>,
    pub fargate_profiles: Option<Vec<FargateProfile>>,
    pub iam_roles: Option<Listing<IamRole>>,
    pub iam_users: Option<Listing<IamUser>>,
    pub rbac: Option<Rbac>,
    pub namespaces: Option<Vec<String>>,
    /// What the API server serves: those of one that is not complete, and more. Sorted.
    pub api_resources: Option<Listing<ApiResource>>,
    /// Whoever they let in shares the groups of RBAC without being in `aws-auth`. Sorted.
    pub identity_providers: Option<Vec<IdentityProvider>>,
    pub caller: Option<Caller>,
    /// Told by the journal of a run of ours, and by no document.
    pub own_switch: Option<OwnSwitch>,
    /// Told by an audit log that somebody has named, and by no document.
    pub evidence: Option<Evidence>,
}

/// When this migration itself took the cluster out of CONFIG_MAP mode. What EKS made in that time it made because of that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct OwnSwitch {
    /// The call that changed the mode was sent.
    pub from: jiff::Timestamp,
    /// The update was seen to be done, and what EKS makes was there to be listed.
    pub to: jiff::Timestamp,
}

impl OwnSwitch {
    pub fn includes(&self, time: jiff::Timestamp) -> bool {
        (self.from..=self.to).contains(&time)
    }
}

/// `aws eks describe-cluster`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    pub id: ClusterId,
    /// Such as `1.30`.
    pub version: String,
    /// Such as `eks.5`.
    pub platform_version: String,
    pub status: ClusterStatus,
    /// An absent or empty `accessConfig` is CONFIG_MAP: the cluster is older than the choice.
    pub mode: AuthenticationMode,
    pub endpoint: Option<String>,
    /// Whether EKS was to make its creator an administrator. Tools that describe a cluster replace it where they say another
    /// value than it has. `None`: an old cluster, or an old snapshot.
    pub creator_admin: Option<bool>,
    /// The node role of EKS Auto Mode, when it is on.
    pub auto_mode_node_role: Option<PrincipalArn>,
    /// A local cluster on AWS Outposts, which has no access entries whatever its version: it has an `outpostConfig`, or a
    /// platform version such as `eks-local-outposts.3`.
    pub outpost: bool,
}

impl Cluster {
    /// Whether a platform version is one of local clusters on Outposts.
    pub fn is_outpost_platform(platform_version: &str) -> bool {
        platform_version.starts_with("eks-local-outposts.")
    }
}

impl Update {
    /// `None` when the text is no time.
    pub fn created_at(&self) -> Option<jiff::Timestamp> {
        timestamp(&self.created)
    }

    /// The mode that it changes, or changed, to; `None` when it is about something else.
    pub fn mode(&self) -> Option<AuthenticationMode> {
        self.params.get(Self::MODE).filter(|_| self.kind == Self::OF_MODE)?.parse().ok()
    }
}

/// `aws eks list-identity-provider-configs`
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IdentityProvider {
    /// `oidc`, so far.
    pub kind: String,
    pub name: String,
}

/// `ACTIVE`, `UPDATING`, …, as EKS prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterStatus(pub String);

impl ClusterStatus {
    const UPDATING: &str = "UPDATING";

    pub fn updating() -> Self {
        Self(Self::UPDATING.to_owned())
    }

    /// EKS is making an update, of whatever kind. It may take a moment to say so.
    pub fn is_updating(&self) -> bool {
        self.0 == Self::UPDATING
    }
}

/// An access entry as DescribeAccessEntry and ListAssociatedAccessPolicies show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedEntry {
    /// As EKS spells it: mostly a role or user, `:root` is accepted too.
    pub principal: String,
    pub entry_type: EntryType,
    /// Empty where EKS shows none.
    pub username: String,
    pub groups: BTreeSet<String>,
    pub policies: Associations,
    pub tags: BTreeMap<String, String>,
    pub arn: String,
    /// ISO 8601 or seconds since 1970, as the AWS CLI prints it; compared through [`ObservedEntry::created_at`].
    pub created: String,
    pub modified: String,
}

impl ObservedEntry {
    /// `None` when the text is no time.
    pub fn created_at(&self) -> Option<jiff::Timestamp> {
        timestamp(&self.created)
    }

    /// `None` when the text is no time.
    pub fn modified_at(&self) -> Option<jiff::Timestamp> {
        timestamp(&self.modified)
    }

    /// The run that created it, where its caller may tag.
    pub fn created_by_run(&self) -> Option<&str> {
        self.tags.get(RUN_TAG).map(String::as_str)
    }

    /// The entry as a value that could be written again, without the tag of the run that created it; `None` when it breaks
    /// a rule that EKS has for customers.
    pub fn as_entry(&self) -> Option<AccessEntry> {
        let Self { principal, entry_type, username, groups, policies, tags, arn: _, created: _, modified: _ } =
            self;
        let principal: PrincipalArn = principal.parse().ok()?;
        let standard = entry_type.is_standard();
        let username =
            if !standard || username.is_empty() || entry_type.is_default_username(&principal, username) {
                EntryUsername::Default
            } else {
                EntryUsername::Custom(Username::new(username.clone()).ok()?)
            };
        let groups = if standard {
            groups.iter().map(|group| GroupName::new(group.clone()).ok()).collect::<Option<_>>()?
        } else {
            // node types show system:nodes, which is EKS's doing
            BTreeSet::new()
        };
        Some(AccessEntry {
            principal,
            entry_type: entry_type.clone(),
            username,
            groups,
            policies: policies.clone(),
            tags: tags
                .iter()
                .filter(|(key, _)| *key != RUN_TAG)
                .map(|(key, tag)| (key.clone(), tag.clone()))
                .collect(),
        })
    }
}

/// `aws eks describe-nodegroup`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nodegroup {
    pub name: String,
    pub node_role: PrincipalArn,
    /// Such as `AL2023_x86_64_STANDARD`, `WINDOWS_CORE_2022_x86_64`, `CUSTOM`.
    pub ami_type: Option<String>,
}

impl Nodegroup {
    /// An image of one's own, of which EKS does not say what runs on it.
    pub fn is_custom(&self) -> bool {
        self.ami_type.as_deref() == Some("CUSTOM")
    }

    pub fn is_windows(&self) -> bool {
        self.ami_type.as_deref().is_some_and(|ami| ami.starts_with("WINDOWS_"))
    }
}

/// `aws eks describe-fargate-profile`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FargateProfile {
    pub name: String,
    pub pod_execution_role: PrincipalArn,
}

/// A list of IAM, and whether it is the whole of its account.
///
/// Only a complete one can prove that a principal is gone. Outputs of `get-role` carry `RoleLastUsed`, which `list-roles`
/// never does, and so give themselves away as partial; so does a truncated list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing<T> {
    pub items: Vec<T>,
    pub complete: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IamRole {
    pub arn: PrincipalArn,
    /// `AROA…`
    pub id: String,
    pub created: String,
}

impl IamRole {
    /// `None` when the text is no time.
    pub fn created_at(&self) -> Option<jiff::Timestamp> {
        timestamp(&self.created)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IamUser {
    pub arn: PrincipalArn,
    /// `AIDA…`
    pub id: String,
    pub created: String,
}

impl IamUser {
    /// `None` when the text is no time.
    pub fn created_at(&self) -> Option<jiff::Timestamp> {
        timestamp(&self.created)
    }
}

/// `aws sts get-caller-identity`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub arn: String,
    pub account: String,
    pub user_id: String,
}
