//! The evaluator that walks the classes of requests: its authorizer by the answers of Kubernetes, its classes by random requests.

mod cases;
mod conformance;
mod properties;
mod sampling;
pub(super) mod sides;
