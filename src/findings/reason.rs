use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Severity::{self, Blocks, Info, Warning};
use super::{Blocker, DecidedAt, Gain, GivesMore, Note, PolicyRefusal, RuleId, Words, YamlFix};
use crate::audit::Period;
use crate::model::{AuthenticationMode, EntryRefusal, EntryType, PrincipalArn};
use crate::rbac::{BindingRef, Problem, ProblemKind};
use crate::reader::{
    DropReason, EntryRef, LinePlace, NeverMatches, Section, SectionName, SectionStatus, Span,
};
use crate::snapshot::Part;

/// Why a finding is one: all that its words are made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Reason {
    /// The mapping cannot be migrated without a decision.
    Waits {
        by: Blocker,
    },
    NeverMatches {
        why: NeverMatches,
    },
    Dropped {
        why: DropReason,
        /// A field that EKS does not know, and what was probably meant.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        misspelt: Option<Misspelt>,
    },
    /// A later mapping replaces it today, or (`across`) one of mapRoles, which is asked first. `lost`: groups that the principal
    /// does not have for that.
    Superseded {
        by: LinePlace,
        across: bool,
        lost: BTreeSet<String>,
    },
    /// IAM has no such principal any more.
    PrincipalGone,
    /// Overridden by an entry that gives less.
    EntryGivesLess {
        gives_more: GivesMore,
    },
    /// Overridden by an entry of which nobody knows whether it is dead.
    EntryUnproven {
        principal: PrincipalArn,
    },
    /// Overridden by an entry that gives all of it.
    Covered,
    /// An existing entry that authenticates nobody; `recreated`: since it was made, and not gone.
    DeadEntry {
        recreated: bool,
    },
    /// An entry that stays has a policy that the Region does not offer; `known`: AWS documents it.
    PolicyNotListed {
        policy: String,
        known: bool,
    },
    /// The time of an entry, or of its principal, cannot be read.
    UnreadableTime,
    /// How an entry differs from its mapping.
    Differs {
        note: Note,
    },
    /// An entry is deleted and created again: it is dead, or its type changes.
    Replaced {
        from: EntryType,
        to: EntryType,
        dead: bool,
    },
    /// EKS reads no further, having read `entries`; `prose` is what its parser says.
    SectionLost {
        section: SectionName,
        entries: usize,
        fix: YamlFix,
        prose: String,
    },
    SectionCutShort {
        section: SectionName,
        entries: usize,
    },
    UnusedDecision {
        what: UnusedDecision,
    },
    /// `you`: the caller would be one.
    NoOtherAdministrator {
        you: bool,
        observable: bool,
    },
    /// By decision the mapping of the caller, or of its account, becomes no entry for it.
    CallerSkipped {
        account: bool,
    },
    CallerUnmapped {
        observable: bool,
    },
    CallerLosesRights {
        keeps_nothing: bool,
    },
    EntryQuota {
        all: usize,
        new: usize,
        most: usize,
    },
    PlatformVersion {
        why: PlatformGap,
    },
    NodesUnknown {
        missing: Vec<Part>,
    },
    KeyCase {
        key: String,
        meant: SectionName,
    },
    UnreadKey {
        key: String,
    },
    /// `absent`: there is no aws-auth at all.
    NothingRead {
        absent: bool,
    },
    /// EKS is expected to make this entry when the mode changes; `becomes`: the type that the plan replaces it by.
    MadeByEks {
        #[serde(rename = "type")]
        entry_type: EntryType,
        because: String,
        becomes: Option<EntryType>,
    },
    /// And one for the cluster's creator.
    CreatorsEntry,
    NodeUncovered {
        used_by: Vec<String>,
        needs: EntryType,
        gets: Option<EntryType>,
        way_out: NodeWayOut,
    },
    UnboundGroup {
        others: usize,
        nearest: Option<String>,
    },
    /// In the audit log nobody authenticated by the mapping; `requests`: how many it has, of whomever.
    UnusedMapping {
        period: Period,
        requests: u64,
        account: bool,
    },
    /// Sessions for whom a mapping wrote out its template, as the audit log has them; `and_more`: there were others.
    SessionsSeen {
        period: Period,
        sessions: BTreeSet<String>,
        and_more: bool,
    },
    GainAccepted {
        gain: Gain,
    },
    GroupGiven {
        group: String,
        bindings: Vec<BindingRef>,
    },
    /// Roles and bindings that give other than it seems, among those of the plan's principals.
    OfRbac {
        problem: Problem,
    },
    /// Covered mappings stay, because cutting them out would change the rest.
    NotPruned {
        prose: String,
    },
    Immutable,
    DeleteBlocked {
        by: DeleteBlocker,
    },
    NotUndone {
        why: NotUndone,
    },
    /// The plan itself is not as the planner makes it. In no plan.
    Unsound {
        why: Unsound,
    },
    /// Of the text alone: the rule says it itself. In no plan.
    #[serde(skip)]
    OfText {
        rule: RuleId,
        words: Words,
    },
}

