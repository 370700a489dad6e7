//! Every rule: its id, which is API and never changes, and how much a finding of it weighs where nothing else is said.
//!
//! Each has one heading in `docs/rules.md`.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Severity::{self, Blocks, Info, Warning};
use crate::model::Phase;

macro_rules! rules {
    ($($name:ident = $id:literal, $severity:expr;)*) => {
        /// The id of a rule. In the order of the ids.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RuleId { $($name,)* }

        impl RuleId {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// Where the reason of a finding says nothing else.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => $severity,)* }
            }
        }
    };
}

rules! {
    AccountIdPlaceholder = "account-id-placeholder", Info;
    AccountMapping = "account-mapping", Blocks(Phase::ApiMode);
    AggregationDrift = "aggregation-drift", Warning;
    AggregationUnsettled = "aggregation-unsettled", Warning;
    AmbiguousRole = "ambiguous-role", Blocks(Phase::Entries);
    ArnCase = "arn-case", Info;
    BinaryData = "binary-data", Warning;
    BindingGivesNothing = "binding-gives-nothing", Warning;
    CallerLosesRights = "caller-loses-rights", Blocks(Phase::Entries);
    CallerNotLast = "caller-not-last", Blocks(Phase::Preflight);
    CallerSkipped = "caller-skipped", Blocks(Phase::ApiMode);
    CallerUnmapped = "caller-unmapped", Blocks(Phase::ApiMode);
    CommentInValue = "comment-in-value", Info;
    DamagedEntry = "damaged-entry", Warning;
    DeadEntry = "dead-entry", Warning;
    DeleteBlocked = "delete-blocked", Blocks(Phase::Prune);
    DroppedEntry = "dropped-entry", Warning;
    DuplicateKey = "duplicate-key", Warning;
    EksGroup = "eks-group", Warning;
    EmptyGroup = "empty-group", Info;
    EmptySection = "empty-section", Info;
    EntryDiffers = "entry-differs", Info;
    EntryGivesLess = "entry-gives-less", Blocks(Phase::ApiMode);
    EntryImpossible = "entry-impossible", Blocks(Phase::Preflight);
    EntryInTheWay = "entry-in-the-way", Blocks(Phase::Entries);
    EntryQuota = "entry-quota", Blocks(Phase::Entries);
    EntryReplaced = "entry-replaced", Warning;
    EntryUnproven = "entry-unproven", Blocks(Phase::ApiMode);
    FallThrough = "fall-through", Warning;
    FoldedItem = "folded-item", Warning;
    GainAccepted = "gain-accepted", Warning;
    GroupDropped = "group-dropped", Warning;
    GroupGiven = "group-given", Warning;
    GroupPlaceholder = "group-placeholder", Blocks(Phase::Entries);
    GroupsLost = "groups-lost", Warning;
    HalfANode = "half-a-node", Blocks(Phase::Entries);
    IamGroupArn = "iam-group-arn", Warning;
    ImplicitGroup = "implicit-group", Info;
    ImpossibleDecision = "impossible-decision", Blocks(Phase::Entries);
    InstanceProfileArn = "instance-profile-arn", Warning;
    KeyCase = "key-case", Warning;
    KeyCaseTwice = "key-case-twice", Warning;
    LinuxAndWindows = "linux-and-windows", Warning;
    LoginDenied = "login-denied", Warning;
    LostField = "lost-field", Info;
    LostGroup = "lost-group", Warning;
    LostGroups = "lost-groups", Warning;
    LostUsername = "lost-username", Warning;
    MadeByEks = "made-by-eks", Warning;
    MergeOverwrites = "merge-overwrites", Warning;
    MissingUsername = "missing-username", Warning;
    MisspeltGroup = "misspelt-group", Warning;
    NameInUse = "name-in-use", Blocks(Phase::Entries);
    NeedsPath = "needs-path", Blocks(Phase::Entries);
    NeverMatches = "never-matches", Warning;
    NoGroups = "no-groups", Info;
    NoOtherAdmin = "no-other-admin", Blocks(Phase::ApiMode);
    NodeAccounts = "node-accounts", Warning;
    NodeAndMasters = "node-and-masters", Blocks(Phase::Entries);
    NodeAndPerson = "node-and-person", Warning;
    NodeExtraGroups = "node-extra-groups", Warning;
    NodeLine = "node-line", Info;
    NodePrincipal = "node-principal", Blocks(Phase::Entries);
    NodeRole = "node-role", Blocks(Phase::DualMode);
    NodeUncovered = "node-uncovered", Blocks(Phase::ApiMode);
    NodesUnknown = "nodes-unknown", Blocks(Phase::ApiMode);
    NotAPrincipal = "not-a-principal", Blocks(Phase::ApiMode);
    NotAnAccount = "not-an-account", Warning;
    NotAnIdentity = "not-an-identity", Warning;
    NotPruned = "not-pruned", Warning;
    NotRevived = "not-revived", Info;
    NotUndone = "not-undone", Warning;
    NothingRead = "nothing-read", Warning;
    OtherAccount = "other-account", Info;
    OtherSection = "other-section", Info;
    PlaceholderLeft = "placeholder-left", Warning;
    PlatformVersion = "platform-version", Blocks(Phase::DualMode);
    PolicyNotListed = "policy-not-listed", Info;
    PolicyUnavailable = "policy-unavailable", Blocks(Phase::Entries);
    PrincipalGone = "principal-gone", Warning;
    PrincipalTwice = "principal-twice", Blocks(Phase::Preflight);
    RandomDuplicate = "random-duplicate", Blocks(Phase::Entries);
    RepeatedGroup = "repeated-group", Info;
    ReservedName = "reserved-name", Blocks(Phase::Preflight);
    ReservedUsername = "reserved-username", Blocks(Phase::Entries);
    RolePath = "role-path", Warning;
    RootArn = "root-arn", Blocks(Phase::ApiMode);
    RuleGivesNothing = "rule-gives-nothing", Info;
    SecondDocument = "second-document", Warning;
    SectionCutShort = "section-cut-short", Warning;
    SectionLost = "section-lost", Blocks(Phase::ApiMode);
    ServiceLinkedRole = "service-linked-role", Blocks(Phase::ApiMode);
    SessionArn = "session-arn", Warning;
    SessionNameOfUser = "session-name-of-user", Warning;
    SessionNameRaw = "session-name-raw", Info;
    SessionNameWithoutColon = "session-name-without-colon", Blocks(Phase::Entries);
    SessionsSeen = "sessions-seen", Info;
    SpaceInName = "space-in-name", Warning;
    SsoMatcher = "sso-matcher", Warning;
    StepImpossible = "step-impossible", Blocks(Phase::Preflight);
    StepsContradict = "steps-contradict", Blocks(Phase::Preflight);
    StraySpace = "stray-space", Warning;
    SubjectMatchesNobody = "subject-matches-nobody", Warning;
    SupersededLine = "superseded-line", Warning;
    SystemGroup = "system-group", Blocks(Phase::Entries);
    SystemMasters = "system-masters", Info;
    TaggedValue = "tagged-value", Info;
    TakenFromEntry = "taken-from-entry", Warning;
    UnboundGroup = "unbound-group", Warning;
    UnknownField = "unknown-field", Warning;
    UnknownPlaceholder = "unknown-placeholder", Warning;
    UnknownVerb = "unknown-verb", Info;
    UnreadKey = "unread-key", Warning;
    UnresolvedRole = "unresolved-role", Blocks(Phase::Entries);
    UnusedDecision = "unused-decision", Warning;
    UnusedMapping = "unused-mapping", Info;
    UseridUnused = "userid-unused", Info;
    UsernameChanged = "username-changed", Warning;
    UsernamePlaceholder = "username-placeholder", Blocks(Phase::Entries);
    WildcardArn = "wildcard-arn", Warning;
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq<&str> for RuleId {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl Serialize for RuleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for RuleId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        let known = Self::ALL.iter().find(|known| known.as_str() == id);
        known.copied().ok_or_else(|| de::Error::custom(format_args!("there is no rule {id:?}")))
    }
}
