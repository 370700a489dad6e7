use serde_json::{Value, json};

use super::path::Place;
use crate::kube::KubeErrorKind;
use crate::simulator::Simulator;
use crate::simulator::http::message::Response;
use crate::simulator::http::wire::Wire;
use crate::simulator::refusal::KubeRefusal;

/// Errors as Status objects about one place (kubernetes: apimachinery/pkg/api/errors/errors.go).
#[derive(Debug, Clone, Copy)]
pub struct About<'p> {
    pub simulator: &'p Simulator,
    pub place: &'p Place,
    /// Of RBAC: `get`, `list`, `update`, ….
    pub verb: &'p str,
    /// The object, where the path does not name it.
    pub name: Option<&'p str>,
}

impl Wire for About<'_> {
    type Kind = KubeErrorKind;

    fn refuse(&self, refusal: &KubeRefusal) -> Response {
        let message = refusal.message.as_str();
        match refusal.kind {
            KubeErrorKind::NotFound => self.failure(404, "NotFound", message),
            KubeErrorKind::AlreadyExists => self.failure(409, "AlreadyExists", message),
            KubeErrorKind::Conflict => self.failure(409, "Conflict", message),
            KubeErrorKind::Forbidden => self.failure(403, "Forbidden", &self.forbidden()),
            KubeErrorKind::Invalid => self.failure(422, "Invalid", message),
            KubeErrorKind::Throttled => {
                let message = "the server has received too many requests and has asked us to try again later";
                self.failure(429, "TooManyRequests", message).with("retry-after", "1")
            }
            KubeErrorKind::Server => {
                self.failure(500, "InternalError", &format!("Internal error occurred: {message}"))
            }
            KubeErrorKind::Transport | KubeErrorKind::Unreachable | KubeErrorKind::Unanswered => {
                Response::none()
            }
        }
    }
}

impl About<'_> {
    fn object(&self) -> Option<&str> {
        self.place.name.as_deref().or(self.name)
    }

    pub fn failure(&self, code: u16, reason: &str, message: &str) -> Response {
        let mut details = json!({"kind": self.place.resource});
        if let Some(name) = self.object() {
            details["name"] = json!(name);
        }
        if !self.place.group.is_empty() {
            details["group"] = json!(self.place.group);
        }
        status(code, reason, message, details)
    }

    pub fn not_found(&self) -> Response {
        let name = self.object().unwrap_or_default();
        self.failure(404, "NotFound", &format!("{} {name:?} not found", self.place.qualified()))
    }

    fn forbidden(&self) -> String {
        let Self { simulator, place, verb, name: _ } = self;
        let who = simulator.inner.borrow().state.login();
        let username = who.map_or_else(String::new, |who| who.username);
        let object = self.object().map(|name| format!(" {name:?}")).unwrap_or_default();
        let scope = match &place.namespace {
            Some(namespace) => format!("in the namespace {namespace:?}"),
            None => "at the cluster scope".to_owned(),
        };
        format!(
            "{}{object} is forbidden: User {username:?} cannot {verb} resource {:?} in API group {:?} {scope}",
            place.qualified(),
            place.resource,
            place.group
        )
    }
}

pub fn status(code: u16, reason: &str, message: &str, details: Value) -> Response {
    let body = json!({
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": reason,
        "details": details,
        "code": code,
    });
    Response::json(code, &body)
}

pub fn no_such_path() -> Response {
    status(404, "NotFound", "the server could not find the requested resource", json!({}))
}

pub fn bad_request(message: &str) -> Response {
    status(400, "BadRequest", message, json!({}))
}

/// What a DELETE is answered with.
pub fn deleted(place: &Place, name: &str, uid: &str) -> Response {
    let mut details = json!({"name": name, "kind": place.resource, "uid": uid});
    if !place.group.is_empty() {
        details["group"] = json!(place.group);
    }
    let body = json!({
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": details,
    });
    Response::json(200, &body)
}
