//! One operator at a time on a live cluster: the Lease `kube-system/eksodus`.
//!
//! As in client-go's leader election, a Lease of somebody else is taken over only once this process has seen it
//! unchanged for as long as it lasts, by its own monotonic clock. Wall clocks of others are written for people and never
//! compared. How old its own Lease is the holder measures by whichever clock says more ([`Elapsed`]): a process that was
//! suspended finds out before its next write that somebody else has taken over ([`Operator::confirm`]).

mod elapsed;
mod give_back;
mod keep;
mod not_taken;
mod take;

use std::cell::RefCell;
use std::fmt;
use std::time::Duration;

pub use elapsed::Elapsed;
pub use not_taken::{HeldLease, NotTaken};
pub use take::LeaseLook;

use crate::kube::{KubeError, KubeErrorKind, Lease};
use crate::observe::{Backoff, Limit};
use crate::world::Clock;

/// The name of the Lease.
pub const LEASE: &str = "eksodus";
/// How long it lasts after each renewal: two lost renewals, and time for the call under way, before somebody else may
/// take it; and no longer than one is willing to wait after a machine that vanished.
pub const DURATION: Duration = Duration::from_secs(30);
/// Between two renewals: a third of what it lasts, as client-go's defaults.
pub const EVERY: Duration = Duration::from_secs(10);
/// Without a renewal for so long a run stops: a call under way then still ends before somebody else may begin.
pub const GIVES_UP_AFTER: Duration = Duration::from_secs(25);

/// For calls that failed in a way that may pass: about ten seconds in all.
const PATIENCE: Backoff =
    Backoff { retries: 5, base: Duration::from_millis(500), cap: Duration::from_secs(4) };

/// The Lease, held by this process.
#[derive(Debug)]
pub struct Operator {
    /// Unlike that of any other process.
    holder: String,
    was_free: bool,
    state: RefCell<LeaseState>,
    /// One renewal at a time.
    renewing: Limit,
}

#[derive(Debug)]
struct LeaseState {
    /// As the server has it.
    lease: Lease,
    /// When the last write of it that took effect was begun, by the clock that counts sleep.
    renewed: Duration,
    /// When a renewal was last tried, by the same clock.
    tried: Duration,
    /// Why it could not be renewed since.
    trouble: Option<KubeError>,
    lost: Option<Lost>,
}

/// Why this process may be the only operator no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// By somebody else, who has seen it unrenewed for too long.
    Taken { by: String },
    /// Somebody wrote that nobody holds it.
    Emptied,
    /// It could not be renewed in time; somebody else may take it soon.
    NotRenewed { why: Option<KubeError> },
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stopped: ")?;
        match self {
            Self::Taken { by } => write!(f, "{by} has taken over the lock (Lease kube-system/{LEASE})"),
            Self::Emptied => {
                write!(f, "the lock (Lease kube-system/{LEASE}) was released by another process")
            }
            Self::NotRenewed { why } => {
                let seconds = GIVES_UP_AFTER.as_secs();
                write!(f, "the lock (Lease kube-system/{LEASE}) could not be renewed for {seconds} seconds")?;
                why.as_ref().map_or(Ok(()), |why| write!(f, ": {why}"))
            }
        }
    }
}

/// An identity as the Lease gives it, for a message: short, and without what moves a cursor.
fn plain(identity: &str) -> String {
    const LONGEST: usize = 160;
    identity.chars().filter(|char| !char.is_control()).take(LONGEST).collect()
}

/// The time of a renewal as a MicroTime of Kubernetes; another than before, whatever the wall clock does, for that is
/// what others see.
fn stamp(clock: &impl Clock, before: &str) -> String {
    let mut now = clock.now();
    if format!("{now:.6}") == before {
        now = now.checked_add(jiff::SignedDuration::from_micros(1)).unwrap_or(now);
    }
    format!("{now:.6}")
}

/// The same call may succeed later.
fn may_pass(error: &KubeError) -> bool {
    matches!(error.kind, KubeErrorKind::Throttled | KubeErrorKind::Server | KubeErrorKind::Transport)
}
