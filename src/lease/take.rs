use std::cell::RefCell;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::time::Duration;

use super::{DURATION, HeldLease, LEASE, LeaseState, NotTaken, Operator, PATIENCE, may_pass, plain, stamp};
use crate::kube::{KubeError, KubeErrorKind, Lease, LeaseApi};
use crate::observe::Limit;
use crate::world::Clock;

/// Between two looks at somebody else's Lease.
const LOOKS: Duration = Duration::from_secs(2);
/// A Lease that says it lasts longer is not waited for longer.
const LONGEST: Duration = Duration::from_secs(300);
/// Writes that somebody else was faster with.
const RACES: u32 = 10;

/// What the Lease was when it was looked at.
#[derive(Debug)]
pub struct LeaseLook {
    found: Result<Option<Lease>, KubeError>,
    /// When the look was begun, by the clock of waiting and by the one that counts sleep.
    began: (Duration, Duration),
}

impl LeaseLook {
    pub async fn at(leases: &impl LeaseApi, clock: &impl Clock) -> Self {
        let began = (clock.elapsed(), clock.elapsed_at_most());
        Self { found: leases.get_lease(LEASE).await, began }
    }

    /// Nobody had it.
    pub fn is_free(&self) -> bool {
        match &self.found {
            Ok(found) => found.as_ref().and_then(|lease| lease.holder.as_ref()).is_none_or(String::is_empty),
            Err(_) => false,
        }
    }

    /// How long ago it was begun, by the clock that counts sleep.
    pub fn age(&self, clock: &impl Clock) -> Duration {
        clock.elapsed_at_most().saturating_sub(self.began.1)
    }
}

/// Somebody else's Lease, and since when it is as it is.
struct Watched {
    lease: Lease,
    since: Duration,
}

impl Operator {
    /// Takes the Lease: makes it, takes one that was given back, or one that is not renewed any more.
    ///
    /// `identity` is for people: the caller's ARN, and the host. `watching` is told once that somebody else has it, before
    /// that one is watched for as long as the Lease lasts.
    ///
    /// # Errors
    /// [`NotTaken::Held`] as soon as somebody else is seen to renew it.
    pub async fn take(
        leases: &impl LeaseApi,
        clock: &impl Clock,
        identity: &str,
        watching: impl FnMut(&HeldLease),
    ) -> Result<Self, NotTaken> {
        let first = LeaseLook::at(leases, clock).await;
        Self::take_from(leases, clock, identity, first, watching).await
    }

    /// The same, beginning with what was found at a first look. An old one harms nobody: a Lease is written only as long as it
    /// is as it was found, and one that somebody holds is watched from now on.
    ///
    /// # Errors
    /// Those of [`Operator::take`].
    pub async fn take_from(
        leases: &impl LeaseApi,
        clock: &impl Clock,
        identity: &str,
        first: LeaseLook,
        mut watching: impl FnMut(&HeldLease),
    ) -> Result<Self, NotTaken> {
        let holder = format!("{} [{:016x}]", plain(identity), RandomState::new().build_hasher().finish());
        let (mut watched, mut races, mut failures) = (None::<Watched>, 0, 0);
        // when a write of ours whose answer was lost was begun
        let (mut was_free, mut first, mut wrote) = (first.is_free(), Some(first), None);
        loop {
            let LeaseLook { found, began: (began, held) } = match first.take() {
                Some(first) => first,
                None => LeaseLook::at(leases, clock).await,
            };
            let found = match found {
                Ok(found) => found,
                Err(error) => {
                    failures += 1;
                    rest(clock, error, failures, &holder).await?;
                    continue;
                }
            };
            let free = match Found::of(found, &holder, &mut watched, clock, began)? {
                Found::Ours(lease) => return Ok(Self::of(holder, lease, wrote.unwrap_or(held), false)),
                Found::Free(lease) => lease,
                Found::Theirs { held, rest, is_first } => {
                    if is_first {
                        watching(&held);
                    }
                    clock.sleep(rest).await;
                    continue;
                }
            };
            let held = clock.elapsed_at_most();
            match write(leases, clock, free, &holder).await {
                Ok(lease) => return Ok(Self::of(holder, lease, held, was_free)),
                Err(error) => match error.kind {
                    // perhaps by the write before, whose answer was lost: the next look tells
                    KubeErrorKind::AlreadyExists | KubeErrorKind::Conflict | KubeErrorKind::NotFound => {
                        races += 1;
                        if races > RACES {
                            return Err(NotTaken::Contended);
                        }
                    }
                    _ => {
                        failures += 1;
                        rest(clock, error, failures, &holder).await?;
                        wrote = wrote.or(Some(held));
                    }
                },
            }
            // what is written next is written as another look found it
            was_free = false;
        }
    }

