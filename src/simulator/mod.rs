//! An EKS cluster with its IAM, STS, CloudWatch Logs and Kubernetes, in memory, that enforces the documented rules.
//!
//! The rules are methods of `State`; the ports are served in `ports`; between them stand the faults, the call log, and whoever is told of
//! a call before its answer.
//! Time is virtual: it passes with [`Clock::sleep`](crate::world::Clock::sleep) and a little with each call.

mod audit_log;
mod behaviour;
mod change;
mod convert;
mod eks;
mod faults;
pub mod http;
mod iam;
mod kube;
mod listener;
mod log;
mod operation;
mod pages;
mod ports;
mod refusal;
mod state;
#[cfg(test)]
mod tests;
mod time;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use crate::kube::Node;
use crate::model::{AuthenticationMode, PrincipalArn};
use crate::snapshot::{Made, ObservedEntry, Snapshot};

pub use behaviour::{
    Behaviour, CustomImages, GoneCreator, NodeEntries, Placeholders, ShownGroups, UnconfirmedPolicies,
};
pub use change::Change;
pub use convert::SimulatorError;
pub use faults::{At, Break, Effect, Fault, Missed, NoEffect, Strike, UnknownFault, fault_forms};
pub use log::{Call, Outcome};
pub use operation::Operation;

use audit_log::LogGroup;
use change::Target;
use faults::{Breakable, Failure, FaultLine, Mark};
use listener::Listener;
use refusal::Refusal;
use state::State;

/// A cluster that is played from a snapshot, through the same ports as a live one.
///
/// What the snapshot does not know stays unknown: IAM listings, node groups and Fargate profiles that it lacks may not be
/// listed, and every principal that no listing contradicts is taken to exist. A complete listing speaks for the accounts
/// that occur in either listing; principals of other accounts are taken to exist.
#[derive(Debug)]
pub struct Simulator {
    inner: RefCell<Inner>,
    listener: RefCell<Listener>,
}

#[derive(Debug, Clone)]
struct Inner {
    state: State,
    faults: FaultLine,
    /// The visibility delay without faults.
    delay: Duration,
    log: Vec<Call>,
    /// The world as somebody else left it right before the last call, where a fault changed something.
    disturbed: Option<Snapshot>,
}

impl Simulator {
    /// # Errors
    /// When the snapshot has no cluster, or two entries for one principal.
    pub fn from_snapshot(snapshot: &Snapshot, behaviour: Behaviour) -> Result<Self, SimulatorError> {
        let delay = behaviour.visibility_delay;
        let state = State::from_snapshot(snapshot, behaviour)?;
        let inner = Inner { state, faults: FaultLine::default(), delay, log: Vec::new(), disturbed: None };
        Ok(Self { inner: RefCell::new(inner), listener: RefCell::default() })
    }

    /// Another world that is as this one is now, with its faults and its calls so far. Nobody listens to it.
    pub fn fork(&self) -> Self {
        Self { inner: RefCell::new(self.inner.borrow().clone()), listener: RefCell::default() }
    }

    /// The world as it is, writes that readers do not see yet included. What was not changed is given back as it came.
    pub fn to_snapshot(&self) -> Snapshot {
        self.inner.borrow().state.to_snapshot()
    }

    /// What was made where the snapshot does not know what else there is of the kind: [`Simulator::to_snapshot`] leaves
    /// it out, for it is no listing.
    pub fn made(&self) -> Made {
        self.inner.borrow().state.made()
    }

    /// Brings back what an earlier process made.
    pub fn add_made(&self, made: &Made) {
        self.inner.borrow_mut().state.add_made(made);
    }

    /// Replaces all faults and revives a halted connection. Calls are counted anew; the log goes on.
    pub fn set_faults(&self, faults: impl IntoIterator<Item = Fault>) {
        let inner = &mut *self.inner.borrow_mut();
        let faults: Vec<Fault> = faults.into_iter().collect();
        let (mut delay, mut denied, mut failing) = (inner.delay, BTreeSet::new(), BTreeSet::new());
        for fault in &faults {
            match fault {
                Fault::Delay(longer) => delay = *longer,
                Fault::Deny { action } => drop(denied.insert(action.clone())),
                Fault::FailUpdate { number } => drop(failing.insert(*number)),
                _ => {}
            }
        }
        inner.state.behaviour.visibility_delay = delay;
        inner.state.denied = denied;
        inner.state.updates.fail(failing);
        inner.faults = FaultLine::new(faults);
    }

    /// The calls that the faults have struck since they were set.
    pub fn strikes(&self) -> Vec<Strike> {
        self.inner.borrow().faults.strikes().to_vec()
    }

    /// The faults that have struck nothing so far, by their places, and why.
    pub fn missed(&self) -> Vec<(usize, Missed)> {
        let Inner { state, faults, .. } = &*self.inner.borrow();
        faults.missed(state.updates.of_mode_begun())
    }

    /// The world as somebody else left it right before the last call; `None` where no fault changed anything there.
    pub fn disturbed(&self) -> Option<Snapshot> {
        self.inner.borrow().disturbed.clone()
    }

    /// The mode, once all writes are seen.
    pub fn mode(&self) -> AuthenticationMode {
        self.inner.borrow().state.mode()
    }

