//! What goes on, as lines of JSON: `--log-format json`, described in `docs/events.md`.
//!
//! The names are API. Whoever reads them ignores events and fields that they do not know; what is there keeps its meaning
//! while `format` stays.

use std::time::Duration;

use eksodus::checks::Watched;
use eksodus::executor::Event;
use eksodus::session::{News, PhaseCount, in_one_line, reasons};
use serde::Serialize;

/// Raised when an event or a field changes its meaning, or goes.
pub(super) const FORMAT: u32 = 1;

/// A line.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Line<'l> {
    #[cfg_attr(test, schemars(extend("const" = FORMAT)))]
    format: u32,
    /// RFC 3339, in UTC, by the clock of this machine.
    at: String,
    #[serde(flatten)]
    event: What<'l>,
}

impl<'l> Line<'l> {
    pub fn new(at: jiff::Timestamp, event: What<'l>) -> Self {
        Self { format: FORMAT, at: format!("{at:.3}"), event }
    }
}

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Level {
    Note,
    Warning,
    Error,
    Hint,
}

/// Times are in seconds.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum What<'l> {
    /// Words for people, which say what no other event does.
    Message {
        level: Level,
        text: &'l str,
    },
    /// The cluster is being read.
    Looking {
        sources: usize,
        of_sources: usize,
        entries: usize,
        of_entries: Option<usize>,
    },
    Looked {
        unread: Vec<Unread>,
    },
    /// The plan that the rest is about.
    Planned {
        plan: &'l str,
        cluster: Option<String>,
        steps: usize,
        undoes: Option<&'l str>,
    },
    /// Somebody else manages `aws-auth`.
    Owner {
        tool: String,
        evidence: &'l [String],
        /// What to do before mappings are removed; `null` where nothing has to be done, or nobody knows what.
        hand_over: Option<&'static str>,
    },
    Preflight {
        passes: bool,
        missing: Vec<String>,
        lacking: Vec<String>,
        unchecked: Vec<String>,
        /// Of the cluster, when it is not `ACTIVE`.
        status: Option<&'l str>,
    },
    LeaseHeld {
        by: String,
    },
    LeaseTakenOver,
    /// An earlier run is resumed.
    Resuming {
        journal: &'l str,
        phases: Vec<Phase<'l>>,
        last_record: Option<&'l str>,
    },
    JournalTorn {
        bytes: usize,
    },
    PhaseStarted {
        #[cfg_attr(test, schemars(extend("enum" = eksodus::model::Phase::ALL.map(eksodus::model::Phase::as_str))))]
        phase: &'static str,
    },
    StepStarted {
        step: &'l str,
        number: usize,
        of: usize,
    },
    CallDone {
        step: &'l str,
        call: String,
        already: bool,
    },
    Retrying {
        step: &'l str,
        error: &'l str,
        wait: f64,
    },
    /// The point of no return: the next call is irreversible.
    Irreversible {
        step: &'l str,
        mode: String,
    },
    /// EKS goes on by itself from here.
    Updating {
        step: &'l str,
        update: &'l str,
    },
    Waiting {
        resource: String,
        wait: f64,
        waited: f64,
        update: Option<&'l str>,
    },
    /// Before a rollback: the cluster shows less than the journal tells.
    Unseen {
        resource: String,
        others: usize,
        in_doubt: bool,
        wait: f64,
        waited: f64,
    },
    Unverified {
        differences: usize,
        wait: f64,
    },
    Adopted {
        step: &'l str,
    },
    Untagged,
    Settled {
        step: &'l str,
        call: String,
        applied: bool,
    },
    StepDone {
        step: &'l str,
        took: f64,
    },
    /// It is safe to stop here.
    PhaseDone {
        #[cfg_attr(test, schemars(extend("enum" = eksodus::model::Phase::ALL.map(eksodus::model::Phase::as_str))))]
        phase: &'static str,
        took: f64,
    },
    Watching {
        elapsed: f64,
        of: f64,
        groups: Vec<Group<'l>>,
    },
    RunEnded,
    NotEnded {
        why: String,
    },
    NotRolledBack {
        why: String,
    },
    /// A fault struck a call of a rehearsal.
    Struck {
        fault: String,
        operation: &'static str,
        nth: u32,
    },
    /// So many interruptions of a rehearsal with every fault were tried.
    Tried {
        number: usize,
        of: usize,
    },
    /// A fault stopped a rehearsal, which resumes.
    Stopped {
        why: Vec<String>,
    },
    Rehearsed {
        why: Vec<String>,
    },
    RollingBack,
    /// The last line.
    Exit {
        code: u8,
    },
}

/// What an earlier run did in a phase.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Phase<'l> {
    #[cfg_attr(test, schemars(extend("enum" = eksodus::model::Phase::ALL.map(eksodus::model::Phase::as_str))))]
    phase: &'static str,
    steps: usize,
    done: usize,
    /// Calls that took effect.
    changes: usize,
    /// Steps, of those that are done, of which all existed already.
    existing: &'l [String],
    /// A call may have taken effect, and nobody looked.
    in_doubt: bool,
}

