use super::engine::Engine;
use super::send::{Sent, Tag, send};
use crate::calls::{Call, Resource, ResourceState, Transition};
use crate::eks::{EksApi as _, UpdateStatus};
use crate::executor::ending::Stop;
use crate::executor::{Event, Failure, Mismatch};
use crate::journal::{CallState, Record};
use crate::observe::{ApiError, Backoff, look_at, reading};
use crate::planner::Step;
use crate::world::World;

/// A call that came to nothing good: the state to be written down, and why.
pub(crate) struct Broken {
    /// `None`: what is written down already says how to find out.
    pub state: Option<CallState>,
    pub stop: Stop,
}

/// A call that is done.
pub(crate) struct Made {
    pub state: CallState,
    /// The first try was answered with what was wanted.
    pub clean: bool,
}

/// A call of a step.
#[derive(Clone, Copy)]
pub(crate) struct Try<'a> {
    pub step: &'a Step,
    pub index: usize,
    pub transition: &'a Transition,
    pub token: &'a str,
    /// This run has just created the entry, so it may not be seen yet.
    pub fresh: bool,
}

/// What the thing looks like next to the two sides of a call.
pub(crate) enum Seen {
    Before,
    After,
    Other(ResourceState),
}

/// How an update of the cluster ended.
pub(crate) enum Updated {
    Successful,
    Not {
        status: &'static str,
        errors: Vec<String>,
    },
    /// Not for as long as the run had patience.
    Never,
}

