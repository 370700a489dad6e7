//! What the records of a journal say so far, and which record may come next.
//!
//! [`CallState::next`] has the legal transitions of a call; the calls of a step follow one another, each good before the next
//! is intended; and only one step at a time is at a resource. Resume and rollback rely on that: a call without an
//! outcome is the last one about its resource, so that the resource itself still tells what came of it.
//!
//! Steps may be under way together, and so their records come in any order between one another, but never about the mode or
//! `aws-auth`: on these everybody's access hangs, so what happened beside them must be settled.

use std::collections::BTreeMap;

use super::Record;
use crate::calls::{Call, Resource};
use crate::model::{AccessEntry, AuthenticationMode};
use crate::planner::{Fingerprint, Phase, Plan};

/// How far a run has come, as its journal tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    steps: BTreeMap<String, StepProgress>,
    /// Step ids in the order in which they began.
    order: Vec<String>,
    /// What begun steps that are not done have called about, with the step.
    about: BTreeMap<Resource, String>,
    baseline: Option<Fingerprint>,
    records: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepProgress {
    pub calls: Vec<CallProgress>,
    /// Everything was there already; of an access entry as it was found, where the journal tells it.
    pub adopted: Option<Option<AccessEntry>>,
    /// Read back, or adopted.
    pub done: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallProgress {
    pub call: Call,
    pub state: CallState,
    /// The update of the cluster that the last try began.
    pub update: Option<String>,
    /// How often it was intended.
    pub attempts: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallState {
    /// Without an outcome: it may have taken effect.
    Intended,
    Applied,
    Already,
    Failed,
    Unknown,
}

/// A record that cannot follow the ones before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IllegalRecord {
    #[error("a second header")]
    Header,
    #[error("a second baseline")]
    Baseline,
    #[error("step {step} call {index} before the baseline")]
    NoBaseline { step: String, index: usize },
    #[error("step {step} call {index}: {event} cannot follow {from}")]
    Transition { step: String, index: usize, from: &'static str, event: &'static str },
    #[error("step {step} is already done")]
    Done { step: String },
    #[error("step {step} cannot be {event} while a call has no good outcome")]
    Unfinished { step: String, event: &'static str },
    #[error("step {step} call {index} begins before step {open} is done")]
    Overlap { step: String, index: usize, open: String },
    #[error("step {step} call {index} is not the call that was intended")]
    OtherCall { step: String, index: usize },
}

impl CallState {
    /// Whether the call may have taken effect, and nobody looked.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Intended | Self::Unknown)
    }

    /// What the call wants is so.
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Applied | Self::Already)
    }

    const fn name(from: Option<Self>) -> &'static str {
        match from {
            None => "nothing",
            Some(Self::Intended) => "intended",
            Some(Self::Applied) => "applied",
            Some(Self::Already) => "already",
            Some(Self::Failed) => "failed",
            Some(Self::Unknown) => "unknown",
        }
    }

    /// The legal transitions of a call; all others are refused.
    const fn next(from: Option<Self>, event: Self) -> Option<Self> {
        match (from, event) {
            (None | Some(Self::Failed), Self::Intended)
            | (Some(Self::Intended | Self::Unknown), Self::Applied | Self::Already | Self::Failed)
            | (Some(Self::Intended), Self::Unknown) => Some(event),
            _ => None,
        }
    }
}

impl Progress {
    pub fn step(&self, id: &str) -> Option<&StepProgress> {
        self.steps.get(id)
    }

    /// Steps that began, in that order.
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = (&str, &StepProgress)> {
        self.order.iter().filter_map(|id| Some((id.as_str(), self.steps.get(id)?)))
    }

    pub fn is_done(&self, id: &str) -> bool {
        self.step(id).is_some_and(|step| step.done)
    }

    /// Whether the phase has steps in the plan and all of them are done.
    pub fn has_done(&self, plan: &Plan, phase: Phase) -> bool {
        let mut steps = plan.steps.iter().filter(|step| step.phase == phase).peekable();
        steps.peek().is_some() && steps.all(|step| self.is_done(&step.id))
    }

