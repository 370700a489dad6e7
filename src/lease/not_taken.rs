use std::fmt;
use std::time::Duration;

use super::{LEASE, plain};
use crate::kube::KubeError;

/// Why this process did not become the operator.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    #[error("{0}")]
    Held(HeldLease),
    #[error("no permission to use the lock (Lease kube-system/{LEASE})")]
    Forbidden(#[source] KubeError),
    #[error("cannot take the lock (Lease kube-system/{LEASE})")]
    Failed(#[source] KubeError),
    #[error("cannot take the lock: the Lease kube-system/{LEASE} keeps changing")]
    Contended,
}

/// Somebody else's Lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldLease {
    /// Who, as it was written by them, without control characters.
    pub by: String,
    /// Since it was seen to change, by this process's clock; `None`: not seen to change yet.
    pub renewed: Option<Duration>,
    /// Unchanged for so long it is taken over.
    pub lasts: Duration,
}

impl HeldLease {
    pub(super) fn new(holder: &str, renewed: Option<Duration>, lasts: Duration) -> Self {
        Self { by: plain(holder), renewed, lasts }
    }
}

impl fmt::Display for HeldLease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { by, renewed, lasts: _ } = self;
        write!(f, "{by} holds the lock (Lease kube-system/{LEASE})")?;
        match renewed.map(|ago| ago.as_secs()) {
            None => Ok(()),
            Some(0) => write!(f, ", renewed just now"),
            Some(1) => write!(f, ", renewed 1 second ago"),
            Some(ago) => write!(f, ", renewed {ago} seconds ago"),
        }
    }
}
