//! Kubernetes: the port. The in-memory one is part of the simulator.

mod port;

pub use port::{KubeApi, KubeError, KubeErrorKind};
