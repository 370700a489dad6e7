use std::time::Duration;

use eksodus::executor::operator::Elapsed;
use jiff::Timestamp;

/// A clock that counts the time in which the machine sleeps.
pub struct SleepProof(Elapsed);

impl SleepProof {
    pub fn start() -> Self {
        Self(Elapsed::since(monotonic(), Timestamp::now()))
    }

    pub fn elapsed(&self) -> Duration {
        self.0.at(monotonic(), Timestamp::now())
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
