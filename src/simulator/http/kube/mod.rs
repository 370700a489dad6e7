//! What a migration asks of a Kubernetes API server: `aws-auth`, RBAC, namespaces, nodes, Leases, reviews.

mod aggregated;
mod config_map;
mod discovery;
mod leases;
mod lists;
mod objects;
mod patch;
mod path;
mod rbac;
mod reviews;
mod status;

use serde_json::Value;

use super::message::{Request, Response};
use super::wire::call;
use crate::simulator::change::Target;
use crate::simulator::refusal::KubeRefusal;
use crate::simulator::state::State;
use crate::simulator::{Operation, Simulator};
use path::Place;
use status::{About, bad_request, no_such_path};

const RBAC: &str = "rbac.authorization.k8s.io";

/// One request about one place.
struct Exchange<'e> {
    simulator: &'e Simulator,
    request: &'e Request,
    place: &'e Place,
}

/// The path is what follows `/kubernetes`.
pub(super) fn respond(simulator: &Simulator, request: &Request, path: &str) -> Response {
    let below = Request { path: path.to_owned(), ..request.clone() };
    let segments = below.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    if request.method == "GET"
        && let Some(found) = discovery::respond(simulator, request, &segments)
    {
        return found;
    }
    let Some(place) = Place::read(&segments) else { return no_such_path() };
    if request.parameter("watch").is_some_and(|watch| watch != "false" && watch != "0") {
        return status::status(
            405,
            "MethodNotAllowed",
            "the simulator has no watches",
            serde_json::json!({}),
        );
    }
    let exchange = Exchange { simulator, request, place: &place };
    match (place.group.as_str(), place.version.as_str(), place.resource.as_str()) {
        ("", "v1", "configmaps") => exchange.config_maps(),
        ("", "v1", "namespaces") => exchange.namespaces(),
        ("", "v1", "nodes") => exchange.nodes(),
        (RBAC, "v1", "clusterroles" | "roles") => exchange.roles(),
        (RBAC, "v1", "clusterrolebindings" | "rolebindings") => exchange.bindings(),
        ("coordination.k8s.io", "v1", "leases") => exchange.leases(),
        ("authorization.k8s.io", "v1", _) | ("authentication.k8s.io", "v1", _) => exchange.reviews(),
        _ => no_such_path(),
    }
}

impl Exchange<'_> {
    fn call<T>(
        &self,
        operation: Operation,
        target: Target<'_>,
        work: impl FnOnce(&mut State) -> Result<T, KubeRefusal>,
        show: impl FnOnce(T) -> Response,
    ) -> Response {
        call(self.simulator, &self.about(None), (operation, target), work, show)
    }

    fn about<'a>(&'a self, name: Option<&'a str>) -> About<'a> {
        let verb = match (self.request.method.as_str(), &self.place.name) {
            ("GET", Some(_)) => "get",
            ("GET", None) => "list",
            ("POST", _) => "create",
            ("PUT", _) => "update",
            ("PATCH", _) => "patch",
            _ => "delete",
        };
        About { simulator: self.simulator, place: self.place, verb, name }
    }

    fn method(&self) -> &str {
        &self.request.method
    }

    /// Nothing is to be changed, only judged.
    fn is_dry(&self) -> bool {
        self.request.parameter("dryRun").is_some()
    }

    fn body(&self) -> Result<Value, Response> {
        serde_json::from_slice(&self.request.body)
            .map_err(|error| bad_request(&format!("the body cannot be read: {error}")))
    }

    fn not_allowed(&self) -> Response {
        let message = "the server does not allow this method on the requested resource";
        self.about(None).failure(405, "MethodNotAllowed", message)
    }
}
