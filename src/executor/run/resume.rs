//! Before a journal is resumed: what came of the calls whose outcome nobody knows, and whether all that earlier runs did
//! still is as they left it.
//!
//! When it is done every call of the journal has an outcome, and each resource is in the state that the journal tells. So
//! what follows may treat the plan as if this run had done it all itself; a change of somebody else refuses the run.
//!
//! Of each resource the last step that touched it says what it must be: earlier ones have been overwritten. Only that step
//! can have an open call, for the journal takes no call about a resource while another step is at it
//! ([`Progress`](crate::journal::Progress)).
//!
//! An open call is looked for with doubt, and an update of the cluster is waited for first, because until it has ended the
//! mode is still the old one. While the journal is young, only seeing what the call leaves settles it: "before", or what an
//! earlier call left, may mean "not yet", and a call that is settled as failed is not undone by any rollback. A call that
//! failed is not looked for, but it may take effect late: its "after" is accepted as well, and the next attempt finds it.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::engine::Engine;
use super::read_back::Side;
use super::update::UpdateEnd;
use crate::calls::{Resource, ResourceState, Transition, transitions_of};
use crate::executor::ending::Stop;
use crate::executor::{Event, Failure, Refusal};
use crate::journal::{CallState, Record, StepProgress};
use crate::observe::state_in;
use crate::planner::Step;
use crate::snapshot::Snapshot;
use crate::world::{Clock as _, World};

impl<W: World> Engine<'_, W> {
    /// Finds out about every call whose outcome is not known, and that everything done before is still as it was left.
    ///
    /// `now`, what the gate has just seen, tells of most; only what is in doubt or not as it was left is looked at.
    pub async fn settle(&self, now: &Snapshot) -> Result<(), Stop> {
        let steps: BTreeMap<&str, &Step> =
            self.plan.steps.iter().map(|step| (step.id.as_str(), step)).collect();
        let begun: Vec<(String, StepProgress)> = self
            .progress(|progress| progress.steps().map(|(id, step)| (id.to_owned(), step.clone())).collect());
        let mut last: Vec<(&Step, Resource, StepProgress)> = Vec::new();
        let mut seen = BTreeSet::new();
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
        now: &Snapshot,
    ) -> Result<(), Stop> {
        let transitions = transitions_of(step)?;
        if let Some(index) = progress.calls.iter().position(|call| call.state.is_open()) {
            let transition = transitions
                .get(index)
                .ok_or_else(|| Failure::JournalAgainstPlan { step: step.id.clone() })?;
            let update = progress.calls.get(index).and_then(|call| call.update.as_deref());
            return self.settle_call(step, index, transition, update).await;
        }
        let adopted = progress.adopted.as_ref();
        let good = progress.calls.iter().take_while(|call| call.state.is_good()).count();
        let last = good.checked_sub(1).and_then(|last| transitions.get(last));
        let wanted = match (last, adopted) {
            (Some(transition), _) => transition.after.clone(),
            // it may give more than the step wants
            (None, Some(Some(found))) => ResourceState::entry(Some(found.clone())),
            (None, _) if progress.done => ResourceState::after(step),
            (None, _) => ResourceState::before(step),
        };
        let fits = |now: &ResourceState| *now == wanted || (adopted.is_some() && now.gives_the_same(&wanted));
        if state_in(now, resource).is_some_and(|now| fits(&now)) {
            if good == transitions.len() {
                self.read_back_before.borrow_mut().insert(step.id.clone());
            }
            return Ok(());
        }
        // what is looked at now may be newer than what was seen
        self.forget();
        let late = match progress.calls.get(good).map(|call| call.state) {
            Some(CallState::Failed) => transitions.get(good).map(|transition| &transition.after),
            _ => None,
        };
        let look = async || {
            let now = self.look_at(resource).await?;
            Ok(if fits(&now) || Some(&now) == late { Ok(()) } else { Err(now) })
        };
        let settled = self.until_seen(resource, self.options.patience.read_back, "settle", look).await?;
        settled.map_err(|now| changed_since(step, resource, [&wanted, late.unwrap_or(&wanted)], &now))
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
        match update {
            Some(update) => {
                if let UpdateEnd::Unsuccessful { status, errors } = self.end_of_update(update).await? {
                    why = format!("the cluster update {update} {status}: {}", errors.join("; "));
                }
            }
            None if resource == Resource::Mode => self.no_update_is_running().await?,
            None => {}
        }
        let applied = match self.side_in_the_end(transition).await? {
            Side::After => true,
            Side::Before => false,
            Side::Neither(now) => {
                return Err(changed_since(step, &resource, [&transition.before, &transition.after], &now));
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

    /// On which side of an open call its resource is, once that can be told.
    async fn side_in_the_end(&self, transition: &Transition) -> Result<Side, Stop> {
        let (resource, began) = (transition.call.resource(), self.world.clock().elapsed());
        let patience = self.options.patience;
        let young_for = self.journal.borrow().unseen_for(patience.shown);
        let mut side = self.side_of(transition, true).await.map_err(Failure::Observe)?;
        loop {
            let left = young_for.saturating_sub(self.since(began));
            if matches!(side, Side::After) {
                return Ok(side);
            }
            if left.is_zero() && resource == Resource::Mode {
                // an update that was not shown before: until it ends the mode is the old one
                self.no_update_is_running().await?;
                return Ok(self.side_of(transition, true).await.map_err(Failure::Observe)?);
            }
            if left.is_zero() {
                return Ok(side);
            }
            self.stop_if_interrupted()?;
            let wait = left.min(patience.read_back.cap);
            self.tell(self.waiting(&resource, wait, began, None));
            self.sleep(wait).await;
            side = self.side_now(transition).await.map_err(Failure::Observe)?;
        }
    }
}

fn changed_since(
    step: &Step,
    resource: &Resource,
    [before, after]: [&ResourceState; 2],
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
