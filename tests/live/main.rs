//! Live clusters, on real servers that the tests start on loopback. CONTRIBUTING.md says how to get them.

mod aws;
mod chaos;
mod checks;
mod kube;
mod servers;
mod state;
