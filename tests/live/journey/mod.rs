//! The program as its users run it, on a real API server and the served simulator of EKS, IAM and STS.

mod agreeing;
mod between;
mod ground;
mod objects;
mod output;
mod prune;
mod refusals;
mod scrub;
mod whole;
