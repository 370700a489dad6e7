//! Looking for what was written: EKS is eventually consistent, so that one look proves little.

use super::engine::Engine;
use crate::calls::{Resource, ResourceState, Transition};
use crate::executor::ending::Stop;
use crate::executor::{Failure, Mismatch};
use crate::observe::{ApiError, Backoff, look_at, look_at_as};
use crate::planner::Step;
use crate::world::{Clock as _, World};

/// On which side of a call its resource is seen.
pub(super) enum Side {
    Before,
    After,
    Neither(ResourceState),
}

impl<W: World> Engine<'_, W> {
    pub async fn look_at(&self, resource: &Resource) -> Result<ResourceState, Failure> {
        look_at(self.world, resource).await.map_err(Failure::Observe)
    }

    /// Waits until what was written is seen.
    pub async fn read_back(&self, step: &Step, wanted: &ResourceState) -> Result<(), Stop> {
        let Some(resource) = Resource::of(step) else { return Ok(()) };
        let look = async || {
            let found = look_at_as(self.world, &resource, wanted).await.map_err(Failure::Observe)?;
            Ok(if found == *wanted { Ok(()) } else { Err(found) })
        };
        let seen = self.until_seen(&resource, self.options.patience.read_back, &step.id, look).await?;
        seen.map_err(|found| not_seen(step, resource, wanted, &found))
    }

    /// On which side of a call its resource is. [`Side::After`] is believed at once, the others only when a few looks agree;
    /// of a call that may still be on its way (`doubt`) one more, because "before" may only mean "not yet".
    ///
    /// Interrupted or not: what came of a call is to be known before the run ends, so only the waits are cut short.
    pub async fn side_of(&self, transition: &Transition, doubt: bool) -> Result<Side, ApiError> {
        let resource = transition.call.resource();
        let backoff = Backoff { retries: if doubt { 3 } else { 2 }, ..self.options.patience.read_back };
        let look = async || {
            Ok(match self.side_now(transition).await? {
                Side::After => Ok(Side::After),
                other => Err(other),
            })
        };
        let began = self.world.clock().elapsed();
        let event = |_: &Side, wait| self.waiting(&resource, wait, began, None);
        let side = self.until(backoff, "see", || Ok(()), event, look).await;
        side.map(|side| side.unwrap_or_else(|side| side))
    }

    /// The same, by one look.
    pub async fn side_now(&self, transition: &Transition) -> Result<Side, ApiError> {
        let found = look_at_as(self.world, &transition.call.resource(), &transition.after).await?;
        Ok(match found {
            found if found == transition.after => Side::After,
            found if found == transition.before => Side::Before,
            found => Side::Neither(found),
        })
    }
}

pub(super) fn not_seen(
    step: &Step,
    resource: Resource,
    wanted: &ResourceState,
    found: &ResourceState,
) -> Stop {
    Stop::Failed(Failure::NotSeen(Box::new(Mismatch {
        step: step.id.clone(),
        resource,
        expected: wanted.clone(),
        found: found.clone(),
    })))
}
