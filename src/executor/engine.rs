use super::calls::{Leg, legs_of};
use super::ending::Stop;
use super::journal::{CallState, Journal, Record};
use super::observe::entries;
use super::perform::Broken;
use super::{
    Backoff, Call, Ending, Event, Failure, Finished, Mismatch, Patience, Refusal, Reporter, Thing, Value,
    look_at,
};
use crate::eks::World;
use crate::planner::{Action, Expected, Phase, Plan, Step};

/// How far a run goes and what it may do.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The last phase to run.
    pub through: Phase,
    /// Phases `dual-mode` and `api-mode` may be run.
    pub allow_irreversible: bool,
    /// `false`: `aws-auth` keeps its lines on the way to `api-mode`, where it is not read any more.
    pub prune: bool,
    pub patience: Patience,
    /// Asked between two calls; `true` stops the run.
    pub interrupted: &'a dyn Fn() -> bool,
}

impl Options<'_> {
    pub fn through(phase: Phase) -> Self {
        Self {
            through: phase,
            allow_irreversible: false,
            prune: true,
            patience: Patience::default(),
            interrupted: &|| false,
        }
    }

    /// Whether the run comes to the steps of this phase.
    pub fn includes(&self, phase: Phase) -> bool {
        phase <= self.through && (self.prune || phase != Phase::Prune)
    }
}

/// One run of a plan.
pub(super) struct Engine<'a, W> {
    pub world: &'a W,
    pub plan: &'a Plan,
    pub journal: &'a mut Journal,
    pub options: Options<'a>,
    pub reporter: &'a mut dyn Reporter,
}

/// Executes the plan, or goes on with it where its journal ends.
///
/// What the journal tells of earlier runs is held against the world first; a journal without records is a first run.
pub async fn execute<W: World>(
    world: &W,
    plan: &Plan,
    journal: &mut Journal,
    options: Options<'_>,
    reporter: &mut dyn Reporter,
) -> Finished {
    let applied_before = journal.progress().applied();
    let mut engine = Engine { world, plan, journal, options, reporter };
    let ending = match engine.run().await {
        Ok(()) => Ending::Done,
        Err(stop) => stop.into(),
    };
    let applied_in_all = journal.progress().applied();
    Finished { ending, applied: applied_in_all.saturating_sub(applied_before), applied_in_all }
}

