//! The program as its users run it, on a real API server and the served simulator of EKS, IAM and STS.

mod between;
mod ground;
mod objects;
mod prune;
mod scrub;
mod whole;
