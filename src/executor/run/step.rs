//! One step: is it done already, else its calls in order, and at the end a look at what they left behind.

use super::attempt::{Attempt, Succeeded, Unsuccessful};
use super::engine::Engine;
use crate::calls::{Call, Resource, ResourceState, Transition, transitions_of};
use crate::executor::ending::Stop;
use crate::executor::{Event, Refusal};
use crate::journal::{CallState, Record};
use crate::model::AccessEntry;
use crate::observe::state_in;
use crate::planner::{Action, Expected, Step};
use crate::snapshot::Snapshot;
use crate::world::{Clock as _, World};

/// How a step came to its end.
pub(super) enum StepEnd {
    Done,
    /// A new entry: EKS has answered with what was wanted, and it is to be seen in the list of all. That the last call
    /// was answered is yet to be flushed.
    Created,
}

impl<W: World> Engine<'_, W> {
    /// `now`: what was seen when the phase began.
    pub async fn step(&self, step: &Step, now: &Snapshot) -> Result<StepEnd, Stop> {
        let (number, of) = self.number_of_next();
        self.started.borrow_mut().insert(step.id.clone(), self.world.clock().elapsed());
        self.tell(Event::StepStarted { step: step.id.clone(), number, of });
        let transitions = transitions_of(step)?;
        let begun = self.progress(|progress| progress.step(&step.id).map_or(0, |it| it.calls.len()));
        if begun == 0
            && let Some(found) = self.is_there_already(step, &transitions, now).await?
        {
            self.write(Record::Adopted { step: step.id.clone(), found }).await?;
            self.tell(Event::Adopted { step: step.id.clone() });
            return Ok(StepEnd::Done);
        }
        let (mut fresh, mut is_confirmed) = (false, begun == 0 && is_new_entry(&transitions));
        for (index, transition) in transitions.iter().enumerate() {
            if !self.is_good(step, index) {
                // between its creation and its first association a principal has no rights
                if !fresh {
                    self.stop_if_interrupted()?;
                }
                is_confirmed &= self.call(step, index, transition, fresh, is_confirmed).await?;
            }
            let deletes = matches!(transition.call, Call::DeleteEntry { .. } | Call::DeleteBinding { .. });
            if deletes && index + 1 < transitions.len() && !self.is_good(step, index + 1) {
                // what follows must not meet what was deleted
                self.read_back(step, &transition.after).await?;
            }
            fresh |= matches!(transition.call, Call::CreateEntry { .. });
        }
        if is_confirmed {
            return Ok(StepEnd::Created);
        }
        if !self.read_back_before.borrow().contains(&step.id) {
            self.read_back(step, &ResourceState::after(step)).await?;
        }
        self.write(Record::Done { step: step.id.clone() }).await?;
        self.tell_done(step);
        Ok(StepEnd::Done)
    }

    /// In the order in which steps begin, behind those that earlier runs have done.
    fn number_of_next(&self) -> (usize, usize) {
        let number = self.numbered.get() + 1;
        self.numbered.set(number);
        (number, self.plan.steps.iter().filter(|step| self.options.includes(step.phase)).count())
    }

    pub fn tell_done(&self, step: &Step) {
        let began = self.started.borrow().get(&step.id).copied();
        let took = began.map(|began| self.since(began)).unwrap_or_default();
        self.tell(Event::StepDone { step: step.id.clone(), took });
    }

    fn is_good(&self, step: &Step, index: usize) -> bool {
        self.progress(|progress| {
            let call = progress.step(&step.id).and_then(|it| it.calls.get(index));
            call.is_some_and(|call| call.state.is_good())
        })
    }

    /// Whether the resource is in the wanted state, before any call of ours, and of an entry which; any but the expected one
    /// stops the run.
    ///
    /// What is only created needs no fresh look: where something is there by now, the server says so.
    async fn is_there_already(
        &self,
        step: &Step,
        transitions: &[Transition],
        now: &Snapshot,
    ) -> Result<Option<Option<Box<AccessEntry>>>, Stop> {
        let Some(resource) = Resource::of(step) else { return Ok(Some(None)) };
        let creates = match transitions.first() {
            Some(transition) => {
                matches!(transition.call, Call::CreateEntry { .. } | Call::CreateBinding { .. })
            }
            None => true,
        };
        let known = creates && !self.touched.borrow().contains(&resource);
        let now = match state_in(now, &resource).filter(|_| known) {
            Some(value) => value,
            None => self.look_at(&resource).await?,
        };
        if let Some(refusal) = unexpected(step, resource, &now) {
            return Err(refusal.into());
        }
        // what is made again as it was is wanted, and not there yet
        let is_there =
            transitions.is_empty() || (now != ResourceState::before(step) && is_wanted(step, &now));
        Ok(is_there.then(|| match now {
            ResourceState::Entry(entry) => entry.map(Box::new),
            _ => None,
        }))
    }

    /// One call; whether the first try was answered with what was wanted. If so, and all before was confirmed so as well,
    /// the record of it is only left for the next write.
    async fn call(
        &self,
        step: &Step,
        index: usize,
        transition: &Transition,
        fresh: bool,
        all_confirmed: bool,
    ) -> Result<bool, Stop> {
        let (id, call) = (|| step.id.clone(), &transition.call);
        let tried = self.progress(|progress| {
            let progress = progress.step(&step.id).and_then(|it| it.calls.get(index));
            progress.map_or(0, |call| call.attempts)
        });
        self.write(Record::Intended { step: id(), index, call: call.clone() }).await?;
        self.touched.borrow_mut().insert(call.resource());
        // a token that led to a failed update leads to it again
        let again = if matches!(call, Call::UpdateMode { .. }) { tried } else { 0 };
        let token = &self.token(step, index, again);
        let (doubt, began) = (tried > 0, self.world.clock().elapsed());
        let attempt = Attempt {
            engine: self,
            step,
            index,
            transition,
            token,
            fresh,
            doubt,
            failures: 0,
            waits: 0,
            began,
        };
        let Succeeded { state, is_confirmed } = match attempt.make().await {
            Ok(succeeded) => succeeded,
            Err(unsuccessful) => return Err(self.write_down(step, index, unsuccessful).await?),
        };
        let already = state == CallState::Already;
        self.applied.set(self.applied.get() + usize::from(!already));
        let record = match already {
            true => Record::Already { step: id(), index },
            false => Record::Applied { step: id(), index },
        };
        // one write with the intention that comes next, here or in the step that comes next
        match all_confirmed && is_confirmed {
            true => self.leave(record),
            false => self.write(record).await?,
        }
        self.tell(Event::CallDone { step: id(), call: call.clone(), already });
        Ok(is_confirmed)
    }

    /// Why the step stops, once the journal has it.
    async fn write_down(&self, step: &Step, index: usize, failed: Unsuccessful) -> Result<Stop, Stop> {
        let Unsuccessful { state, stop } = failed;
        let why = match &stop {
            Stop::Failed(failure) => failure.to_string(),
            Stop::Refused(refusals) => refusals.first().map(ToString::to_string).unwrap_or_default(),
            Stop::Blocked(_) | Stop::Interrupted => "interrupted".to_owned(),
        };
        let step = step.id.clone();
        match state {
            // its record says already how to find out
            None => {}
            Some(CallState::Unknown) => self.write(Record::Unknown { step, index, why }).await?,
            Some(_) => self.write(Record::Failed { step, index, why }).await?,
        }
        Ok(stop)
    }

    /// The same for every try of a call in one run folder, and another in every other.
    fn token(&self, step: &Step, index: usize, again: usize) -> String {
        let journal = self.journal.borrow();
        let hash = blake3::Hasher::new()
            .update(self.plan.digest.as_bytes())
            .update(&[0])
            .update(journal.header().run.as_bytes())
            .update(&[0])
            .update(step.id.as_bytes())
            .update(&(index as u64).to_be_bytes())
            .update(&(again as u64).to_be_bytes())
            .finalize();
        hash.to_hex()[..32].to_owned()
    }
}

