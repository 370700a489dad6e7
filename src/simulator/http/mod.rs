//! The simulator as AWS and Kubernetes would answer over HTTP: EKS's REST-JSON, the query protocol of IAM and STS, AWS JSON of
//! CloudWatch Logs, and a small Kubernetes API below `/kubernetes`.
//!
//! Pure but for `live`: a request in, a response out. Signatures and bearer tokens are not checked; the service that a
//! signature names decides who is asked.

mod caller;
mod eks;
mod kube;
#[cfg(feature = "live")]
mod live;
mod logs;
mod message;
mod query;
#[cfg(test)]
mod tests;
mod text;
mod wire;

#[cfg(feature = "live")]
pub use live::{Served, serve};
pub use message::{Delivery, Request, Response};

use caller::Credential;

use super::Simulator;

/// Where the Kubernetes API is.
const KUBERNETES: &str = "/kubernetes";

/// What the answer depends on beside the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scene {
    /// Where this is served, such as `http://127.0.0.1:8080`.
    pub origin: String,
    /// What DescribeCluster gives in place of the simulator's own Kubernetes API.
    pub kubernetes: Option<ApiEndpoint>,
    /// The wall clock, which credentials expire by.
    pub now: jiff::Timestamp,
}

/// An API server that somebody else runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiEndpoint {
    pub url: String,
    /// PEM in base64, as `certificateAuthority.data`; empty where the machine's own trust is enough.
    pub ca: String,
}

impl Simulator {
    /// Answers one request.
    pub fn respond(&self, request: &Request, scene: &Scene) -> Response {
        if let Some(path) = request.path.strip_prefix(KUBERNETES)
            && (path.is_empty() || path.starts_with('/'))
        {
            return kube::respond(self, request, path);
        }
        let service = Credential::of(request).map(|credential| credential.service);
        let response = match service.as_deref() {
            Some("eks") => eks::respond(self, request, scene),
            Some("iam" | "sts") => query::respond(self, request, scene),
            Some("logs") => logs::respond(self, request),
            // unsigned, or signed for something else
            _ if request.path == "/" => query::respond(self, request, scene),
            _ => eks::respond(self, request, scene),
        };
        response.with("x-amzn-requestid", request_id(self.answered()))
    }
}

/// Unique in one simulation.
fn request_id(calls: usize) -> String {
    format!("00000000-0000-4000-9000-{calls:012x}")
}
