use super::calls::Leg;
use super::engine::Engine;
use super::journal::CallState;
use super::retry::reading;
use super::send::{Sent, send};
use super::{ApiError, Backoff, Call, Event, Failure, Mismatch, Thing, Value, look_at};
use crate::eks::{UpdateStatus, World};
use crate::planner::Step;

/// A call that came to nothing good: the state to be written down, and why.
pub(super) struct Broken {
    pub state: CallState,
    pub failure: Failure,
}

/// What the thing looks like next to the two sides of a call.
pub(super) enum Seen {
    Before,
    After,
    Other(Value),
}

impl<W: World> Engine<'_, W> {
    /// A call, repeated while it may yet succeed, until it is known to have taken effect or not.
    ///
    /// `doubt`: an earlier try may have taken effect. `fresh`: this run has just created the entry, so it may not be seen yet.
    pub(super) async fn perform(
        &mut self,
        step: &Step,
        leg: &Leg,
        token: &str,
        mut doubt: bool,
        fresh: bool,
    ) -> Result<CallState, Broken> {
        let good = |doubt| if doubt { CallState::Applied } else { CallState::Already };
        let backoff = self.options.patience.calls;
        let (mut attempt, mut waits) = (0, 0);
        if doubt {
            let seen = self.see(leg, doubt).await.map_err(|e| broken(step, leg, e, doubt))?;
            if matches!(seen, Seen::After) {
                return Ok(CallState::Applied);
            }
        }
        loop {
            let error = match send(self.world, &leg.call, token).await {
                Ok(Sent::Done) => return Ok(CallState::Applied),
                Ok(Sent::Updating(id)) => return self.follow(step, &id).await,
                Ok(Sent::Outdated) => {
                    match self.see(leg, doubt).await.map_err(|e| broken(step, leg, e, doubt))? {
                        Seen::After => return Ok(good(doubt)),
                        Seen::Before => None,
                        Seen::Other(found) => return Err(overtaken(step, leg, &found, doubt)),
                    }
                }
                Err(error) => Some(error),
            };
            if let Some(error) = error {
                doubt |= error.leaves_doubt();
                let absent_is_right = error.is_not_found() && is_delete(&leg.call);
                let not_yet_there = error.is_not_found() && fresh && !absent_is_right;
                if error.is_conflict() || error.leaves_doubt() || absent_is_right {
                    match self.see(leg, doubt).await.map_err(|e| broken(step, leg, e, doubt))? {
                        Seen::After => return Ok(good(doubt)),
                        Seen::Before => {}
                        Seen::Other(found) => return Err(overtaken(step, leg, &found, doubt)),
                    }
                } else if !error.is_retryable() && !not_yet_there {
                    return Err(broken(step, leg, error, doubt));
                }
                if error.is_conflict() && matches!(leg.call, Call::UpdateMode { .. }) {
                    // another update of the cluster is in progress
                    let update = self.options.patience.update;
                    if waits >= update.retries {
                        let failure = Failure::OtherUpdate { step: step.id.clone(), source: error };
                        return Err(Broken { state: failed(doubt), failure });
                    }
                    self.wait(&leg.call.thing(), update, waits, token).await;
                    waits += 1;
                    continue;
                }
                if attempt >= backoff.retries {
                    return Err(broken(step, leg, error, doubt));
                }
                let wait = backoff.delay(attempt, token);
                self.tell(Event::Retrying { step: step.id.clone(), error: error.to_string(), wait });
                self.world.sleep(wait).await;
            } else if attempt >= backoff.retries {
                return Err(overtaken(step, leg, &leg.before, doubt));
            }
            attempt += 1;
        }
    }

    /// Looks until the thing is on one side of the call; after a doubtful try, before is only believed after a while.
    pub(super) async fn see(&mut self, leg: &Leg, doubt: bool) -> Result<Seen, ApiError> {
        let thing = leg.call.thing();
        let backoff = Backoff { retries: if doubt { 3 } else { 2 }, ..self.options.patience.read_back };
        let mut attempt = 0;
        loop {
            let now = look_at(self.world, &thing).await?;
            let seen = if now == leg.after {
                return Ok(Seen::After);
            } else if now == leg.before {
                Seen::Before
            } else {
                Seen::Other(now)
            };
            if attempt >= backoff.retries {
                return Ok(seen);
            }
            self.wait(&thing, backoff, attempt, "see").await;
            attempt += 1;
        }
    }

    /// Follows an update of the cluster to its end.
    async fn follow(&mut self, step: &Step, id: &str) -> Result<CallState, Broken> {
        let backoff = self.options.patience.update;
        for attempt in 0..=backoff.retries {
            let update = reading(self.world, async || self.world.describe_update(id).await).await;
            let (status, errors) = match update {
                Ok(update) => match update.status {
                    UpdateStatus::Successful => return Ok(CallState::Applied),
                    UpdateStatus::Failed => ("failed", update.errors),
                    UpdateStatus::Cancelled => ("was cancelled", update.errors),
                    UpdateStatus::InProgress => {
                        self.wait(&Thing::Mode, backoff, attempt, id).await;
                        continue;
                    }
                },
                // a new update may not be seen at once
                Err(error) if error.is_not_found() => {
                    self.wait(&Thing::Mode, backoff, attempt, id).await;
                    continue;
                }
                Err(error) => {
                    return Err(Broken { state: CallState::Unknown, failure: Failure::Observe(error) });
                }
            };
            let failure = Failure::Update { step: step.id.clone(), update: id.to_owned(), status, errors };
            return Err(Broken { state: CallState::Failed, failure });
        }
        let failure = Failure::StillUpdating { step: step.id.clone(), update: id.to_owned() };
        Err(Broken { state: CallState::Unknown, failure })
    }
}

fn is_delete(call: &Call) -> bool {
    match call {
        Call::DeleteEntry { .. }
        | Call::Disassociate { .. }
        | Call::DeleteBinding { .. }
        | Call::DeleteAwsAuth { .. } => true,
        Call::UpdateMode { .. }
        | Call::CreateEntry { .. }
        | Call::UpdateEntry { .. }
        | Call::Associate { .. }
        | Call::CreateBinding { .. }
        | Call::CreateAwsAuth { .. }
        | Call::ReplaceAwsAuth { .. } => false,
    }
}

const fn failed(doubt: bool) -> CallState {
    if doubt { CallState::Unknown } else { CallState::Failed }
}

fn broken(step: &Step, leg: &Leg, source: ApiError, doubt: bool) -> Broken {
    let (step, call) = (step.id.clone(), Box::new(leg.call.clone()));
    let failure = match doubt {
        true => Failure::Doubt { step, call, source },
        false => Failure::Call { step, call, source },
    };
    Broken { state: failed(doubt), failure }
}

/// Somebody else changed the thing: our call is not seen in it.
fn overtaken(step: &Step, leg: &Leg, found: &Value, doubt: bool) -> Broken {
    let failure = Failure::Overtaken(Box::new(Mismatch {
        step: step.id.clone(),
        thing: leg.call.thing(),
        expected: leg.before.to_string(),
        found: found.to_string(),
    }));
    Broken { state: failed(doubt), failure }
}
