//! Kubernetes: the ports.

#[cfg(feature = "live")]
pub mod client;
mod discovery;
mod lease;
mod owners;
mod port;
mod review;
mod token;

pub use discovery::Discovery;
pub use lease::{Lease, LeaseApi};
pub(crate) use owners::UNNAMED;
pub use owners::{Owner, Returns, Tool, owners};
pub use port::{KubeApi, KubeError, KubeErrorKind};
pub use review::{KubeAccess, Node};
pub use token::TokenSource;