impl Reason {
    /// Of a key of `data` that EKS does not read.
    pub fn of_key(key: &str) -> Option<Self> {
        let key = key.to_owned();
        match SectionName::ALL.into_iter().find(|name| name.as_str().eq_ignore_ascii_case(&key)) {
            Some(name) if name.as_str() == key => None,
            Some(meant) => Some(Self::KeyCase { key, meant }),
            None => Some(Self::UnreadKey { key }),
        }
    }

    /// Of a section that ends too early, and where that is.
    pub fn of_end<E>(section: &Section<E>, text: &str) -> Option<(Self, LinePlace, Span)> {
        let (name, entries) = (section.name, section.entries.len());
        let at = |place| LinePlace { entry: EntryRef { section: name, index: entries }, place };
        match &section.status {
            SectionStatus::Absent | SectionStatus::Read => None,
            SectionStatus::Lost { why, place, span } => {
                let fix = YamlFix::of(text, span.start);
                let reason = Self::SectionLost { section: name, entries, fix, prose: why.clone() };
                Some((reason, at(*place), *span))
            }
            SectionStatus::CutShort { place, span } => {
                Some((Self::SectionCutShort { section: name, entries }, at(*place), *span))
            }
        }
    }

    /// Of a mapping that another one replaces, with the groups of both.
    pub fn of_superseded(at: EntryRef, groups: &[String], by: LinePlace, of_winner: &[String]) -> Self {
        let lost = groups.iter().filter(|group| !of_winner.contains(group)).cloned().collect();
        Self::Superseded { across: by.entry.section != at.section, by, lost }
    }

    pub fn rule(&self) -> RuleId {
        match self {
            Self::Waits { by } => by.rule(),
            Self::NeverMatches { .. } => RuleId::NeverMatches,
            Self::Dropped { .. } => RuleId::DroppedEntry,
            Self::Superseded { .. } => RuleId::SupersededLine,
            Self::PrincipalGone => RuleId::PrincipalGone,
            Self::EntryGivesLess { .. } => RuleId::EntryGivesLess,
            Self::EntryUnproven { .. } | Self::UnreadableTime => RuleId::EntryUnproven,
            Self::Covered => RuleId::EntryDiffers,
            Self::DeadEntry { .. } => RuleId::DeadEntry,
            Self::PolicyNotListed { .. } => RuleId::PolicyNotListed,
            // the others are no findings
            Self::Differs { note } => note.rule().unwrap_or(RuleId::EntryDiffers),
            Self::Replaced { .. } => RuleId::EntryReplaced,
            Self::SectionLost { .. } => RuleId::SectionLost,
            Self::SectionCutShort { .. } => RuleId::SectionCutShort,
            Self::UnusedDecision { .. } => RuleId::UnusedDecision,
            Self::NoOtherAdministrator { .. } => RuleId::NoOtherAdmin,
            Self::CallerSkipped { .. } => RuleId::CallerSkipped,
            Self::CallerUnmapped { .. } => RuleId::CallerUnmapped,
            Self::CallerLosesRights { .. } => RuleId::CallerLosesRights,
            Self::EntryQuota { .. } => RuleId::EntryQuota,
            Self::PlatformVersion { .. } => RuleId::PlatformVersion,
            Self::NodesUnknown { .. } => RuleId::NodesUnknown,
            Self::KeyCase { .. } => RuleId::KeyCase,
            Self::UnreadKey { .. } => RuleId::UnreadKey,
            Self::NothingRead { .. } => RuleId::NothingRead,
            Self::MadeByEks { .. } | Self::CreatorsEntry => RuleId::MadeByEks,
            Self::NodeUncovered { .. } => RuleId::NodeUncovered,
            Self::UnboundGroup { .. } => RuleId::UnboundGroup,
            Self::UnusedMapping { .. } => RuleId::UnusedMapping,
            Self::SessionsSeen { .. } => RuleId::SessionsSeen,
            Self::GainAccepted { .. } => RuleId::GainAccepted,
            Self::GroupGiven { .. } => RuleId::GroupGiven,
            Self::OfRbac { problem } => of_rbac(problem.what),
            Self::NotPruned { .. } | Self::Immutable => RuleId::NotPruned,
            Self::DeleteBlocked { .. } => RuleId::DeleteBlocked,
            Self::NotUndone { .. } => RuleId::NotUndone,
            Self::Unsound { why } => why.rule(),
            Self::OfText { rule, words: _ } => *rule,
        }
    }