impl<W: World> Engine<'_, W> {
    async fn run(&mut self) -> Result<(), Stop> {
        self.gate().await?;
        self.write(Record::Started {
            through: self.options.through,
            allow_irreversible: self.options.allow_irreversible,
        })?;
        for phase in Phase::ALL {
            if self.options.includes(phase) {
                self.phase(phase).await?;
            }
        }
        Ok(())
    }

    async fn phase(&mut self, phase: Phase) -> Result<(), Stop> {
        let plan = self.plan;
        let open: Vec<(usize, &Step)> = plan
            .steps
            .iter()
            .enumerate()
            .filter(|(_, step)| step.phase == phase && !self.journal.progress().is_done(&step.id))
            .collect();
        if open.is_empty() && phase != Phase::Verify {
            return Ok(());
        }
        self.tell(Event::PhaseStarted { phase });
        let steps: Vec<&Step> = open.iter().map(|(_, step)| *step).collect();
        self.guard(phase, &steps).await?;
        self.look_for_unobserved(&steps).await?;
        for (index, step) in open {
            self.step(step, index + 1).await?;
        }
        if matches!(phase, Phase::Verify | Phase::Prune | Phase::ApiMode) {
            self.verify(phase).await?;
        }
        self.tell(Event::PhaseDone { phase });
        Ok(())
    }

    /// Before the first entry is written: whether those that could not be listed allow the plan.
    async fn look_for_unobserved(&mut self, steps: &[&Step]) -> Result<(), Stop> {
        let unobserved = |step: &&Step| {
            matches!(step.action, Action::Entry { before: Expected::Unobserved, .. })
                && self.journal.progress().step(&step.id).is_none()
        };
        let steps: Vec<&Step> = steps.iter().copied().filter(unobserved).collect();
        if steps.is_empty() {
            return Ok(());
        }
        let entries = entries(self.world).await.map_err(Failure::Observe)?;
        let mut refusals = Vec::new();
        for step in steps {
            let Action::Entry { principal, .. } = &step.action else { continue };
            let principal = principal.to_string();
            let now = Value::observed_entry(entries.iter().find(|entry| entry.principal == principal));
            let after = Value::after(step);
            if now != Value::Entry(None) && !now.gives_the_same(&after) {
                refusals.push(Refusal::NeedsNewPlan {
                    step: step.id.clone(),
                    planned: after.to_string(),
                    found: now.to_string(),
                });
            }
        }
        if refusals.is_empty() { Ok(()) } else { Err(Stop::Refused(refusals)) }
    }

    async fn step(&mut self, step: &Step, number: usize) -> Result<(), Stop> {
        self.stop_if_interrupted()?;
        let of = self.plan.steps.len();
        self.tell(Event::StepStarted { step: step.id.clone(), number, of });
        let legs = legs_of(step)?;
        let begun = self.journal.progress().step(&step.id).map_or(0, |it| it.calls.len());
        if begun == 0 && self.is_there_already(step).await? {
            self.write(Record::Adopted { step: step.id.clone() })?;
            self.tell(Event::Adopted { step: step.id.clone() });
            return Ok(());
        }
        let mut fresh = false;
        for (index, leg) in legs.iter().enumerate() {
            if !self.is_good(step, index) {
                self.stop_if_interrupted()?;
                self.call(step, index, leg, fresh).await?;
            }
            let deletes = matches!(leg.call, Call::DeleteEntry { .. } | Call::DeleteBinding { .. });
            if deletes && !self.is_good(step, index + 1) {
                // what follows must not meet what was deleted
                self.read_back(step, &leg.after).await?;
            }
            fresh |= matches!(leg.call, Call::CreateEntry { .. });
        }
        self.read_back(step, &Value::after(step)).await?;
        self.write(Record::Done { step: step.id.clone() })?;
        self.tell(Event::StepDone { step: step.id.clone() });
        Ok(())
    }

    fn is_good(&self, step: &Step, index: usize) -> bool {
        let call = self.journal.progress().step(&step.id).and_then(|it| it.calls.get(index));
        call.is_some_and(|call| call.state.is_good())
    }

    /// Whether the thing has the wanted value, before any call of ours; any but the expected one stops the run.
    async fn is_there_already(&mut self, step: &Step) -> Result<bool, Stop> {
        let Some(thing) = Thing::of(step) else { return Ok(true) };
        let now = look_at(self.world, &thing).await.map_err(Failure::Observe)?;
        let (before, after) = (Value::before(step), Value::after(step));
        if now == before {
            return Ok(before == after && legs_of(step)?.is_empty());
        }
        let unobserved = matches!(step.action, Action::Entry { before: Expected::Unobserved, .. });
        if now == after || (unobserved && now.gives_the_same(&after)) {
            return Ok(true);
        }
        let (step, found) = (step.id.clone(), now.to_string());
        Err(Stop::Refused(vec![match unobserved {
            true => Refusal::NeedsNewPlan { step, planned: after.to_string(), found },
            false => Refusal::Changed { step, thing, expected: before.to_string(), found },
        }]))
    }

    async fn call(&mut self, step: &Step, index: usize, leg: &Leg, fresh: bool) -> Result<(), Stop> {
        let id = || step.id.clone();
        let told = self.journal.progress().step(&step.id).and_then(|it| it.calls.get(index));
        let tried = told.map_or(0, |call| call.attempts);
        // a try that was settled as failed may still have been on its way
        let doubt = tried > 0;
        self.write(Record::Intended { step: id(), index, call: leg.call.clone() })?;
        // a token that led to a failed update leads to it again
        let again = match leg.call {
            Call::UpdateMode { .. } => tried,
            _ => 0,
        };
        let token = self.token(step, index, again);
        match self.perform(step, leg, &token, doubt, fresh).await {
            Ok(state) => {
                let already = state == CallState::Already;
                self.write(match already {
                    true => Record::Already { step: id(), index },
                    false => Record::Applied { step: id(), index },
                })?;
                self.tell(Event::CallDone { step: id(), call: leg.call.clone(), already });
                Ok(())
            }
            Err(Broken { state, failure }) => {
                let why = failure.to_string();
                self.write(match state {
                    CallState::Unknown => Record::Unknown { step: id(), index, why },
                    _ => Record::Failed { step: id(), index, why },
                })?;
                Err(Stop::Failed(failure))
            }
        }
    }

    /// Waits until what was written is seen.
    async fn read_back(&mut self, step: &Step, wanted: &Value) -> Result<(), Stop> {
        let Some(thing) = Thing::of(step) else { return Ok(()) };
        let backoff = self.options.patience.read_back;
        let mut attempt = 0;
        loop {
            let now = look_at(self.world, &thing).await.map_err(Failure::Observe)?;
            if now == *wanted {
                return Ok(());
            }
            if attempt >= backoff.retries {
                return Err(Stop::Failed(Failure::NotSeen(Box::new(Mismatch {
                    step: step.id.clone(),
                    thing,
                    expected: wanted.to_string(),
                    found: now.to_string(),
                }))));
            }
            self.stop_if_interrupted()?;
            self.wait(&thing, backoff, attempt, &step.id).await;
            attempt += 1;
        }
    }

    pub(super) fn stop_if_interrupted(&self) -> Result<(), Stop> {
        if (self.options.interrupted)() { Err(Stop::Interrupted) } else { Ok(()) }
    }

    pub(super) async fn wait(&mut self, thing: &Thing, backoff: Backoff, attempt: u32, seed: &str) {
        let wait = backoff.delay(attempt, seed);
        self.tell(Event::Waiting { thing: thing.clone(), wait });
        self.world.sleep(wait).await;
    }

    pub(super) fn write(&mut self, record: Record) -> Result<(), Failure> {
        Ok(self.journal.append(record)?)
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.reporter.event(&event);
    }

    /// The same for every try of a call in one run folder, and another in every other.
    fn token(&self, step: &Step, index: usize, again: usize) -> String {
        let run = &self.journal.header().run;
        let hash = blake3::Hasher::new()
            .update(self.plan.digest.as_bytes())
            .update(&[0])
            .update(run.as_bytes())
            .update(&[0])
            .update(step.id.as_bytes())
            .update(&(index as u64).to_be_bytes())
            .update(&(again as u64).to_be_bytes())
            .finalize();
        hash.to_hex()[..32].to_owned()
    }
}
