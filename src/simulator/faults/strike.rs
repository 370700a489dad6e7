use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::eks::AwsErrorKind;
use crate::kube::KubeErrorKind;

use super::struck::{Counts, Effect, Mark, Missed, NoEffect, Strike};
use crate::simulator::refusal::{Refusal, access_denied};
use crate::simulator::{Change, Operation};

/// When: the n-th call of one operation, or the n-th call of all. Counted from 1, from when the faults were set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// `None`: any.
    pub operation: Option<Operation>,
    pub number: u32,
}

/// Something that goes wrong, at a place that is the same in each run.
///
/// A trigger `[OPERATION:]N` is the N-th call of the operation, such as `eks:CreateAccessEntry:2`, or the N-th call of all.
///
/// | text | meaning |
/// |---|---|
/// | `fail:[OPERATION:]N` | the call ends in a server error; nothing was done |
/// | `fail-after:[OPERATION:]N` | the call ends in a server error; it was done |
/// | `lost-answer:[OPERATION:]N` | the call was done, its answer never arrives |
/// | `half-answer:[OPERATION:]N` | the call was done, half of its answer arrives |
/// | `throttle:[OPERATION:]N[-M]` | the N-th to M-th calls are throttled |
/// | `throttle-every:K` | every K-th call is throttled |
/// | `deny:ACTION` | the caller may not do it: an operation, or `iam:PassRole` |
/// | `delay:5s`, `delay:500ms` | EKS shows writes only after this time |
/// | `halt:[OPERATION:]N` | the network or the process dies before the call; every later one fails |
/// | `halt-after:[OPERATION:]N` | the same, after the call was done |
/// | `fail-update[:N]` | the N-th change of the authentication mode ends in `Failed` |
/// | `edit-aws-auth[:[OPERATION:]N]` | before the call somebody adds a mapping to `aws-auth` |
/// | `foreign-entry[:[OPERATION:]N]` | before the call somebody creates, or changes, an entry |
/// | `delete-entry[:[OPERATION:]N]` | before the call somebody deletes the entry it is about |
/// | `foreign-update[:[OPERATION:]N]` | before the call somebody starts another update of the cluster |
/// | `foreign-binding[:[OPERATION:]N]` | before the call somebody creates a role binding |
/// | `delete-role[:[OPERATION:]N]` | before the call somebody deletes the principal it is about |
/// | `recreate-role[:[OPERATION:]N]` | the same, and makes another one of the same ARN |
/// | `nodes-not-ready[:[OPERATION:]N]` | before the call every node stops being ready |
///
/// Without a trigger a change comes before the first call that it can disturb.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    Fail {
        at: At,
    },
    FailAfter {
        at: At,
    },
    LostAnswer {
        at: At,
    },
    HalfAnswer {
        at: At,
    },
    /// From `at` to the call numbered `last`, both included.
    Throttle {
        at: At,
        last: u32,
    },
    ThrottleEvery {
        every: u32,
    },
    /// An IAM action.
    Deny {
        action: String,
    },
    /// Replaces [`crate::simulator::Behaviour::visibility_delay`].
    Delay(Duration),
    Halt {
        at: At,
    },
    HaltAfter {
        at: At,
    },
    /// Counted like calls.
    FailUpdate {
        number: u32,
    },
    /// What somebody else does just before the call.
    Change {
        at: At,
        change: Change,
    },
}

/// How a call is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    Denied,
    Throttled,
    Server,
    /// No answer.
    Transport,
    /// The answer breaks off.
    Half,
}

/// What the faults do to one call; each with the place of its fault.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub changes: Vec<(usize, Change)>,
    /// Instead of the call.
    pub before: Option<(usize, Break)>,
    /// Instead of its answer.
    pub after: Option<(usize, Break)>,
    /// No later call is answered.
    pub halt: Option<usize>,
}

/// The faults, how far the calls have come, and what was struck.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct FaultLine {
    faults: Vec<Fault>,
    calls: u32,
    of_operation: BTreeMap<Operation, u32>,
    halted: bool,
    strikes: Vec<Strike>,
    without_effect: BTreeMap<usize, NoEffect>,
    /// Struck, once somebody looks at nodes.
    unseen: Vec<Strike>,
}

impl FaultLine {
    pub fn new(faults: Vec<Fault>) -> Self {
        Self { faults, ..Self::default() }
    }

    pub fn is_halted(&self) -> bool {
        self.halted
    }

    pub fn strikes(&self) -> &[Strike] {
        &self.strikes
    }

    /// The faults that struck nothing, by their places, and why.
    pub fn missed(&self, updates_begun: u32) -> Vec<(usize, Missed)> {
        let of = |operation| self.count(operation);
        let counts = Counts { of: &of, updates_begun };
        let has_struck = |index: usize| self.strikes.iter().any(|strike| strike.fault == index);
        let missed = self.faults.iter().enumerate().filter(|(index, _)| !has_struck(*index));
        let missed = missed.map(|(index, fault)| match self.without_effect.get(&index) {
            Some(why) => (index, why.clone().into()),
            None if self.unseen.iter().any(|strike| strike.fault == index) => {
                (index, NoEffect::NobodyLooked.into())
            }
            None => (index, counts.why_missed(fault)),
        });
        missed.collect()
    }

