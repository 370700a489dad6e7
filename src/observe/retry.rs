use std::time::Duration;

use super::ApiError;
use crate::world::Clock;

/// Exponential backoff, with a jitter that is the same each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Tries after the first.
    pub retries: u32,
    pub base: Duration,
    pub cap: Duration,
}

impl Backoff {
    /// How long to wait after try `attempt`, which counts from 0; `seed` names the call, so that many do not wait in step.
    pub fn delay(&self, attempt: u32, seed: &str) -> Duration {
        let full = self.base.saturating_mul(1 << attempt.min(16)).min(self.cap);
        let hash = blake3::Hasher::new().update(seed.as_bytes()).update(&attempt.to_be_bytes()).finalize();
        // between three quarters of the delay and the whole of it
        full.mul_f64(0.75 + f64::from(hash.as_bytes()[0]) / 1020.0)
    }
}

/// After so long EKS shows what was written to it. AWS says "several seconds" (EKS user guide, "Create access entries") and
/// publishes no bound: this is some of these together.
pub const SHOWN: Duration = Duration::from_secs(60);

/// How long a run waits for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Calls that may succeed later.
    pub calls: Backoff,
    /// Until a written value is seen: entries are eventually consistent, by "several seconds" (EKS user guide).
    pub read_back: Backoff,
    /// After so long what was written is seen: what contradicts a younger journal is not believed.
    pub shown: Duration,
    /// Between two looks at an update of the cluster, "a few minutes" in all (EKS API, UpdateClusterConfig).
    pub update: Backoff,
}

impl Default for Patience {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            calls: Backoff { retries: 7, base: seconds(1), cap: seconds(30) },
            read_back: Backoff { retries: 15, base: seconds(1), cap: seconds(15) },
            shown: SHOWN,
            update: Backoff { retries: 180, base: seconds(5), cap: seconds(15) },
        }
    }
}

/// A read, repeated while it fails in a way that may pass.
pub(crate) async fn reading<C: Clock, T, E: Into<ApiError>>(
    clock: &C,
    read: impl AsyncFnMut() -> Result<T, E>,
) -> Result<T, ApiError> {
    reading_as(clock, "read", read).await
}

/// The same; `seed` keeps those that are under way together from being repeated in step.
pub(crate) async fn reading_as<C: Clock, T, E: Into<ApiError>>(
    clock: &C,
    seed: &str,
    mut read: impl AsyncFnMut() -> Result<T, E>,
) -> Result<T, ApiError> {
    let backoff = Patience::default().calls;
    let begin = clock.elapsed();
    let is_late = || clock.of_a_read().is_some_and(|most| clock.elapsed().saturating_sub(begin) >= most);
    let mut attempt = 0;
    loop {
        match read().await.map_err(E::into) {
            // who says that it is too much, or that something broke, is there: only silence is waited for by the clock
            Err(error)
                if error.is_retryable()
                    && attempt < backoff.retries
                    && !(error.is_silence() && is_late()) =>
            {
                clock.sleep(backoff.delay(attempt, seed)).await;
                attempt += 1;
            }
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_the_cap_and_repeat_exactly() {
        let backoff = Patience::default().calls;
        let delays = |seed| (0..8).map(|attempt| backoff.delay(attempt, seed)).collect::<Vec<_>>();
        assert_eq!(delays("a"), delays("a"));
        assert_ne!(delays("a"), delays("b"));
        for (attempt, delay) in delays("a").into_iter().enumerate() {
            let full = Duration::from_secs((1u64 << attempt).min(30));
            assert!(delay <= full && delay >= full.mul_f64(0.75), "{attempt}: {delay:?}");
        }
        assert!(backoff.delay(u32::MAX, "a") <= backoff.cap);
    }
}