    pub fn severity(&self) -> Severity {
        match self {
            Self::Waits { by } => Blocks(by.phase()),
            Self::UnreadableTime
            | Self::PolicyNotListed { known: false, .. }
            | Self::NoOtherAdministrator { observable: false, .. }
            // in API mode nothing but an entry gives access, and all entries are known
            | Self::CallerUnmapped { observable: false }
            | Self::PlatformVersion { why: PlatformGap::Unreadable { .. } } => Warning,
            Self::CreatorsEntry | Self::Differs { note: Note::BroughtToMapping } => Info,
            _ => self.rule().severity(),
        }
    }
}

fn of_rbac(what: ProblemKind) -> RuleId {
    match what {
        ProblemKind::MissingRole | ProblemKind::UnknownRoleKind | ProblemKind::LacksNamespace => {
            RuleId::BindingGivesNothing
        }
        ProblemKind::UnknownSubjectKind | ProblemKind::AccountWithoutNamespace => {
            RuleId::SubjectMatchesNobody
        }
        ProblemKind::Drift => RuleId::AggregationDrift,
        ProblemKind::AggregationCycle
        | ProblemKind::UnreadableSelector
        | ProblemKind::AggregationTooLarge => RuleId::AggregationUnsettled,
        ProblemKind::IdleRule | ProblemKind::UnreadKey => RuleId::RuleGivesNothing,
        ProblemKind::UnknownVerb => RuleId::UnknownVerb,
    }
}

/// A field of a mapping that EKS does not know, and the one that was probably meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Misspelt {
    pub key: String,
    pub meant: String,
}

/// A decision that decides nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum UnusedDecision {
    /// It matches nothing.
    OnLine {
        #[serde(flatten)]
        at: DecidedAt,
    },
    Group,
    /// `keep` or `take`, and there is no live entry to choose.
    Choice {
        #[serde(flatten)]
        at: DecidedAt,
    },
    /// Nobody gains anything by the name.
    Gains,
}

/// Why a cluster may have no access entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum PlatformGap {
    Outpost,
    /// `needs`: `platform version eks.6`.
    TooOld {
        version: String,
        platform: String,
        needs: String,
    },
    Unreadable {
        version: String,
        platform: String,
    },
}

/// What is to be done for uses of a role that no entry will serve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum NodeWayOut {
    /// Its mapping is skipped by decision.
    TakeBackSkip {
        at: LinePlace,
        cluster: String,
    },
    /// Its mapping waits for a decision.
    Decide {
        at: LinePlace,
    },
    /// EKS may make the entry when the mode changes.
    AfterSwitch {
        cluster: String,
    },
    CreateEntry {
        cluster: String,
    },
    /// The mapping is overridden by an entry of another type: a decision for it has that recreated.
    DecideType {
        arn: String,
    },
    RecreateEntry,
    /// No one type serves all uses.
    OwnRole,
}

/// What the end of `aws-auth` would take from somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum DeleteBlocker {
    /// Somebody has access by this mapping, and no entry for it.
    Mapping,
    /// A key of `data` that EKS does not read.
    Key,
    Immutable,
    /// `binaryData x`, `labels y`: another part that EKS does not read.
    Part {
        part: String,
    },
}

/// What a rollback leaves as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum NotUndone {
    /// The entry gave nothing when the run replaced it.
    WasDead,
    Mode {
        mode: AuthenticationMode,
    },
    /// Somebody else changed it since, or something that stays needs it.
    Refused {
        prose: String,
    },
}

/// What is wrong with a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Unsound {
    /// Two targets, or two steps, for one principal.
    PrincipalTwice {
        steps: bool,
    },
    /// A step about another entry comes after the caller's own.
    CallerNotLast {
        last: String,
    },
    /// EKS refuses the entry as a whole.
    Entry {
        refusal: EntryRefusal,
    },
    Policy {
        policy: String,
        why: PolicyRefusal,
    },
    /// A binding for a name of Kubernetes' own.
    ReservedName {
        name: String,
    },
    /// No calls lead to the step's value.
    Step {
        prose: String,
    },
    StepTwice,
    /// An entry that could be observed, and was not.
    NothingExpected,
    /// It expects another value than the earlier step leaves.
    Contradicts {
        earlier: String,
    },
}

impl Unsound {
    fn rule(&self) -> RuleId {
        match self {
            Self::PrincipalTwice { .. } => RuleId::PrincipalTwice,
            Self::CallerNotLast { .. } => RuleId::CallerNotLast,
            Self::Entry { .. } | Self::Policy { .. } => RuleId::EntryImpossible,
            Self::ReservedName { .. } => RuleId::ReservedName,
            Self::Step { .. } | Self::StepTwice | Self::NothingExpected => RuleId::StepImpossible,
            Self::Contradicts { .. } => RuleId::StepsContradict,
        }
    }
}
