use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::attempt::{Seen, Updated};
use super::engine::Engine;
use crate::calls::{Resource, ResourceState, Transition, transitions_of};
use crate::eks::EksApi as _;
use crate::executor::ending::Stop;
use crate::executor::{Event, Failure, Refusal};
use crate::journal::{CallState, Record, StepProgress};
use crate::observe::{look_at, value_in};
use crate::planner::Step;
use crate::snapshot::Snapshot;
use crate::world::World;

impl<W: World> Engine<'_, W> {
    /// Finds out about every call whose outcome is not known, and that everything done before is still as it was left.
    ///
    /// `now`, what the gate has just seen, tells of most; only what is in doubt or not as it was left is looked at.
    pub(crate) async fn settle(&self, now: &Snapshot) -> Result<(), Stop> {
        let steps: BTreeMap<&str, &Step> =
            self.plan.steps.iter().map(|step| (step.id.as_str(), step)).collect();
        let begun: Vec<(String, StepProgress)> = self
            .progress(|progress| progress.steps().map(|(id, step)| (id.to_owned(), step.clone())).collect());
        let mut last: Vec<(&Step, Resource, StepProgress)> = Vec::new();
        let mut seen = BTreeSet::new();
        // the last step that touched a thing says what it must be
        for (id, progress) in begun.into_iter().rev() {
            let Some(step) = steps.get(id.as_str()) else {
                return Err(Failure::JournalAgainstPlan { step: id }.into());
            };
            let Some(resource) = Resource::of(step) else { continue };
            if seen.insert(resource.clone()) {
                last.push((*step, resource, progress));
            }
        }
        let settled = stream::iter(last)
            .map(async |(step, resource, progress)| self.settle_step(step, &resource, &progress, now).await)
            .buffered(self.options.at_once.max(1));
        settled.try_collect().await
    }

    async fn settle_step(
        &self,
        step: &Step,
        resource: &Resource,
        progress: &StepProgress,
        seen: &Snapshot,
    ) -> Result<(), Stop> {
        let transitions = transitions_of(step)?;
        if let Some(index) = progress.calls.iter().position(|call| call.state.is_open()) {
            let transition = transitions
                .get(index)
                .ok_or_else(|| Failure::JournalAgainstPlan { step: step.id.clone() })?;
            let update = progress.calls.get(index).and_then(|call| call.update.as_deref());
            return self.settle_call(step, index, transition, update).await;
        }
        let good = progress.calls.iter().take_while(|call| call.state.is_good()).count();
        let wanted = match good.checked_sub(1).and_then(|last| transitions.get(last)) {
            Some(transition) => transition.after.clone(),
            None if progress.done => ResourceState::after(step),
            None => ResourceState::before(step),
        };
        let fits = |now: &ResourceState| *now == wanted || (progress.adopted && now.gives_the_same(&wanted));
        if value_in(seen, resource).is_some_and(|now| fits(&now)) {
            if good == transitions.len() {
                self.seen.borrow_mut().insert(step.id.clone());
            }
            return Ok(());
        }
        // what is looked at now may be newer than what was seen
        self.forget();
        // a call that failed may take effect late
        let late = progress.calls.get(good).and_then(|call| match call.state {
            CallState::Failed => transitions.get(good),
            _ => None,
        });
        let backoff = self.options.patience.read_back;
        let mut attempt = 0;
        loop {
            let now = look_at(self.world, resource).await.map_err(Failure::Observe)?;
            if fits(&now) || late.is_some_and(|transition| now == transition.after) {
                return Ok(());
            }
            if attempt >= backoff.retries {
                return Err(changed_since(
                    step,
                    resource,
                    &wanted,
                    late.map_or(&wanted, |transition| &transition.after),
                    &now,
                ));
            }
            self.stop_if_interrupted()?;
            self.wait(resource, backoff, attempt, "settle").await;
            attempt += 1;
        }
    }

    async fn settle_call(
        &self,
        step: &Step,
        index: usize,
        transition: &Transition,
        update: Option<&str>,
    ) -> Result<(), Stop> {
        self.forget();
        let (id, resource) = (|| step.id.clone(), transition.call.resource());
        let mut why = "not seen afterwards".to_owned();
        if resource == Resource::Mode {
            match update {
                Some(update) => {
                    if let Updated::Not { status, errors } = self.end_of_update(update).await? {
                        why = format!("the cluster update {update} {status}: {}", errors.join("; "));
                    }
                }
                None => self.wait_for_update().await?,
            }
        }
        let applied = match self.see(transition, true).await.map_err(Failure::Observe)? {
            Seen::After => true,
            Seen::Before => false,
            Seen::Other(now) => {
                return Err(changed_since(step, &resource, &transition.before, &transition.after, &now));
            }
        };
        self.write(match applied {
            true => Record::Applied { step: id(), index },
            false => Record::Failed { step: id(), index, why },
        })
        .await?;
        self.tell(Event::Settled { step: id(), call: transition.call.clone(), applied });
        Ok(())
    }

    /// An update that an earlier run began may still be under way, without its id being known.
    async fn wait_for_update(&self) -> Result<(), Stop> {
        let backoff = self.options.patience.update;
        for attempt in 0..backoff.retries {
            let world = self.world;
            let cluster =
                crate::observe::reading(world.clock(), async || world.eks().describe_cluster().await).await;
            if cluster.map_err(Failure::Observe)?.status.0 != "UPDATING" {
                break;
            }
            self.stop_if_interrupted()?;
            self.wait(&Resource::Mode, backoff, attempt, "update").await;
        }
        Ok(())
    }
}

fn changed_since(
    step: &Step,
    resource: &Resource,
    before: &ResourceState,
    after: &ResourceState,
    found: &ResourceState,
) -> Stop {
    Stop::Refused(vec![Refusal::ChangedSince {
        step: step.id.clone(),
        resource: resource.clone(),
        before: Box::new(before.clone()),
        after: Box::new(after.clone()),
        found: Box::new(found.clone()),
    }])
}