    /// What the first run found of the things that the plan does not touch.
    pub fn baseline(&self) -> Option<&Fingerprint> {
        self.baseline.as_ref()
    }

    /// Records but the header.
    pub fn records(&self) -> usize {
        self.records
    }

    /// Calls of ours that took effect.
    pub fn applied(&self) -> usize {
        self.calls().filter(|call| call.state == CallState::Applied).count()
    }

    /// Whether some call may have taken effect, and nobody looked.
    pub fn has_open(&self) -> bool {
        self.open() > 0
    }

    /// Calls that may have taken effect, and nobody looked.
    pub fn open(&self) -> usize {
        self.calls().filter(|call| call.state.is_open()).count()
    }

    /// The update of the cluster that was begun, and whose end nobody has seen.
    pub fn update(&self) -> Option<&str> {
        self.calls().filter(|call| call.state.is_open()).find_map(|call| call.update.as_deref())
    }

    /// The mode to which a change may have been begun, and nobody has seen its end.
    pub fn may_be_updating_to(&self) -> Option<AuthenticationMode> {
        self.calls().filter(|it| it.state.is_open()).find_map(|it| match it.call {
            Call::UpdateMode { to, .. } => Some(to),
            _ => None,
        })
    }

    /// Every update of the cluster that was begun, whatever came of it.
    pub fn updates(&self) -> impl Iterator<Item = &str> {
        self.calls().filter_map(|call| call.update.as_deref())
    }

    fn calls(&self) -> impl Iterator<Item = &CallProgress> {
        self.steps.values().flat_map(|step| &step.calls)
    }

    /// Takes the next records, all or none: what was begun together is written together.
    ///
    /// # Errors
    /// The index of the first that cannot follow, and why; nothing has changed then.
    pub fn accept_all(&mut self, records: &[Record]) -> Result<(), (usize, IllegalRecord)> {
        let steps = records.iter().filter_map(Record::step);
        let before: Vec<(&str, Option<StepProgress>)> =
            steps.map(|id| (id, self.steps.get(id).cloned())).collect();
        let (began, baseline, counted) = (self.order.len(), self.baseline.clone(), self.records);
        for (index, record) in records.iter().enumerate() {
            let Err(illegal) = self.accept(record) else { continue };
            for (id, step) in before {
                match step {
                    Some(step) => drop(self.steps.insert(id.to_owned(), step)),
                    None => drop(self.steps.remove(id)),
                }
            }
            self.order.truncate(began);
            (self.baseline, self.records) = (baseline, counted);
            let open = self.steps.iter().filter(|(_, step)| !step.done);
            let resources =
                open.flat_map(|(id, step)| step.calls.iter().map(|it| (it.call.resource(), id.clone())));
            self.about = resources.collect();
            return Err((index, illegal));
        }
        Ok(())
    }

    /// Takes the next record.
    ///
    /// # Errors
    /// When it cannot follow; nothing has changed then.
    pub fn accept(&mut self, record: &Record) -> Result<(), IllegalRecord> {
        match record {
            Record::Header(_) => return Err(IllegalRecord::Header),
            Record::Started { .. } => {}
            Record::Baseline { untouched } => {
                if self.baseline.is_some() {
                    return Err(IllegalRecord::Baseline);
                }
                self.baseline = Some(untouched.clone());
            }
            Record::Intended { step, index, call } => self.intend(step, *index, call)?,
            Record::Updating { step, index, update } => self.updating(step, *index, update)?,
            Record::Applied { step, index } => self.settle(step, *index, CallState::Applied)?,
            Record::Already { step, index } => self.settle(step, *index, CallState::Already)?,
            Record::Failed { step, index, why: _ } => self.settle(step, *index, CallState::Failed)?,
            Record::Unknown { step, index, why: _ } => self.settle(step, *index, CallState::Unknown)?,
            Record::Adopted { step, found } => {
                let began = self.begin(step)?;
                if !began.calls.is_empty() {
                    return Err(IllegalRecord::Unfinished { step: step.clone(), event: "adopted" });
                }
                began.adopted = Some(found.as_deref().cloned());
                began.done = true;
                self.close(step);
            }
            Record::Done { step } => {
                let began = self.begin(step)?;
                if began.calls.iter().any(|call| !call.state.is_good()) {
                    return Err(IllegalRecord::Unfinished { step: step.clone(), event: "done" });
                }
                began.done = true;
                self.close(step);
            }
        }
        self.records += 1;
        Ok(())
    }

