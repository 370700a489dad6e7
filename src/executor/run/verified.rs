//! When a phase is done: everything is as the plan wants it, and what its guard had asked before is still answered so.
//!
//! The guard's questions are asked once more because what it saw may be minutes old by now, and the phase took access
//! away; but only when no later phase has begun, which had its own guard.

use super::engine::Engine;
use super::guard::no_longer_safe;
use crate::executor::ending::Stop;
use crate::executor::{Event, Failure, verify};
use crate::observe::Backoff;
use crate::planner::Phase;
use crate::world::World;

impl<W: World> Engine<'_, W> {
    /// Looks several times: lists may show a change later than single reads do.
    pub async fn verify(&self, after: Phase) -> Result<(), Stop> {
        let backoff = Backoff { retries: 5, ..self.options.patience.read_back };
        let options = self.options;
        let done_before =
            self.progress(|progress| Phase::ALL.map(|phase| progress.has_done(self.plan, phase)));
        let done = |phase: Phase| {
            let before = Phase::ALL.iter().zip(done_before).any(|(it, done)| *it == phase && done);
            before || (phase <= after && options.includes(phase))
        };
        let is_last =
            |phase: &Phase| *phase == after || self.progress(|progress| progress.has_done(self.plan, *phase));
        let furthest = Phase::ALL.into_iter().rev().find(is_last).unwrap_or(after);
        let before = self.guarded.borrow().clone().filter(|_| furthest == after);
        let look = async || {
            let now = self.now().await?;
            let differences = self.progress(|told| verify(self.plan, &done, Some(told), &now));
            let refusals = no_longer_safe(self.plan, furthest, before.as_deref(), &now);
            let is_so = differences.is_empty() && refusals.is_empty();
            Ok(if is_so { Ok(()) } else { Err((differences, refusals)) })
        };
        let event = |(differences, refusals): &(Vec<_>, Vec<_>), wait| Event::Unverified {
            differences: differences.len() + refusals.len(),
            wait,
        };
        let verified = self.until(backoff, "verify", || self.stop_if_interrupted(), event, look).await?;
        verified.map_err(|(differences, refusals)| match refusals.is_empty() {
            true => Failure::Verify { after, differences }.into(),
            false => Failure::Unsafe { after, refusals }.into(),
        })
    }
}
