//! Kubernetes: the ports. The in-memory server is part of the simulator.

#[cfg(feature = "live")]
pub mod client;
mod lease;
mod port;
mod review;
mod token;
mod rules;

pub use lease::{Lease, LeaseApi};
pub use port::{KubeApi, KubeError, KubeErrorKind};
pub use review::{Attributes, KubeAccess, Node, UserInfo};
pub use token::TokenSource;
pub use rules::attributes;