    /// Nobody had the Lease at the first look, nor from then until this process had it: only a Lease that is as it was found
    /// is written. So no operator changed anything in that time.
    pub fn was_free(&self) -> bool {
        self.was_free
    }

    fn of(holder: String, lease: Lease, renewed: Duration, was_free: bool) -> Self {
        let state = LeaseState { lease, renewed, tried: renewed, trouble: None, lost: None };
        Self { holder, was_free, state: RefCell::new(state), renewing: Limit::of(1) }
    }
}

/// What a look came to.
enum Found {
    /// By a write whose answer was lost.
    Ours(Lease),
    /// To be made, given back, or not renewed for as long as it lasts.
    Free(Lease),
    /// To be looked at again after `rest`.
    Theirs { held: HeldLease, rest: Duration, is_first: bool },
}

impl Found {
    fn of(
        found: Option<Lease>,
        holder: &str,
        watched: &mut Option<Watched>,
        clock: &impl Clock,
        began: Duration,
    ) -> Result<Self, NotTaken> {
        match found {
            None => Ok(Self::Free(Lease {
                holder: None,
                duration: DURATION,
                renewed: String::new(),
                transitions: 0,
                resource_version: String::new(),
            })),
            Some(lease) if lease.holder.as_deref() == Some(holder) => Ok(Self::Ours(lease)),
            Some(lease) if lease.holder.as_deref().is_none_or(str::is_empty) => Ok(Self::Free(lease)),
            Some(lease) => watch(watched, lease, clock, began),
        }
    }
}

/// `began`: when the look was begun that found `lease`.
fn watch(
    watched: &mut Option<Watched>,
    lease: Lease,
    clock: &impl Clock,
    began: Duration,
) -> Result<Found, NotTaken> {
    let lasts = lease.duration.clamp(DURATION, LONGEST);
    let holder = lease.holder.clone().unwrap_or_default();
    let Some(before) = watched else {
        *watched = Some(Watched { lease, since: clock.elapsed() });
        let held = HeldLease::new(&holder, None, lasts);
        return Ok(Found::Theirs { held, rest: LOOKS, is_first: true });
    };
    if !is_unchanged(&before.lease, &lease) {
        // some time between the two looks
        let ago = clock.elapsed().saturating_sub(began);
        return Err(NotTaken::Held(HeldLease::new(&holder, Some(ago), lasts)));
    }
    let unchanged = began.saturating_sub(before.since);
    if unchanged >= lasts {
        return Ok(Found::Free(lease));
    }
    let held = HeldLease::new(&holder, None, lasts);
    Ok(Found::Theirs { held, rest: LOOKS.min(lasts - unchanged), is_first: false })
}

/// Whether the holder wrote nothing: a change of a label is no renewal.
fn is_unchanged(before: &Lease, now: &Lease) -> bool {
    let Lease { holder, duration, renewed, transitions, resource_version: _ } = now;
    before.holder == *holder
        && before.duration == *duration
        && before.renewed == *renewed
        && before.transitions == *transitions
}

/// Writes our name into a Lease as it was found, or makes it.
async fn write(
    leases: &impl LeaseApi,
    clock: &impl Clock,
    found: Lease,
    holder: &str,
) -> Result<Lease, KubeError> {
    let is_new = found.resource_version.is_empty();
    let lease = Lease {
        holder: Some(holder.to_owned()),
        duration: DURATION,
        renewed: stamp(clock, &found.renewed),
        transitions: if is_new { 0 } else { found.transitions.saturating_add(1) },
        resource_version: found.resource_version,
    };
    match is_new {
        true => leases.create_lease(LEASE, &lease).await,
        false => leases.replace_lease(LEASE, &lease).await,
    }
}

/// Waits before the next try, or gives up.
async fn rest(clock: &impl Clock, error: KubeError, failures: u32, seed: &str) -> Result<(), NotTaken> {
    if error.kind == KubeErrorKind::Forbidden {
        return Err(NotTaken::Forbidden(error));
    }
    if !may_pass(&error) || failures > PATIENCE.retries {
        return Err(NotTaken::Failed(error));
    }
    clock.sleep(PATIENCE.delay(failures - 1, seed)).await;
    Ok(())
}