impl<W: World> Engine<'_, W> {
    /// A call, repeated while it may yet succeed, until it is known to have taken effect or not.
    ///
    /// `doubt`: an earlier try may have taken effect.
    pub(crate) async fn perform(&self, it: Try<'_>, mut doubt: bool) -> Result<Made, Broken> {
        let Try { step, transition, token, fresh, .. } = it;
        let made = |state| Ok(Made { state, clean: false });
        let good = |doubt| if doubt { CallState::Applied } else { CallState::Already };
        let backoff = self.options.patience.calls;
        let (mut attempt, mut waits) = (0, 0);
        if doubt {
            let seen = self.see(transition, doubt).await.map_err(|e| broken(step, transition, e, doubt))?;
            if matches!(seen, Seen::After) {
                return made(CallState::Applied);
            }
        }
        loop {
            self.forget();
            let stopped = |stop| Broken { state: Some(failed(doubt)), stop };
            if self.is_guarded(&transition.call) {
                self.guard_again(step).await.map_err(stopped)?;
            }
            self.stop_unless_alone().await.map_err(stopped)?;
            let tag = self.tag();
            let sent = send(self.world, &transition.call, token, tag.as_ref()).await;
            self.forget();
            if tag.is_some()
                && matches!(&sent, Err(error) if is_create(&transition.call) && error.is_denied())
            {
                // perhaps it is the tag alone that the caller may not write
                self.untagged.set(true);
                self.tell(Event::Untagged);
                continue;
            }
            let error = match sent {
                Ok(Sent::Done) => {
                    return Ok(Made { state: CallState::Applied, clean: attempt == 0 && !doubt });
                }
                Ok(Sent::Entry(entry)) => {
                    let clean = attempt == 0
                        && !doubt
                        && ResourceState::observed_entry(Some(&entry)) == transition.after;
                    return Ok(Made { state: CallState::Applied, clean });
                }
                Ok(Sent::Updating(id)) => return self.follow(it, &id).await,
                Ok(Sent::Outdated) => {
                    match self.see(transition, doubt).await.map_err(|e| broken(step, transition, e, doubt))? {
                        Seen::After => return made(good(doubt)),
                        Seen::Before => None,
                        Seen::Other(found) => return Err(overtaken(step, transition, &found, doubt)),
                    }
                }
                Err(error) => Some(error),
            };
            if let Some(error) = error {
                doubt |= error.leaves_doubt();
                let absent_is_right = error.is_not_found() && is_delete(&transition.call);
                let not_yet_there = error.is_not_found() && fresh && !absent_is_right;
                if error.is_conflict() || error.leaves_doubt() || absent_is_right {
                    match self.see(transition, doubt).await.map_err(|e| broken(step, transition, e, doubt))? {
                        Seen::After => return made(good(doubt)),
                        Seen::Before => {}
                        Seen::Other(found) => return Err(overtaken(step, transition, &found, doubt)),
                    }
                } else if !error.is_retryable() && !not_yet_there {
                    return Err(broken(step, transition, error, doubt));
                }
                if error.is_conflict() && matches!(transition.call, Call::UpdateMode { .. }) {
                    // another update of the cluster is in progress
                    let update = self.options.patience.update;
                    if waits >= update.retries {
                        let failure = Failure::OtherUpdate { step: step.id.clone(), source: error };
                        return Err(Broken { state: Some(failed(doubt)), stop: failure.into() });
                    }
                    self.wait(&transition.call.resource(), update, waits, token).await;
                    self.not_interrupted(doubt)?;
                    waits += 1;
                    continue;
                }
                if attempt >= backoff.retries {
                    return Err(broken(step, transition, error, doubt));
                }
                let wait = backoff.delay(attempt, token);
                self.tell(Event::Retrying { step: step.id.clone(), error: error.to_string(), wait });
                if fresh {
                    // an entry without its policies takes away what its line in aws-auth gave: it is not left so
                    self.sleep_through(wait).await;
                } else {
                    self.sleep(wait).await;
                    self.not_interrupted(doubt)?;
                }
            } else if attempt >= backoff.retries {
                return Err(overtaken(step, transition, &transition.before, doubt));
            }
            attempt += 1;
        }
    }

    /// The tag of this run, unless it is one that restores what was there, tags included.
    fn tag(&self) -> Option<Tag> {
        let is_wanted = self.options.tags && self.plan.undoes.is_none() && !self.untagged.get();
        is_wanted.then(|| Tag { run: self.journal.borrow().header().run.clone() })
    }

    fn not_interrupted(&self, doubt: bool) -> Result<(), Broken> {
        self.stop_if_interrupted().map_err(|stop| Broken { state: Some(failed(doubt)), stop })
    }

    /// Looks until the thing is on one side of the call; after a doubtful try, before is only believed after a while.
    pub(crate) async fn see(&self, transition: &Transition, doubt: bool) -> Result<Seen, ApiError> {
        let resource = transition.call.resource();
        let backoff = Backoff { retries: if doubt { 3 } else { 2 }, ..self.options.patience.read_back };
        let mut attempt = 0;
        loop {
            let now = look_at(self.world, &resource).await?;
            let seen = if now == transition.after {
                return Ok(Seen::After);
            } else if now == transition.before {
                Seen::Before
            } else {
                Seen::Other(now)
            };
            if attempt >= backoff.retries {
                return Ok(seen);
            }
            self.wait(&resource, backoff, attempt, "see").await;
            attempt += 1;
        }
    }

    /// Follows an update of the cluster to its end. Where the run stops before, the next one goes on with that.
    async fn follow(&self, it: Try<'_>, id: &str) -> Result<Made, Broken> {
        let step = || it.step.id.clone();
        let updating = Record::Updating { step: step(), index: it.index, update: id.to_owned() };
        let left = |stop| Broken { state: None, stop };
        self.write(updating).await.map_err(|failure| left(failure.into()))?;
        match self.end_of_update(id).await.map_err(left)? {
            Updated::Successful => Ok(Made { state: CallState::Applied, clean: false }),
            Updated::Not { status, errors } => {
                let failure = Failure::Update { step: step(), update: id.to_owned(), status, errors };
                Err(Broken { state: Some(CallState::Failed), stop: failure.into() })
            }
            Updated::Never => {
                let failure = Failure::StillUpdating { step: step(), update: id.to_owned() };
                Err(Broken { state: Some(CallState::Unknown), stop: failure.into() })
            }
        }
    }

    /// Asks for an update of the cluster until it has ended.
    pub(crate) async fn end_of_update(&self, id: &str) -> Result<Updated, Stop> {
        let backoff = self.options.patience.update;
        for attempt in 0..=backoff.retries {
            let update =
                reading(self.world.clock(), async || self.world.eks().describe_update(id).await).await;
            match update {
                Ok(update) => match update.status {
                    UpdateStatus::Successful => return Ok(Updated::Successful),
                    UpdateStatus::Failed => {
                        return Ok(Updated::Not { status: "failed", errors: update.errors });
                    }
                    UpdateStatus::Cancelled => {
                        return Ok(Updated::Not { status: "was cancelled", errors: update.errors });
                    }
                    UpdateStatus::InProgress => {}
                },
                // a new update may not be seen at once
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(Failure::Observe(error).into()),
            }
            self.stop_if_interrupted()?;
            self.wait(&Resource::Mode, backoff, attempt, id).await;
        }
        Ok(Updated::Never)
    }
}

fn is_create(call: &Call) -> bool {
    matches!(call, Call::CreateEntry { .. })
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

fn broken(step: &Step, transition: &Transition, source: ApiError, doubt: bool) -> Broken {
    let (step, call) = (step.id.clone(), Box::new(transition.call.clone()));
    let failure = match doubt {
        true => Failure::Doubt { step, call, source },
        false => Failure::Call { step, call, source },
    };
    Broken { state: Some(failed(doubt)), stop: failure.into() }
}

/// Somebody else changed the thing: our call is not seen in it.
fn overtaken(step: &Step, transition: &Transition, found: &ResourceState, doubt: bool) -> Broken {
    let failure = Failure::Overtaken(Box::new(Mismatch {
        step: step.id.clone(),
        resource: transition.call.resource(),
        expected: transition.before.clone(),
        found: found.clone(),
    }));
    Broken { state: Some(failed(doubt)), stop: failure.into() }
}