impl<'l> From<&'l PhaseCount> for Phase<'l> {
    fn from(count: &'l PhaseCount) -> Self {
        let PhaseCount { phase, steps, done, changes, existing, in_doubt } = count;
        let (steps, done, changes, in_doubt) = (*steps, *done, *changes, *in_doubt);
        Self { phase: phase.as_str(), steps, done, changes, existing, in_doubt }
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Unread {
    source: String,
    why: String,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Group<'l> {
    name: &'l str,
    ready: usize,
    all: usize,
}

fn seconds(duration: Duration) -> f64 {
    // to the millisecond
    (duration.as_secs_f64() * 1000.0).round() / 1000.0
}

fn texts<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

impl<'l> What<'l> {
    pub fn of(news: &News<'l>) -> Self {
        match *news {
            News::Looking(seen) => Self::Looking {
                sources: seen.sources,
                of_sources: seen.of_sources,
                entries: seen.entries,
                of_entries: seen.of_entries,
            },
            News::Looked { unread } => Self::Looked {
                unread: unread
                    .iter()
                    .map(|it| Unread { source: it.source.to_string(), why: it.why.to_string() })
                    .collect(),
            },
            News::Planned { plan, to_read: _ } => Self::Planned {
                plan: &plan.digest,
                cluster: plan.cluster.as_ref().map(ToString::to_string),
                steps: plan.steps.len(),
                undoes: plan.undoes.as_deref(),
            },
            News::Owner(owner) => Self::Owner {
                tool: owner.tool.to_string(),
                evidence: &owner.evidence,
                hand_over: owner.tool.hand_over(),
            },
            News::Preflight { found, alone: _ } => Self::Preflight {
                passes: found.passes(),
                missing: texts(&found.missing),
                lacking: texts(&found.lacking),
                unchecked: texts(&found.unchecked),
                status: found.status.as_ref().map(|status| status.0.as_str()),
            },
            News::LeaseHeld(held) => Self::LeaseHeld { by: held.to_string() },
            News::LeaseTakenOver => Self::LeaseTakenOver,
            News::Resuming { journal, phases, last } => {
                let phases = phases.iter().map(Phase::from).collect();
                Self::Resuming { journal, phases, last_record: last.map(|stamp| stamp.at.as_str()) }
            }
            News::Torn(bytes) => Self::JournalTorn { bytes },
            News::Run(event) => Self::of_run(event),
            News::Watching(seen) => Self::watching(seen),
            News::RunEnded => Self::RunEnded,
            News::NotEnded(error) => Self::NotEnded { why: in_one_line(error) },
            News::JournalNotClosed(error) => Self::NotEnded { why: in_one_line(error) },
            News::NotUndone(refusal) => Self::NotRolledBack { why: refusal.to_string() },
            News::Struck { fault, strike } => Self::Struck {
                fault: fault.to_string(),
                operation: strike.operation.as_str(),
                nth: strike.nth,
            },
            News::Tried { number, of } => Self::Tried { number, of },
            News::Stopped(ending) => Self::Stopped { why: reasons(ending) },
            News::Rehearsed(ending) => Self::Rehearsed { why: reasons(ending) },
            News::RollingBack => Self::RollingBack,
        }
    }

    fn of_run(event: &'l Event) -> Self {
        match event {
            Event::PhaseStarted { phase } => Self::PhaseStarted { phase: phase.as_str() },
            Event::StepStarted { step, number, of } => Self::StepStarted { step, number: *number, of: *of },
            Event::CallDone { step, call, already } => {
                Self::CallDone { step, call: call.to_string(), already: *already }
            }
            Event::Retrying { step, error, wait } => Self::Retrying { step, error, wait: seconds(*wait) },
            Event::Irreversible { step, to } => Self::Irreversible { step, mode: to.to_string() },
            Event::Updating { step, update } => Self::Updating { step, update },
            Event::Waiting { resource, wait, waited, update } => Self::Waiting {
                resource: resource.to_string(),
                wait: seconds(*wait),
                waited: seconds(*waited),
                update: update.as_deref(),
            },
            Event::Unseen { resource, others, in_doubt, wait, waited } => Self::Unseen {
                resource: resource.to_string(),
                others: *others,
                in_doubt: *in_doubt,
                wait: seconds(*wait),
                waited: seconds(*waited),
            },
            Event::Unverified { differences, wait } => {
                Self::Unverified { differences: *differences, wait: seconds(*wait) }
            }
            Event::Adopted { step } => Self::Adopted { step },
            Event::Untagged => Self::Untagged,
            Event::Settled { step, call, applied } => {
                Self::Settled { step, call: call.to_string(), applied: *applied }
            }
            Event::StepDone { step, took } => Self::StepDone { step, took: seconds(*took) },
            Event::PhaseDone { phase, took } => {
                Self::PhaseDone { phase: phase.as_str(), took: seconds(*took) }
            }
        }
    }

    fn watching(seen: &'l Watched) -> Self {
        let group =
            |it: &'l eksodus::checks::Readiness| Group { name: &it.name, ready: it.ready, all: it.all };
        Self::Watching {
            elapsed: seconds(seen.elapsed),
            of: seconds(seen.of),
            groups: seen.groups.iter().map(group).collect(),
        }
    }
}
