use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::{
    AccessEntry, AuthenticationMode, ClusterId, EntryType, GroupRefusal, PrincipalArn, Username,
    UsernameRefusal,
};
use crate::planner::{Decisions, Fingerprint, Phase, Step};
use crate::reader::{EntryRef, Place, SectionName};
use crate::snapshot::{OwnSwitch, Part};

/// Everything that would be done, and why: computed once, reviewed, saved, executed as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub format: FormatVersion,
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
    /// Sources that were absent, and the promise that is not given for it.
    pub unknown: BTreeMap<Part, String>,
    /// Every line of `aws-auth`, in file order, each with exactly one outcome.
    pub lines: Vec<Line>,
    /// Every access entry the migration leads to, by principal.
    pub targets: Vec<Target>,
    /// Every existing access entry, by principal, each with exactly one fate.
    pub existing: Vec<Existing>,
    /// Every role that nodes or Fargate pods use, as far as EKS was asked for them.
    pub nodes: Vec<NodeRole>,
    /// What blocks, warns or informs, most severe first.
    pub notices: Vec<Notice>,
    /// In the order of execution; the caller's own entry last.
    pub steps: Vec<Step>,
    /// The digest of the plan whose run this one undoes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    /// BLAKE3 of all the rest, in hex.
    pub digest: String,
}

impl Plan {
    /// What has to be decided before a run that ends with this phase.
    pub fn blockers(&self, through: Phase) -> impl Iterator<Item = &Notice> {
        self.notices
            .iter()
            .filter(move |notice| matches!(notice.severity, Severity::Blocks(phase) if phase <= through))
    }
}

/// `MAJOR.MINOR`: an unknown major is refused, an unknown minor is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormatVersion {
    pub major: u32,
    pub minor: u32,
}

/// Who runs the migration, and by what they are let in today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallerAccess {
    /// No `caller.json`.
    Unknown,
    /// Neither line nor entry names the caller: a cluster creator in CONFIG_MAP mode, or somebody without Kubernetes access.
    Elsewhere { arn: String },
    /// By this line of `aws-auth` or this access entry; `principal` is the one its entry is, or will be, made for.
    Principal { arn: String, principal: PrincipalArn },
}

/// A place in `aws-auth`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "FlatPlace", into = "FlatPlace")]
pub struct LinePlace {
    pub entry: EntryRef,
    pub place: Place,
}

/// How a [`LinePlace`] is written; flattening by serde would build a map for each.
#[derive(Serialize, Deserialize)]
struct FlatPlace {
    section: SectionName,
    index: usize,
    line: usize,
    column: usize,
}

impl From<LinePlace> for FlatPlace {
    fn from(LinePlace { entry, place }: LinePlace) -> Self {
        let (EntryRef { section, index }, Place { line, column }) = (entry, place);
        Self { section, index, line, column }
    }
}

impl From<FlatPlace> for LinePlace {
    fn from(FlatPlace { section, index, line, column }: FlatPlace) -> Self {
        Self { entry: EntryRef { section, index }, place: Place { line, column } }
    }
}

/// One line of `aws-auth` with what the server holds of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub at: LinePlace,
    /// `rolearn`, `userarn` or the account, as the server holds it.
    pub arn: String,
    pub username: String,
    pub groups: Vec<String>,
    pub outcome: Outcome,
}

/// What becomes of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It becomes the target of this principal.
    Migrates {
        principal: PrincipalArn,
    },
    /// A later line replaces it today.
    Superseded {
        by: LinePlace,
    },
    /// It matches nobody today; an entry would grant access.
    NeverMatches {
        why: String,
    },
    /// The server throws it away.
    Dropped {
        why: String,
    },
    /// IAM has no such principal any more.
    Gone {
        why: String,
    },
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

/// What an overridden mapping would give beyond the entry that overrides it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
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

/// Why an access policy cannot be associated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyRefusal {
    #[error("the catalogue has no access policy of this name, and what the Region offers was not looked at")]
    Unknown,
    #[error("the cluster's Region does not offer it")]
    NotOffered,
    #[error("it is for services' own roles")]
    OfServices,
    #[error("it does not take this scope")]
    Scope,
}

/// Somebody who would have more by a name that the plan introduces.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Gain {
    /// The group or username that is introduced.
    pub name: String,
    /// A principal, as its mapping or entry names it; `None`: the principal of the mapping itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// The bindings it would have by that, described; none: it shares the name alone.
    pub what: BTreeSet<String>,
}