    fn intend(&mut self, step: &str, index: usize, call: &Call) -> Result<(), IllegalRecord> {
        if self.baseline.is_none() {
            return Err(IllegalRecord::NoBaseline { step: step.to_owned(), index });
        }
        if let Some(open) = self.in_the_way(step, &call.resource()) {
            let open = open.to_owned();
            return Err(IllegalRecord::Overlap { step: step.to_owned(), index, open });
        }
        let transition = |from| IllegalRecord::Transition {
            step: step.to_owned(),
            index,
            from: CallState::name(from),
            event: "intended",
        };
        let before = self.steps.get(step).map_or(&[][..], |it| &it.calls);
        let in_order = index <= before.len() && before.iter().take(index).all(|it| it.state.is_good());
        if !in_order {
            return Err(transition(before.get(index).map(|it| it.state)));
        }
        let from = before.get(index).map(|it| it.state);
        if CallState::next(from, CallState::Intended).is_none() {
            return Err(transition(from));
        }
        if before.get(index).is_some_and(|it| it.call != *call) {
            return Err(IllegalRecord::OtherCall { step: step.to_owned(), index });
        }
        let began = self.begin(step)?;
        match began.calls.get_mut(index) {
            Some(it) => {
                it.state = CallState::Intended;
                it.update = None;
                it.attempts += 1;
            }
            None => {
                let call = call.clone();
                began.calls.push(CallProgress {
                    call,
                    state: CallState::Intended,
                    update: None,
                    attempts: 1,
                });
            }
        }
        self.about.insert(call.resource(), step.to_owned());
        Ok(())
    }

    /// Another step that is not done, beside which none may call about this resource: one about the same, and any where one
    /// of them is about the mode or `aws-auth`, on which everybody's access hangs.
    fn in_the_way(&self, step: &str, resource: &Resource) -> Option<&str> {
        let alone = [Resource::Mode, Resource::AwsAuth];
        let same = alone.iter().chain([resource]).filter_map(|resource| self.about.get(resource));
        let any = self.about.values().filter(|_| alone.contains(resource));
        same.chain(any).map(String::as_str).find(|open| *open != step)
    }

    fn close(&mut self, step: &str) {
        let resources =
            self.steps.get(step).into_iter().flat_map(|it| &it.calls).map(|it| it.call.resource());
        for resource in resources {
            self.about.remove(&resource);
        }
    }

    fn updating(&mut self, step: &str, index: usize, update: &str) -> Result<(), IllegalRecord> {
        let call = self.steps.get_mut(step).and_then(|it| it.calls.get_mut(index));
        match call {
            Some(call) if call.state == CallState::Intended && call.call.resource() == Resource::Mode => {
                call.update = Some(update.to_owned());
                Ok(())
            }
            other => Err(IllegalRecord::Transition {
                step: step.to_owned(),
                index,
                from: CallState::name(other.map(|it| it.state)),
                event: "updating",
            }),
        }
    }

    fn settle(&mut self, step: &str, index: usize, event: CallState) -> Result<(), IllegalRecord> {
        let call = self.steps.get_mut(step).and_then(|it| it.calls.get_mut(index));
        let from = call.as_ref().map(|it| it.state);
        match (call, CallState::next(from, event)) {
            (Some(call), Some(state)) => {
                call.state = state;
                Ok(())
            }
            _ => Err(IllegalRecord::Transition {
                step: step.to_owned(),
                index,
                from: CallState::name(from),
                event: CallState::name(Some(event)),
            }),
        }
    }

    fn begin(&mut self, step: &str) -> Result<&mut StepProgress, IllegalRecord> {
        if self.is_done(step) {
            return Err(IllegalRecord::Done { step: step.to_owned() });
        }
        if !self.steps.contains_key(step) {
            self.order.push(step.to_owned());
        }
        Ok(self.steps.entry(step.to_owned()).or_default())
    }
}
