//! The plan and its values.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::outlook::{Administrator, PruneOutlook};
use super::summary::Summary;
use crate::audit::Evidence;
use crate::findings::{Blocker, Finding, GivesMore, Note, Severity};
use crate::model::{AccessEntry, AuthenticationMode, ClusterId, EntryType, Phase, PrincipalArn};
use crate::parity::{Parity, Permissions};
use crate::planner::{Decisions, Fingerprint, Step};
use crate::reader::{DropReason, LinePlace, NeverMatches};
use crate::snapshot::{OwnSwitch, Part};

/// Everything that would be done, and why: computed once, reviewed, saved, executed as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    pub format: FormatVersion,
    /// How many there are of what follows; counted when the plan is complete.
    pub summary: Summary,
    /// `None`: planned from an `aws-auth` file alone.
    pub cluster: Option<ClusterId>,
    pub mode: Option<AuthenticationMode>,
    pub caller: CallerAccess,
    /// The text `aws-auth` was read from, as places name it.
    pub source: Option<String>,
    /// Digests of what the plan was computed from; a source that was unknown is absent.
    pub fingerprint: Fingerprint,
    pub decisions: Decisions,
    /// When an earlier run of this migration changed the mode, as its journal says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_switch: Option<OwnSwitch>,
    /// What an audit log told when the plan was made. It comes with the plan, as the decisions do, so that the plan can be
    /// made again where the log is not. It can give nobody more than `mapAccounts` gives them already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// Sources that were absent, and the promise that is not given for it.
    pub unknown: BTreeMap<Part, String>,
    /// Every mapping of `aws-auth`, in file order, each with exactly one outcome.
    pub lines: Vec<Line>,
    /// Every access entry the migration leads to, by principal.
    pub targets: Vec<Target>,
    /// Every existing access entry, by principal, each with exactly one fate.
    pub existing: Vec<Existing>,
    /// Every role that nodes or Fargate pods use, as far as EKS was asked for them.
    pub nodes: Vec<NodeRole>,
    /// What blocks, warns or informs, most severe first.
    pub notices: Vec<Finding>,
    /// In the order of execution; the caller's own entry is the last of the entries.
    pub steps: Vec<Step>,
    /// Who may do more or less afterwards, and what that relies on. Absent in a plan that undoes another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parity: Option<Parity>,
    /// Everybody who can do everything in the cluster, before or after, by principal. Absent as `parity` is, and in plans before format 2.2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administrators: Option<Vec<Administrator>>,
    /// What phase `prune` takes out of `aws-auth` and what stays. Absent where no `aws-auth` is read, in a plan that undoes another
    /// one, and in plans before format 2.2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prune: Option<PruneOutlook>,
    /// The digest of the plan whose run this one undoes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    /// BLAKE3 of all the rest, in hex.
    pub digest: String,
}

impl Plan {
    /// Permissions that a run that ends with this phase takes and gives, and no decision accepts on this day, `YYYY-MM-DD`;
    /// of an empty one every acceptance holds.
    pub fn unaccepted(&self, through: Phase, today: &str) -> Permissions {
        self.parity.as_ref().map(|parity| parity.unaccepted(through, today)).unwrap_or_default()
    }

    /// What has to be decided before a run that ends with this phase.
    pub fn blockers(&self, through: Phase) -> impl Iterator<Item = &Finding> {
        self.notices
            .iter()
            .filter(move |notice| matches!(notice.severity, Severity::Blocks(phase) if phase <= through))
    }
}

/// `MAJOR.MINOR`: an unknown major is refused, an unknown minor is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FormatVersion {
    pub major: u32,
    pub minor: u32,
}

/// Who runs the migration, and what gives them access today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum CallerAccess {
    /// No `caller.json`.
    Unknown,
    /// Neither mapping nor entry names the caller: a cluster creator in CONFIG_MAP mode, or somebody without Kubernetes access.
    Elsewhere { arn: String },
    /// By this mapping of `aws-auth` or this access entry; `principal` is the one its entry is, or will be, made for.
    Principal { arn: String, principal: PrincipalArn },
}

