use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::kube::Node;
use crate::model::{AuthenticationMode, PolicyArn, PrincipalArn};
use crate::snapshot::{Caller, Cluster, ObservedEntry, Snapshot};

use super::audit_log::LogGroup;
use super::behaviour::Behaviour;
use super::eks::rules::CreateRequest;
use super::eks::updates::Updates;
use super::eks::visibility::Delayed;
use super::faults::Mark;
use super::iam::principals::{Iam, Presence};
use super::kube::leases::Leases;
use super::kube::objects::Kube;
use super::refusal::{AwsRefusal, access_denied, mode_gate};
use super::time;

/// The simulated world. Its methods are the rules; ports, faults and the call log are around it.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub behaviour: Behaviour,
    pub start: Timestamp,
    pub now: Duration,
    pub serial: u64,
    pub cluster: Delayed<Cluster>,
    /// By principal, as EKS spells it. A deleted entry stays as `None` for as long as readers may still see it.
    pub entries: BTreeMap<String, Delayed<Option<Entry>>>,
    pub create_tokens: BTreeMap<String, CreateRequest>,
    pub updates: Updates,
    pub iam: Iam,
    pub kube: Kube,
    pub leases: Leases,
    pub nodes: Vec<Node>,
    pub log_group: Option<LogGroup>,
    /// Actions the caller may not take, such as `iam:PassRole`.
    pub denied: BTreeSet<String>,
    /// What faults did in the call under way.
    pub marks: Vec<Mark>,
    /// What does not change is read from here, and given back as it was.
    pub original: Snapshot,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub observed: ObservedEntry,
    pub bound: Bound,
    /// When each policy was associated, and its scope last changed.
    pub associated: BTreeMap<PolicyArn, Times>,
}

/// As [`ObservedEntry`] has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Times {
    pub created: String,
    pub modified: String,
}

impl Entry {
    /// Its policies are as old as itself: no snapshot tells more.
    pub fn new(observed: ObservedEntry, bound: Bound) -> Self {
        let times = Times { created: observed.created.clone(), modified: observed.created.clone() };
        let associated = observed.policies.keys().map(|policy| (policy.clone(), times.clone())).collect();
        Self { observed, bound, associated }
    }
}

/// The unique id that an entry was bound to when it was made; EKS matches by it and never shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bound {
    To(String),
    Unknown,
    /// To a principal that is gone, although one of the same ARN may exist.
    Stale,
}

impl State {
    pub fn advance(&mut self, duration: Duration) {
        self.now = self.now.saturating_add(duration);
        self.complete_update();
        self.cluster.settle(self.now);
        for entry in self.entries.values_mut() {
            entry.settle(self.now);
        }
        self.entries.retain(|_, entry| !entry.is_settled() || entry.truth().is_some());
    }

    pub fn mode(&self) -> AuthenticationMode {
        self.cluster.truth().mode
    }

    /// Every call on access entries, reading ones included, needs a mode that has entries.
    pub fn gate(&self) -> Result<(), AwsRefusal> {
        if self.mode().has_entries() { Ok(()) } else { Err(mode_gate()) }
    }

    pub fn entry(&self, principal: &str) -> Option<&Entry> {
        self.entries.get(principal)?.truth().as_ref()
    }

    /// The entry as a reader sees it, which may be older than the last write.
    pub fn shown_entry(&self, principal: &str) -> Option<&Entry> {
        self.entries.get(principal)?.shown().as_ref()
    }

    pub fn count_entries(&self) -> usize {
        self.entries.values().filter(|entry| entry.truth().is_some()).count()
    }

    /// Writes an entry, or deletes it with `None`, at a time that is not in the future.
    pub fn put_entry(&mut self, principal: &str, entry: Option<Entry>, at: Duration) {
        let shows_at = at.saturating_add(self.behaviour.visibility_delay);
        let slot = self.entries.entry(principal.to_owned()).or_insert_with(|| Delayed::new(None));
        slot.write(entry, shows_at);
        slot.settle(self.now);
        self.mark_delay(shows_at);
    }

    pub fn put_cluster(&mut self, cluster: Cluster, at: Duration) {
        let shows_at = at.saturating_add(self.behaviour.visibility_delay);
        self.cluster.write(cluster, shows_at);
        self.cluster.settle(self.now);
        self.mark_delay(shows_at);
    }

    fn mark_delay(&mut self, shows_at: Duration) {
        if shows_at > self.now && !self.marks.contains(&Mark::Delayed) {
            self.marks.push(Mark::Delayed);
        }
    }

    pub fn bind(&self, principal: &PrincipalArn) -> Bound {
        match self.iam.presence(principal) {
            Presence::Known(id) => Bound::To(id),
            Presence::Assumed => Bound::Unknown,
            Presence::Absent => Bound::Stale,
        }
    }

    pub fn timestamp(&self, at: Duration) -> String {
        time::text(self.start, at)
    }

    /// Unique in one simulation, and the same in each run of it.
    pub fn next_uuid(&mut self) -> String {
        self.serial += 1;
        format!("00000000-0000-4000-8000-{:012x}", self.serial)
    }

    pub fn caller(&self) -> Caller {
        self.original.caller.clone().unwrap_or_else(|| {
            let id = &self.cluster.truth().id;
            Caller {
                arn: format!("arn:{}:sts::{}:assumed-role/Rehearsal/eksodus", id.partition, id.account),
                account: id.account.to_string(),
                user_id: "AROA00000000REHEARSAL:eksodus".to_owned(),
            }
        })
    }

    /// To the time since the start, unless it is later already.
    pub fn advance_to(&mut self, elapsed: Duration) {
        self.advance(elapsed.saturating_sub(self.now));
    }

    pub fn permit(&mut self, action: &str, resource: &str) -> Result<(), AwsRefusal> {
        if self.denied.contains(action) {
            self.marks.push(Mark::Denied { action: action.to_owned() });
            return Err(access_denied(&self.caller().arn, action, resource));
        }
        Ok(())
    }
}
