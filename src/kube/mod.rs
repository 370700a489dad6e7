//! Kubernetes: the ports. The in-memory server is part of the simulator.

#[cfg(feature = "live")]
pub mod client;
mod lease;
mod owners;
mod port;
mod review;
mod rules;
mod token;

pub use lease::{Lease, LeaseApi};
pub use owners::{Owner, Returns, Tool, owners};
pub use port::{KubeApi, KubeError, KubeErrorKind};
pub use review::{Attributes, KubeAccess, Node, UserInfo};
pub use rules::attributes;
pub use token::TokenSource;