/// One mapping of `aws-auth`, with its values as EKS reads them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Line {
    pub at: LinePlace,
    /// `rolearn`, `userarn` or the account, as EKS reads it.
    pub arn: String,
    pub username: String,
    pub groups: Vec<String>,
    pub outcome: Outcome,
}

/// What becomes of a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Outcome {
    /// It becomes the target of this principal.
    Migrates {
        principal: PrincipalArn,
    },
    /// Another mapping overrides it today.
    Superseded {
        by: LinePlace,
    },
    /// It matches nobody today; an entry would grant access.
    NeverMatches {
        why: NeverMatches,
    },
    /// EKS throws it away.
    Dropped {
        why: DropReason,
    },
    /// IAM has no such principal any more.
    Gone,
    /// The cluster is in API mode and does not read the ConfigMap.
    NotRead,
    /// A decision says so.
    Skipped {
        reason: String,
    },
    /// The principal has an effective access entry, which stays as it is: the mapping gives nothing today.
    Overridden {
        principal: PrincipalArn,
        /// What the mapping would give beyond the entry, and nobody has. `None`: nothing, so that the entry covers it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        gives_more: Option<GivesMore>,
        /// Whether the entry still authenticates its principal is not known.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unproven: bool,
    },
    /// `mapAccounts`: these principals get entries of their own.
    Expanded {
        principals: Vec<PrincipalArn>,
        /// Named by bindings, but their real ARNs are not known.
        unresolved: Vec<String>,
        /// Why nobody else needs access, if somebody decided that.
        others: Option<String>,
    },
    Blocked {
        by: Blocker,
    },
}

/// An access entry the migration leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Target {
    pub entry: AccessEntry,
    /// What `aws-auth` gives this principal today.
    pub username_today: String,
    pub groups_today: Vec<String>,
    /// The mapping it comes from; for a principal of `mapAccounts`, that of its account.
    pub from: LinePlace,
    pub standing: Standing,
    pub is_caller: bool,
    pub notes: Vec<Note>,
}

/// A target against what exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Standing {
    /// Entries cannot be listed yet: created if absent, adopted if equal.
    NotYetObservable,
    Create,
    Equal,
    Update {
        from: AccessEntry,
    },
    /// Delete and create: the type differs, or the entry is bound to a principal that was recreated since.
    Replace {
        from: AccessEntry,
        /// It authenticates nobody, and what it held must not come alive, not by a rollback either.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        dead: bool,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Existing {
    pub principal: String,
    pub entry_type: EntryType,
    pub fate: ExistingFate,
    /// All of it, where it stays as it is and a mapping names its principal: what the principal keeps. Absent in plans before
    /// format 2.2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<AccessEntry>,
}

/// What becomes of an access entry that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ExistingFate {
    Equal,
    Update,
    Replace,
    /// Effective, and so left as it is; a mapping of its principal is overridden.
    Overrides,
    /// Its principal is gone from IAM, or was recreated since: it authenticates nobody. Left alone.
    Dead,
    /// No mapping for its principal: left alone.
    Foreign,
    /// EKS made it and keeps it: never touched.
    EksOwned,
    /// A mapping names its principal, but does not migrate: left alone.
    Blocked,
}

impl ExistingFate {
    /// It stays as it is, and a mapping names its principal.
    pub const fn is_kept_of_a_mapping(self) -> bool {
        matches!(self, Self::Overrides | Self::Blocked)
    }
}

/// What uses of a role as a node need, and whether an entry of a type that serves them will exist.
///
/// One for each type that uses of a role need, so that a role has more than one where no type serves all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NodeRole {
    pub role: PrincipalArn,
    /// `node group a`, `Fargate profile b`, `aws-auth only`.
    pub used_by: Vec<String>,
    pub needs: EntryType,
    /// The type of the entry it has or will have.
    pub gets: Option<EntryType>,
    pub covered: bool,
}
