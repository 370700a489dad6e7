//! What a replay found.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Open, Ruling};
use crate::access::NearMiss;
use crate::audit::LastDecision;
use crate::model::Phase;
use crate::parity::Assumption;
use crate::rbac::{Attributes, UserInfo};

/// Distinct requests, and how often they were made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Count {
    pub distinct: u64,
    pub requests: u64,
}

impl Count {
    pub(super) fn add(&mut self, requests: u64) {
        self.distinct += 1;
        self.requests += requests;
    }

    pub fn is_none(&self) -> bool {
        self.distinct == 0
    }
}

/// Every distinct request of a log, as it was decided, as the snapshot decides it, and as it would be decided after the plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Replay {
    pub summary: Summary,
    pub assumptions: BTreeSet<Assumption>,
    /// Principals that authenticated otherwise than the snapshot says.
    pub logins: Vec<LoginDifference>,
    /// Decided by the API server otherwise than by the snapshot.
    pub otherwise: Vec<Row>,
    /// Was allowed, and would be denied; what the snapshot itself denies is in `otherwise`.
    pub denied: Vec<Row>,
    /// Was denied, and would be allowed; what the snapshot itself allows is in `otherwise`.
    pub allowed: Vec<Row>,
    /// Nobody can tell what would be decided.
    pub unjudged: Vec<Row>,
    /// How much of these lists there is no room for: what has the fewest requests.
    pub left_out: usize,
}

/// The numbers of a replay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// All that were decided again.
    pub replayed: Count,
    /// Allowed the last time, and would be denied.
    pub would_be_denied: Count,
    /// Of these, denied by the snapshot already: not by the plan.
    pub denied_already: Count,
    /// Denied the last time, and would be allowed.
    pub would_be_allowed: Count,
    /// Of these, allowed by the snapshot already.
    pub allowed_already: Count,
    /// What would be decided is unknown.
    pub cannot_be_judged: Count,
    /// Decided by the API server as by the snapshot.
    pub as_the_snapshot: Count,
    pub otherwise: Count,
    /// The snapshot does not say, so that the API server's decision was held against nothing.
    pub not_compared: Count,
    /// By what is unknown; one request may count for several.
    pub not_compared_for: Vec<NotCompared>,
    /// Without a decision in the log: not replayed.
    pub undecided: Count,
    /// Of principals that IAM no longer has: not replayed.
    pub gone: Count,
    /// Of principals whose mapping needs a decision, and is taken to stay as it is.
    pub waiting: Count,
    /// Of the system: not replayed.
    pub system: u64,
    /// Nobody authenticated: not replayed.
    pub unauthenticated: u64,
    /// For which there was no room: not replayed.
    pub beyond: u64,
}

impl Summary {
    /// The log and the snapshot tell of one cluster: nothing was decided otherwise than the snapshot decides it.
    pub fn is_of_the_snapshot(&self) -> bool {
        self.otherwise.is_none()
    }

    /// All that the log has, and decided again.
    pub fn is_whole(&self) -> bool {
        self.beyond == 0
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotCompared {
    pub missing: Open,
    #[serde(flatten)]
    pub count: Count,
}

/// Requests that one principal made and that are decided alike on both sides: they differ in the name of the object, or in
/// the session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    #[serde(flatten)]
    pub who: Who,
    /// The first usernames.
    pub usernames: Vec<String>,
    pub logins: u64,
    /// One of them.
    pub request: Attributes,
    /// The first names of objects.
    pub names: Vec<String>,
    #[serde(flatten)]
    pub count: Count,
    /// What the API server decided, the last time.
    pub log: LastDecision,
    pub before: Ruling,
    pub after: Ruling,
    /// What comes near, after the plan, where that denies it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub near: Option<NearMiss>,
    /// The phase that brings what is after; absent where nothing changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// Who is asked about on each side; absent: nobody authenticates.
    pub before_user: Option<UserInfo>,
    pub after_user: Option<UserInfo>,
}

/// Of whom a request is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Who {
    /// By IAM: the principal, for roles without its path.
    Principal(String),
    /// By anything else, or impersonated.
    User(String),
}

/// A principal whose login in the log is not that of the snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LoginDifference {
    pub principal: String,
    pub kind: LoginKind,
    /// One of them, as the log has it.
    pub logged: UserInfo,
    /// As the snapshot has it; absent: it does not authenticate.
    pub snapshot: Option<UserInfo>,
    pub logins: u64,
    #[serde(flatten)]
    pub count: Count,
}

/// How a login of the log stands to the snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoginKind {
    /// The same username and groups.
    Same,
    /// As the plan leads to it: the log is of a later time.
    AsAfter,
    /// Another username, or other groups.
    Other,
    /// Nothing of the snapshot names the principal.
    Nobody,
    /// IAM no longer has the principal.
    Gone,
    /// Access entries were not read, and may name the principal.
    Unknown,
}

impl LoginKind {
    pub(super) fn differs(self) -> bool {
        matches!(self, Self::AsAfter | Self::Other | Self::Nobody)
    }
}

/// What is counted while requests are gone through, by what is unknown.
#[derive(Debug, Default)]
pub(super) struct Unknowns(BTreeMap<Open, Count>);

impl Unknowns {
    pub fn add(&mut self, open: &BTreeSet<Open>, requests: u64) {
        for open in open {
            self.0.entry(open.clone()).or_default().add(requests);
        }
    }

    pub fn into_list(self) -> Vec<NotCompared> {
        self.0.into_iter().map(|(missing, count)| NotCompared { missing, count }).collect()
    }
}
