//! Tests of what takes minutes, in seconds: a debug build waits less by `EKSODUS_HASTE`. A release build does not know it.

use std::time::Duration;

/// How long to wait where a person would wait for `whole`.
#[cfg(debug_assertions)]
pub fn waiting(whole: Duration) -> Duration {
    whole / crate::cli::host::Host::test_speed()
}

/// How long to wait where a person would wait for `whole`.
#[cfg(not(debug_assertions))]
pub const fn waiting(whole: Duration) -> Duration {
    whole
}