    /// Whether IAM is known not to have it.
    pub fn is_gone(&self, principal: &PrincipalArn) -> bool {
        self.inner.borrow().state.iam.presence(principal) == iam::principals::Presence::Absent
    }

    /// Somebody else changes the world now, if the rules allow it.
    pub fn change(&self, change: &Change) {
        let _no_effect = self.inner.borrow_mut().state.apply(change, Target::Named("cluster"));
    }

    /// Replaces the nodes that Kubernetes shows.
    pub fn set_nodes(&self, nodes: Vec<Node>) {
        self.inner.borrow_mut().state.nodes = nodes;
    }

    /// Audit logging was switched on, and this is the log, an event a line; without it there is no log group.
    pub fn set_audit_log(&self, lines: &str) {
        self.inner.borrow_mut().state.log_group = Some(LogGroup::of_lines(lines));
    }

    /// From now on the clock starts at this moment, unless the snapshot knows later ones; to be served in real time.
    pub fn start_at(&self, now: jiff::Timestamp) {
        let state = &mut self.inner.borrow_mut().state;
        state.start = state.start.max(now);
    }

    /// Lets the time pass up to so long after the start.
    pub fn advance_to(&self, elapsed: Duration) {
        self.inner.borrow_mut().state.advance_to(elapsed);
    }

    /// A halting fault has struck: every call fails.
    pub fn is_halted(&self) -> bool {
        self.inner.borrow().faults.is_halted()
    }

    /// All calls so far, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.inner.borrow().log.clone()
    }

    /// The entry that serves the principal at login, policies included: in a mode that has entries, seen by now, and
    /// bound to the principal that has the ARN today.
    pub fn entry_in_force(&self, principal: &PrincipalArn) -> Option<ObservedEntry> {
        let state = &self.inner.borrow().state;
        let entry = state.cluster.shown().mode.has_entries().then(|| {
            let entry = state.shown_entry(&principal.to_string())?;
            let serves = state.serves(entry, principal);
            serves.then(|| entry.observed.clone())
        });
        entry.flatten()
    }

    /// How many calls are answered.
    pub fn answered(&self) -> usize {
        self.inner.borrow().log.len()
    }

    /// Every call of every port goes through here, and is told of before its answer.
    fn call<T, K: Breakable>(
        &self,
        begun: usize,
        operation: Operation,
        target: Target<'_>,
        work: impl FnOnce(&mut State) -> Result<T, Refusal<K>>,
    ) -> Result<T, Failure<T, K>> {
        self.answers().map_err(Failure::lost)?;
        let answer = self.make(begun, operation, target, work);
        self.tell().map_err(Failure::lost)?;
        answer
    }

    /// Time, other people's changes, faults, the call itself, the log.
    fn make<T, K: Breakable>(
        &self,
        begun: usize,
        operation: Operation,
        target: Target<'_>,
        work: impl FnOnce(&mut State) -> Result<T, Refusal<K>>,
    ) -> Result<T, Failure<T, K>> {
        let Inner { state, faults, delay: _, log, disturbed } = &mut *self.inner.borrow_mut();
        state.advance(state.behaviour.call_duration);
        let verdict = faults.judge(operation);
        let (name, number) = (target.text(), log.len() + 1);
        *disturbed = None;
        for (fault, change) in &verdict.changes {
            match state.apply(change, target) {
                Ok(()) => {
                    faults.struck(*fault, operation, number, &name, Effect::Changed);
                    *disturbed = Some(state.to_snapshot());
                }
                Err(why) => faults.had_no_effect(*fault, why),
            }
        }
        state.marks.clear();
        let broken = |state: &State, how: Break, answer| {
            let refusal = how.refusal(operation, &state.caller().arn, &name);
            Err(Failure::Broken { how, refusal, answer })
        };
        let answer = match (verdict.before, verdict.after) {
            (Some((_, how)), _) => broken(state, how, None),
            (None, None) => work(state).map_err(Failure::Refused),
            (None, Some((_, how))) => {
                let answer = work(state);
                broken(state, how, Some(answer))
            }
        };
        let outcome = match &answer {
            Ok(_) => Outcome::Done,
            Err(Failure::Refused(refusal)) => Outcome::Refused(refusal.message.clone()),
            Err(Failure::Broken { how: _, refusal, answer }) => {
                let took_effect = matches!(answer, Some(Ok(_)));
                Outcome::Broken { took_effect, message: refusal.message.clone() }
            }
        };
        let done = outcome.took_effect();
        let breaks = verdict.before.or(verdict.after).filter(|(fault, _)| {
            // of a connection that is dead no fault strikes any more
            *fault != usize::MAX && Some(*fault) != verdict.halt
        });
        let breaks = breaks.map(|(fault, how)| (fault, Effect::Broken { how, done }));
        let halts = verdict.halt.map(|fault| (fault, Effect::Halted { done }));
        for (fault, effect) in breaks.into_iter().chain(halts) {
            faults.struck(fault, operation, number, &name, effect);
        }
        let marks: Vec<Mark> = std::mem::take(&mut state.marks);
        marks.iter().for_each(|mark| faults.marked(mark, operation, number, &name));
        log.push(Call { number, begun, operation, target: name, outcome });
        answer
    }
}
