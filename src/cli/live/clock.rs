use std::rc::Rc;
use std::time::Duration;

use eksodus::lease::Elapsed;
use eksodus::world::Clock;
use jiff::Timestamp;

use super::test_speed;
use super::waiting::Waiting;

/// A clock that counts the time in which the machine sleeps. Its own sleep ends with the time for looking.
pub struct SleepProof {
    waiting: Rc<Waiting>,
    start: Duration,
    by_any: Elapsed,
}

impl SleepProof {
    pub fn start(waiting: Rc<Waiting>) -> Self {
        let start = monotonic();
        Self { waiting, start, by_any: Elapsed::since(start, Timestamp::now()) }
    }
}

impl Clock for SleepProof {
    async fn sleep(&self, duration: Duration) {
        self.waiting.sleep(test_speed::waiting(duration)).await;
    }

    fn of_a_read(&self) -> Option<Duration> {
        Some(test_speed::waiting(self.waiting.of_a_read()))
    }

    /// By the clock of this machine that nobody can set.
    fn elapsed(&self) -> Duration {
        monotonic().saturating_sub(self.start)
    }

    /// By whichever clock says more.
    fn elapsed_at_most(&self) -> Duration {
        self.by_any.at(monotonic(), Timestamp::now())
    }

    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn monotonic() -> Duration {
    of(rustix::time::ClockId::Boottime)
}

/// CLOCK_MONOTONIC goes on while the machine sleeps there (clock_gettime(3) of macOS).
#[cfg(target_vendor = "apple")]
fn monotonic() -> Duration {
    of(rustix::time::ClockId::Monotonic)
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn of(clock: rustix::time::ClockId) -> Duration {
    Duration::try_from(rustix::time::clock_gettime(clock)).unwrap_or_default()
}

/// Elsewhere the wall clock alone tells of sleep.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn monotonic() -> Duration {
    use std::sync::OnceLock;
    use std::time::Instant;

    static START: OnceLock<Instant> = OnceLock::new();
    #[expect(clippy::disallowed_methods, reason = "where the monotonic clock of this process begins")]
    START.get_or_init(Instant::now).elapsed()
}
