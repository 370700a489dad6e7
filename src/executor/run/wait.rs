//! How a run waits: the one loop that looks, waits and at last gives up, and the sleeps below it.

use std::time::Duration;

use super::engine::Engine;
use crate::calls::Resource;
use crate::executor::Event;
use crate::executor::ending::Stop;
use crate::observe::Backoff;
use crate::world::{Clock as _, World};

/// The longest sleep after which nobody asks whether to stop.
const NAP: Duration = Duration::from_secs(1);

impl<W: World> Engine<'_, W> {
    /// Looks, else waits, else gives up: the first `Ok` that a look comes to, or the `Err` of the last one.
    ///
    /// There is one more look than the backoff has retries, so that none is followed by a wait for nothing. Before each wait
    /// `may_wait` is asked, which is where an interrupted run stops; then the wait is told as an event, and slept.
    /// A look or `may_wait` that fails ends it all.
    pub async fn until<T, N, E>(
        &self,
        backoff: Backoff,
        seed: &str,
        may_wait: impl Fn() -> Result<(), E>,
        event: impl Fn(&N, Duration) -> Event,
        mut look: impl AsyncFnMut() -> Result<Result<T, N>, E>,
    ) -> Result<Result<T, N>, E> {
        let mut attempt = 0;
        loop {
            let not_yet = match look().await? {
                Err(not_yet) if attempt < backoff.retries => not_yet,
                last => return Ok(last),
            };
            may_wait()?;
            let wait = backoff.delay(attempt, seed);
            self.tell(event(&not_yet, wait));
            self.sleep(wait).await;
            attempt += 1;
        }
    }

    /// The same for one resource, unless the run is interrupted.
    pub async fn until_seen<T, N>(
        &self,
        resource: &Resource,
        backoff: Backoff,
        seed: &str,
        look: impl AsyncFnMut() -> Result<Result<T, N>, Stop>,
    ) -> Result<Result<T, N>, Stop> {
        self.until_told(resource, None, backoff, seed, look).await
    }

    /// The same; `update` is the one that is waited for.
    pub async fn until_told<T, N>(
        &self,
        resource: &Resource,
        update: Option<&str>,
        backoff: Backoff,
        seed: &str,
        look: impl AsyncFnMut() -> Result<Result<T, N>, Stop>,
    ) -> Result<Result<T, N>, Stop> {
        let began = self.world.clock().elapsed();
        let event = |_: &N, wait| self.waiting(resource, wait, began, update);
        self.until(backoff, seed, || self.stop_if_interrupted(), event, look).await
    }

    /// Since `began`.
    pub fn waiting(
        &self,
        resource: &Resource,
        wait: Duration,
        began: Duration,
        update: Option<&str>,
    ) -> Event {
        let (resource, update) = (resource.clone(), update.map(str::to_owned));
        Event::Waiting { resource, wait, waited: self.since(began), update }
    }

    /// How long ago that was.
    pub fn since(&self, began: Duration) -> Duration {
        self.world.clock().elapsed().saturating_sub(began)
    }

    /// Shorter when the run is interrupted: who sleeps asks for that afterwards.
    pub async fn sleep(&self, wait: Duration) {
        self.forget();
        let mut left = wait;
        while !left.is_zero() && !self.is_interrupted() {
            let nap = left.min(NAP);
            self.world.clock().sleep(nap).await;
            left -= nap;
        }
    }

    /// Not shortened by anything.
    pub async fn sleep_through(&self, wait: Duration) {
        self.forget();
        self.world.clock().sleep(wait).await;
    }
}
