use std::time::Duration;

use eksodus::lease::Elapsed;
use jiff::Timestamp;

/// A clock that counts the time in which the machine sleeps.
pub struct SleepProof {
    start: Duration,
    by_any: Elapsed,
}

impl SleepProof {
    pub fn start() -> Self {
        let start = monotonic();
        Self { start, by_any: Elapsed::since(start, Timestamp::now()) }
    }

    /// By the clock of this machine that nobody can set.
    pub fn elapsed(&self) -> Duration {
        monotonic().saturating_sub(self.start)
    }

    /// By whichever clock says more.
    pub fn elapsed_at_most(&self) -> Duration {
        self.by_any.at(monotonic(), Timestamp::now())
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