    /// Counts the call and says what becomes of it. The first fault of the list that breaks it counts.
    pub fn judge(&mut self, operation: Operation) -> Verdict {
        self.calls += 1;
        *self.of_operation.entry(operation).or_default() += 1;
        if self.halted {
            return Verdict { before: Some((usize::MAX, Break::Transport)), ..Verdict::default() };
        }
        if operation == Operation::ListNodes {
            self.strikes.append(&mut self.unseen);
        }
        let mut verdict = Verdict::default();
        for (index, fault) in self.faults.iter().enumerate() {
            let (before, after) = match fault {
                Fault::Fail { at } if self.is_now(*at, operation) => (Some(Break::Server), None),
                Fault::FailAfter { at } if self.is_now(*at, operation) => (None, Some(Break::Server)),
                Fault::LostAnswer { at } if self.is_now(*at, operation) => (None, Some(Break::Transport)),
                Fault::HalfAnswer { at } if self.is_now(*at, operation) => (None, Some(Break::Half)),
                Fault::Throttle { at, last } if self.is_within(*at, *last, operation) => {
                    (Some(Break::Throttled), None)
                }
                Fault::ThrottleEvery { every } if self.calls.is_multiple_of(*every) => {
                    (Some(Break::Throttled), None)
                }
                Fault::Deny { action } if action == operation.as_str() => (Some(Break::Denied), None),
                Fault::Halt { at } if self.is_now(*at, operation) => {
                    verdict.halt = Some(index);
                    (Some(Break::Transport), None)
                }
                Fault::HaltAfter { at } if self.is_now(*at, operation) => {
                    verdict.halt = Some(index);
                    (None, Some(Break::Transport))
                }
                Fault::Change { at, change } if self.is_now(*at, operation) => {
                    verdict.changes.push((index, change.clone()));
                    (None, None)
                }
                _ => (None, None),
            };
            verdict.before = verdict.before.or(before.map(|how| (index, how)));
            verdict.after = verdict.after.or(after.map(|how| (index, how)));
        }
        self.halted |= verdict.halt.is_some();
        verdict
    }

    /// What a fault did to the call that was judged last.
    pub fn struck(&mut self, fault: usize, operation: Operation, call: usize, target: &str, effect: Effect) {
        let nth = self.count(Some(operation));
        let strike = Strike { fault, operation, nth, call, target: target.to_owned(), effect };
        let is_of_nodes =
            matches!(self.faults.get(fault), Some(Fault::Change { change: Change::NodesNotReady, .. }));
        if is_of_nodes && operation != Operation::ListNodes {
            self.unseen.push(strike);
        } else {
            self.strikes.push(strike);
        }
    }

    pub fn marked(&mut self, mark: &Mark, operation: Operation, call: usize, target: &str) {
        if let Some(fault) = self.faults.iter().position(|fault| mark.is_of(fault)) {
            self.struck(fault, operation, call, target, mark.effect());
        }
    }

    /// Somebody else tried, and changed nothing.
    pub fn had_no_effect(&mut self, fault: usize, why: NoEffect) {
        self.without_effect.insert(fault, why);
    }

    /// `None`: calls of any kind.
    fn count(&self, operation: Option<Operation>) -> u32 {
        operation.map_or(self.calls, |named| self.of_operation.get(&named).copied().unwrap_or(0))
    }

    fn is_now(&self, at: At, operation: Operation) -> bool {
        self.is_within(at, at.number, operation)
    }

    fn is_within(&self, at: At, last: u32, operation: Operation) -> bool {
        at.operation.is_none_or(|named| named == operation)
            && (at.number..=last).contains(&self.count(at.operation))
    }
}

/// The kinds that a broken call can end in, at either port.
pub(crate) trait Breakable: Sized {
    const DENIED: Self;
    const THROTTLED: Self;
    const SERVER: Self;
    const TRANSPORT: Self;
}

impl Breakable for AwsErrorKind {
    const DENIED: Self = Self::AccessDenied;
    const THROTTLED: Self = Self::Throttled;
    const SERVER: Self = Self::Server;
    const TRANSPORT: Self = Self::Transport;
}

impl Breakable for KubeErrorKind {
    const DENIED: Self = Self::Forbidden;
    const THROTTLED: Self = Self::Throttled;
    const SERVER: Self = Self::Server;
    const TRANSPORT: Self = Self::Transport;
}

/// Why a call has no answer.
#[derive(Debug)]
pub(crate) enum Failure<T, K> {
    Refused(Refusal<K>),
    Broken {
        how: Break,
        refusal: Refusal<K>,
        /// What would have been answered, where the call was made.
        answer: Option<Result<T, Refusal<K>>>,
    },
}

impl<T, K: Breakable> Failure<T, K> {
    /// The answer never came.
    pub fn lost(why: String) -> Self {
        Self::Broken { how: Break::Transport, refusal: Refusal::new(K::TRANSPORT, why), answer: None }
    }
}

impl<T, K> Failure<T, K> {
    /// As far as its caller can tell.
    pub fn refusal(self) -> Refusal<K> {
        match self {
            Self::Refused(refusal) | Self::Broken { refusal, .. } => refusal,
        }
    }
}

impl Break {
    pub(in crate::simulator) fn refusal<K: Breakable>(
        self,
        operation: Operation,
        caller: &str,
        target: &str,
    ) -> Refusal<K> {
        match self {
            Self::Denied => {
                Refusal::new(K::DENIED, access_denied(caller, operation.as_str(), target).message)
            }
            Self::Throttled => Refusal::new(K::THROTTLED, "Rate exceeded"),
            Self::Server => Refusal::new(K::SERVER, "the server failed"),
            Self::Transport => Refusal::new(K::TRANSPORT, "the connection broke before an answer came"),
            Self::Half => Refusal::new(K::TRANSPORT, "the connection broke in the middle of the answer"),
        }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.operation {
            Some(operation) => write!(f, "{operation}:{}", self.number),
            None => write!(f, "{}", self.number),
        }
    }
}
