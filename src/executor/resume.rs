use super::calls::{Leg, legs_of};
use super::ending::Stop;
use super::engine::Engine;
use super::journal::{CallState, Record, StepProgress};
use super::perform::Seen;
use super::{Event, Failure, Refusal, Thing, Value, look_at};
use crate::eks::World;
use crate::planner::Step;

impl<W: World> Engine<'_, W> {
    /// Finds out about every call whose outcome is not known, and that everything done before is still as it was left.
    pub(super) async fn settle(&mut self) -> Result<(), Stop> {
        let plan = self.plan;
        let begun: Vec<(String, StepProgress)> =
            self.journal.progress().steps().map(|(id, step)| (id.to_owned(), step.clone())).collect();
        let mut seen = Vec::new();
        // the last step that touched a thing says what it must be
        for (id, progress) in begun.into_iter().rev() {
            let Some(step) = plan.steps.iter().find(|step| step.id == id) else {
                return Err(Failure::JournalAgainstPlan { step: id }.into());
            };
            let Some(thing) = Thing::of(step) else { continue };
            if !seen.contains(&thing) {
                self.settle_step(step, &thing, &progress).await?;
                seen.push(thing);
            }
        }
        Ok(())
    }

    async fn settle_step(&mut self, step: &Step, thing: &Thing, told: &StepProgress) -> Result<(), Stop> {
        let legs = legs_of(step)?;
        if let Some(index) = told.calls.iter().position(|call| call.state.is_open()) {
            let leg = legs.get(index).ok_or_else(|| Failure::JournalAgainstPlan { step: step.id.clone() })?;
            return self.settle_call(step, thing, index, leg).await;
        }
        let good = told.calls.iter().take_while(|call| call.state.is_good()).count();
        let wanted = match good.checked_sub(1).and_then(|last| legs.get(last)) {
            Some(leg) => leg.after.clone(),
            None if told.done => Value::after(step),
            None => Value::before(step),
        };
        let fits = |now: &Value| *now == wanted || (told.adopted && now.gives_the_same(&wanted));
        // a call that failed may take effect late
        let late = told.calls.get(good).and_then(|call| match call.state {
            CallState::Failed => legs.get(good),
            _ => None,
        });
        let backoff = self.options.patience.read_back;
        let mut attempt = 0;
        loop {
            let now = look_at(self.world, thing).await.map_err(Failure::Observe)?;
            if fits(&now) || late.is_some_and(|leg| now == leg.after) {
                return Ok(());
            }
            if attempt >= backoff.retries {
                return Err(changed_since(
                    step,
                    thing,
                    &wanted,
                    late.map_or(&wanted, |leg| &leg.after),
                    &now,
                ));
            }
            self.wait(thing, backoff, attempt, "settle").await;
            attempt += 1;
        }
    }

    async fn settle_call(&mut self, step: &Step, thing: &Thing, index: usize, leg: &Leg) -> Result<(), Stop> {
        if *thing == Thing::Mode {
            self.wait_for_update().await?;
        }
        let id = || step.id.clone();
        let applied = match self.see(leg, true).await.map_err(Failure::Observe)? {
            Seen::After => true,
            Seen::Before => false,
            Seen::Other(now) => return Err(changed_since(step, thing, &leg.before, &leg.after, &now)),
        };
        self.write(match applied {
            true => Record::Applied { step: id(), index },
            false => Record::Failed { step: id(), index, why: "not seen afterwards".to_owned() },
        })?;
        self.tell(Event::Settled { step: id(), call: leg.call.clone(), applied });
        Ok(())
    }

    /// An update that an earlier run began may still be under way; its id is not known.
    async fn wait_for_update(&mut self) -> Result<(), Stop> {
        let backoff = self.options.patience.update;
        for attempt in 0..backoff.retries {
            let world = self.world;
            let cluster = super::retry::reading(world, async || world.describe_cluster().await).await;
            if cluster.map_err(Failure::Observe)?.status.0 != "UPDATING" {
                break;
            }
            self.wait(&Thing::Mode, backoff, attempt, "update").await;
        }
        Ok(())
    }
}

fn changed_since(step: &Step, thing: &Thing, before: &Value, after: &Value, found: &Value) -> Stop {
    Stop::Refused(vec![Refusal::ChangedSince {
        step: step.id.clone(),
        thing: thing.clone(),
        before: before.to_string(),
        after: after.to_string(),
        found: found.to_string(),
    }])
}