/// Why a line cannot be migrated without a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blocker {
    /// The role's real ARN is not known: its account was not looked at.
    UnresolvedRole { account: String },
    /// IAM has the name more than once; it cannot be told which.
    AmbiguousRole { candidates: Vec<PrincipalArn> },
    /// EKS refuses entries of services' roles; the service makes its own.
    ServiceLinkedRole,
    /// The username cannot stand in an entry; the proposal could.
    Username { refusal: UsernameRefusal, proposal: Option<Username> },
    /// `system:` groups other than masters; each with the bindings that give it rights.
    Groups { groups: BTreeMap<String, Vec<String>> },
    /// A group that no entry can carry.
    Group { group: String, refusal: GroupRefusal },
    /// Node username or node groups, but not the set that makes a node.
    NotQuiteANode { why: String },
    /// A node line for a user, or for another account's role.
    NodePrincipal { why: String },
    /// A node line that holds `system:masters` as well.
    NodeAndMasters,
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
    /// Spelled in different case, the server takes either line at random.
    Random { with: Vec<LinePlace> },
    /// An existing entry stands in the way, and replacing it would cut off somebody else.
    Existing { why: String },
    /// `mapAccounts`: whoever else of the account uses the cluster is not known, or how these are really called.
    Account { account: String, unresolved: Vec<String> },
    /// It matches something that can log in, but for which no entry can be made.
    NoPrincipal { why: String },
    /// The account's root user: it is let in by this line alone, and no entry stands for it.
    Root,
    /// A decision asks for something EKS refuses.
    Decision { why: String },
    /// `mapAccounts`: one of the account's principals cannot be migrated, and this is why.
    OfAccount { principal: PrincipalArn, by: Box<Self> },
}

/// An access entry the migration leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub entry: AccessEntry,
    /// What `aws-auth` gives this principal today.
    pub username_today: String,
    pub groups_today: Vec<String>,
    /// The line it comes from; a principal of `mapAccounts` names that line.
    pub from: LinePlace,
    pub standing: Standing,
    pub is_caller: bool,
    pub notes: Vec<Note>,
}

/// A target against what exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
        why: String,
        /// It authenticates nobody, and what it held must not come alive, not by a rollback either.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        dead: bool,
    },
}

/// How the entry differs from the line, and why: each one a thing a reviewer should see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Note {
    MastersByPolicy,
    MastersByGroup {
        group: String,
        binding: String,
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
        /// The bindings that name it, described: what its members lose.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        bindings: Vec<String>,
    },
    /// A decision for the principal leaves them out.
    GroupsDropped {
        groups: BTreeSet<String>,
    },
    GroupRenamed {
        from: String,
        to: String,
        bindings: Vec<String>,
    },
    /// `carried`: bindings repeated for the new name. `left`: bindings of the old name that cannot be. `gained`: bindings
    /// that the new name has already. `unchecked`: RBAC was not looked at.
    UsernameChanged {
        from: String,
        to: String,
        carried: Vec<String>,
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        left: BTreeSet<String>,
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        gained: BTreeSet<String>,
        unchecked: bool,
    },
    /// The line has no username: the server uses an empty one, the entry EKS's default.
    UsernameDefaulted {
        to: String,
    },
    /// The server lost a field of the line; the entry is what is in force.
    Damaged {
        what: String,
    },
    /// The dead entry that this one replaces had more; nothing of it comes back.
    NotRevived {
        what: Vec<String>,
    },
    /// By decision the entry loses what it gives today.
    TakenFromEntry {
        what: Vec<String>,
    },
    /// EKS made the entry when this migration changed the mode, and it gave less than the mapping, or another name.
    BroughtToMapping,
    Decided {
        what: String,
        line: usize,
    },
    FromAccount {
        account: String,
    },
    PassRole,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Existing {
    pub principal: String,
    pub entry_type: EntryType,
    pub fate: ExistingFate,
}

/// What becomes of an access entry that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExistingFate {
    Equal,
    Update,
    Replace,
    /// Effective, and so left as it is; a mapping of its principal is overridden.
    Overrides,
    /// Its principal is gone from IAM, or was recreated since: it authenticates nobody. Left alone.
    Dead,
    /// No line names its principal: left alone.
    Foreign,
    /// EKS made it and keeps it: never touched.
    EksOwned,
    /// A line names its principal, but that line does not migrate: left alone.
    Blocked,
}

/// What uses of a role as a node need, and whether an entry of a type that serves them will exist.
///
/// One for each type that uses of a role need, so that a role has more than one where no type serves all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeRole {
    pub role: PrincipalArn,
    /// `node group a`, `Fargate profile b`, `aws-auth only`.
    pub used_by: Vec<String>,
    pub needs: EntryType,
    /// The type of the entry it has or will have.
    pub gets: Option<EntryType>,
    pub covered: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing from this phase on is done until it is decided.
    Blocks(Phase),
    Warning,
    Info,
}

/// One finding of the plan. Ids and their headings are those of `docs/rules.md`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub rule: String,
    pub severity: Severity,
    pub at: Option<LinePlace>,
    /// The principal, account, group or decision it is about.
    pub subject: String,
    /// What the server does today and what will happen.
    pub message: String,
    /// One thing to do, or several to choose from.
    pub help: Vec<String>,
}