/// Why a step of which no call was made is not to be begun: its resource is neither as the step expects it nor as it wants it.
pub(super) fn unexpected(step: &Step, resource: Resource, found: &ResourceState) -> Option<Refusal> {
    let before = ResourceState::before(step);
    if *found == before || is_wanted(step, found) {
        return None;
    }
    let (step_id, found) = (step.id.clone(), Box::new(found.clone()));
    Some(match is_unobserved(step) {
        true => Refusal::NeedsNewPlan { step: step_id, planned: Box::new(ResourceState::after(step)), found },
        false => Refusal::Changed { step: step_id, resource, expected: Box::new(before), found },
    })
}

fn is_wanted(step: &Step, found: &ResourceState) -> bool {
    let after = ResourceState::after(step);
    *found == after || (is_unobserved(step) && found.gives_at_least(&after))
}

/// Of an entry that the planner could not see: one that is there and gives at least what was planned is left as it is.
pub(super) fn is_unobserved(step: &Step) -> bool {
    matches!(step.action, Action::Entry { before: Expected::Unobserved, .. })
}

/// An entry that was not there, with its policies.
fn is_new_entry(transitions: &[Transition]) -> bool {
    let mut calls = transitions.iter().map(|transition| &transition.call);
    matches!(calls.next(), Some(Call::CreateEntry { .. }))
        && calls.all(|call| matches!(call, Call::Associate { before: None, .. }))
}
