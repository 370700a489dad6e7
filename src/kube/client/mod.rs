//! Kubernetes over HTTPS: the ports of a live cluster, by the kube client.
//!
//! The kube crate brings TLS, kubeconfig and its exec plugins. What travels is put together and read here, in types that
//! hold no more than a migration needs, so that the RBAC of a large cluster stays small in memory.

mod access;
mod api;
mod aws_auth;
mod bindings;
mod bounded;
mod connect;
mod discovery;
mod error;
mod exchange;
mod leases;
mod pages;
mod url;

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

pub use super::TokenSource;
pub use connect::{ConnectError, Login};

use crate::carrier::Carrier;

/// The manager that the API server notes in `managedFields` for what this program writes.
pub const FIELD_MANAGER: &str = "eksodus";

/// How long a request may take from its first byte to the last of its answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection to one API server. Needs a tokio runtime with time and network, and retries nothing.
#[derive(Clone)]
pub struct KubeClient {
    client: kube::Client,
    endpoint: String,
    tokens: Option<Arc<dyn TokenSource>>,
    patience: Duration,
    carrier: Option<Rc<dyn Carrier>>,
}

impl KubeClient {
    /// The URL of the API server, without a slash at its end.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The same connection with another limit on the time of each request; it is 30 seconds otherwise.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The same connection, whose requests may take no longer than this.
    #[must_use]
    pub fn with_patience_of_at_most(self, most: Duration) -> Self {
        let patience = self.patience.min(most);
        self.with_patience(patience)
    }

    /// The same connection, each of whose requests is carried.
    #[must_use]
    pub fn carried_by(self, carrier: Rc<dyn Carrier>) -> Self {
        Self { carrier: Some(carrier), ..self }
    }
}

impl fmt::Debug for KubeClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KubeClient").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
