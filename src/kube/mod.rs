//! Kubernetes: the ports.

#[cfg(feature = "live")]
pub mod client;
mod lease;
mod owners;
mod port;
mod review;
mod token;

pub use lease::{Lease, LeaseApi};
pub use owners::{Owner, Returns, Tool, owners};
pub use port::{KubeApi, KubeError, KubeErrorKind};
pub use review::{KubeAccess, Node};
pub use token::TokenSource;
