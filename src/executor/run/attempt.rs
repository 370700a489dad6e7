//! One call, sent until it is known what came of it.
//!
//! A call that was sent has taken effect, or has not, and the journal must say which: from that resume and rollback know
//! what is ours. An answer alone does not tell it. The connection may break after the write (doubt), the API may say
//! "exists already" because an earlier try of ours got through, and somebody else may have been faster. So after every
//! answer that is not a plain yes or a plain no the resource itself decides, by the side of the call on which it is seen:
//!
//! - after: it is done. With doubt it counts as ours, so that rollback undoes it; without, somebody else's was the same.
//! - before: it is sent again, with the same client token, for as long as there is patience.
//! - neither: somebody else changed it, and their change is not overwritten.
//!
//! Before each try the guard of an irreversible call is asked again, and then whether this process still is the only one
//! at work: in this order, for the guard reads for seconds, and nothing may come between the last answer and the call.
//! Doubt, once there, stays: a later plain no says nothing of the try before it.

use std::time::Duration;

use super::engine::Engine;
use super::read_back::Side;
use super::send::{Sent, Tag, send};
use super::update::UpdateEnd;
use crate::calls::{Call, ResourceState, Transition};
use crate::executor::ending::Stop;
use crate::executor::{Event, Failure, Mismatch};
use crate::journal::{CallState, Record};
use crate::observe::ApiError;
use crate::planner::Step;
use crate::world::World;

/// A call of a step, under way.
pub(super) struct Attempt<'a, 'e, W> {
    pub engine: &'a Engine<'e, W>,
    pub step: &'a Step,
    pub index: usize,
    pub transition: &'a Transition,
    pub token: &'a str,
    /// This run has just created the entry: it may not be seen yet, and has no rights before its first association.
    pub fresh: bool,
    /// A try may have taken effect, although it was not answered so: one of this run, or one of an earlier run that was
    /// settled as failed and may still have been on its way.
    pub doubt: bool,
    /// Tries that failed.
    pub failures: u32,
    /// Waits for another update of the cluster, which do not count as tries.
    pub waits: u32,
    /// By the world's clock.
    pub began: Duration,
}

/// A call that is done.
pub(super) struct Succeeded {
    pub state: CallState,
    /// The first try was answered with what was wanted, so that nothing is left to be looked at.
    pub is_confirmed: bool,
}

/// A call that is not done: the state to be written down, and why.
pub(super) struct Unsuccessful {
    /// `None`: what is written down already says how to find out.
    pub state: Option<CallState>,
    pub stop: Stop,
}

impl<W: World> Attempt<'_, '_, W> {
    /// To its end: it is known to have taken effect or not, or that this cannot be known.
    pub async fn make(mut self) -> Result<Succeeded, Unsuccessful> {
        if self.doubt && matches!(self.side().await?, Side::After) {
            return Ok(by_look(CallState::Applied));
        }
        loop {
            let error = match self.send().await? {
                Ok(Sent::Done) => return Ok(self.answered(true)),
                Ok(Sent::Entry(entry)) => {
                    let created = ResourceState::observed_entry(Some(&entry));
                    return Ok(self.answered(created == self.transition.after));
                }
                Ok(Sent::Updating(id)) => return self.follow(&id).await,
                Ok(Sent::Outdated) => None,
                Err(error) => Some(error),
            };
            self.doubt |= error.as_ref().is_some_and(ApiError::leaves_doubt);
            match &error {
                Some(error) if !self.needs_look(error) => {
                    if !error.is_retryable() && !self.may_appear_yet(error) {
                        // it may be refused for what the try before it has done
                        if self.doubt && matches!(self.side().await?, Side::After) {
                            return Ok(by_look(CallState::Applied));
                        }
                        return Err(self.failed(error.clone()));
                    }
                }
                _ => match self.side().await? {
                    Side::After if self.doubt => return Ok(by_look(CallState::Applied)),
                    Side::After => return Ok(by_look(CallState::Already)),
                    Side::Before => {}
                    Side::Neither(found) => return Err(self.overtaken(&found)),
                },
            }
            match error {
                Some(error) => self.wait_after(error).await?,
                None if self.has_patience() => {}
                None => return Err(self.overtaken(&self.transition.before)),
            }
        }
    }

    /// One try, if the guard still agrees and this process is alone. Without the tag where the caller may not write it.
    async fn send(&self) -> Result<Result<Sent, ApiError>, Unsuccessful> {
        let (engine, call) = (self.engine, &self.transition.call);
        loop {
            engine.forget();
            if engine.is_guarded(call) {
                engine.guard_again(self.step).await.map_err(|stop| self.stopped(stop))?;
            }
            engine.stop_unless_alone().await.map_err(|stop| self.stopped(stop))?;
            if let (Call::UpdateMode { to, .. }, 0, 0) = (call, self.failures, self.waits) {
                engine.tell(Event::Irreversible { step: self.step.id.clone(), to: *to });
            }
            let tag = self.tag();
            let sent = send(engine.world, call, self.token, tag.as_ref()).await;
            engine.forget();
            let is_denied = matches!(&sent, Err(error) if error.is_denied());
            if tag.is_none() || !is_denied || !matches!(call, Call::CreateEntry { .. }) {
                return Ok(sent);
            }
            // perhaps it is the tag alone that the caller may not write
            engine.untagged.set(true);
            engine.tell(Event::Untagged);
        }
    }

    /// The tag of this run, unless it is one that restores what was there, tags included.
    fn tag(&self) -> Option<Tag> {
        let engine = self.engine;
        let is_wanted = engine.options.tags && engine.plan.undoes.is_none() && !engine.untagged.get();
        is_wanted.then(|| Tag { run: engine.journal.borrow().header().run.clone() })
    }

    /// What failed may be so all the same, or be in the way.
    fn needs_look(&self, error: &ApiError) -> bool {
        let is_gone = error.is_not_found() && is_delete(&self.transition.call);
        error.is_conflict() || error.leaves_doubt() || is_gone
    }

    /// The entry was created a moment ago, and is not seen everywhere.
    fn may_appear_yet(&self, error: &ApiError) -> bool {
        self.fresh && error.is_not_found()
    }

    async fn side(&self) -> Result<Side, Unsuccessful> {
        self.engine.side_of(self.transition, self.doubt).await.map_err(|error| self.failed(error))
    }

    /// Counts a try that failed; whether another one may follow.
    fn has_patience(&mut self) -> bool {
        self.failures += 1;
        self.failures <= self.engine.options.patience.calls.retries
    }

    /// Before the next try, if there is one.
    async fn wait_after(&mut self, error: ApiError) -> Result<(), Unsuccessful> {
        let (engine, call) = (self.engine, &self.transition.call);
        if error.is_conflict() && matches!(call, Call::UpdateMode { .. }) {
            return self.wait_for_other_update(error).await;
        }
        let wait = engine.options.patience.calls.delay(self.failures, self.token);
        if !self.has_patience() {
            return Err(self.failed(error));
        }
        engine.tell(Event::Retrying { step: self.step.id.clone(), error: error.to_string(), wait });
        if self.fresh {
            // an entry without its policies takes away what its line in aws-auth gave: it is not left so
            engine.sleep_through(wait).await;
            return Ok(());
        }
        engine.sleep(wait).await;
        engine.stop_if_interrupted().map_err(|stop| self.stopped(stop))
    }

    /// EKS makes one update of a cluster at a time.
    async fn wait_for_other_update(&mut self, error: ApiError) -> Result<(), Unsuccessful> {
        let (engine, backoff) = (self.engine, self.engine.options.patience.update);
        if self.waits >= backoff.retries {
            let failure = Failure::OtherUpdate { step: self.step.id.clone(), source: error };
            return Err(self.stopped(failure.into()));
        }
        let wait = backoff.delay(self.waits, self.token);
        engine.tell(engine.waiting(&self.transition.call.resource(), wait, self.began, None));
        engine.sleep(wait).await;
        self.waits += 1;
        engine.stop_if_interrupted().map_err(|stop| self.stopped(stop))
    }

    /// Follows an update of the cluster to its end. Where the run stops before, the next one resumes that.
    async fn follow(&self, id: &str) -> Result<Succeeded, Unsuccessful> {
        let (step, update) = (|| self.step.id.clone(), || id.to_owned());
        let left = |stop| Unsuccessful { state: None, stop };
        let updating = Record::Updating { step: step(), index: self.index, update: update() };
        self.engine.write(updating).await.map_err(|failure| left(failure.into()))?;
        self.engine.tell(Event::Updating { step: step(), update: update() });
        let (state, failure) = match self.engine.end_of_update(id).await.map_err(left)? {
            UpdateEnd::Successful => return Ok(by_look(CallState::Applied)),
            UpdateEnd::Unsuccessful { status, errors } => {
                (CallState::Failed, Failure::Update { step: step(), update: update(), status, errors })
            }
            UpdateEnd::StillRunning => {
                (CallState::Unknown, Failure::StillUpdating { step: step(), update: update() })
            }
        };
        Err(Unsuccessful { state: Some(state), stop: failure.into() })
    }

    fn answered(&self, as_wanted: bool) -> Succeeded {
        let is_confirmed = as_wanted && self.failures == 0 && !self.doubt;
        Succeeded { state: CallState::Applied, is_confirmed }
    }

    fn failed(&self, source: ApiError) -> Unsuccessful {
        let (step, call) = (self.step.id.clone(), Box::new(self.transition.call.clone()));
        let failure = match self.doubt {
            true => Failure::Doubt { step, call, source },
            false => Failure::Call { step, call, source },
        };
        self.stopped(failure.into())
    }

    /// Somebody else changed the resource: our call is not seen in it.
    fn overtaken(&self, found: &ResourceState) -> Unsuccessful {
        let failure = Failure::Overtaken(Box::new(Mismatch {
            step: self.step.id.clone(),
            resource: self.transition.call.resource(),
            expected: self.transition.before.clone(),
            found: found.clone(),
        }));
        self.stopped(failure.into())
    }

    fn stopped(&self, stop: Stop) -> Unsuccessful {
        let state = if self.doubt { CallState::Unknown } else { CallState::Failed };
        Unsuccessful { state: Some(state), stop }
    }
}

fn by_look(state: CallState) -> Succeeded {
    Succeeded { state, is_confirmed: false }
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
