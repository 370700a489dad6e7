use serde_json::{Value, json};

use super::status::bad_request;
use super::{Exchange, objects};
use crate::eks::Page;
use crate::simulator::Operation;
use crate::simulator::change::Target;
use crate::simulator::http::message::Response;
use crate::simulator::pages::{Wanted, in_given_order, page};

impl Exchange<'_> {
    pub(super) fn namespaces(&self) -> Response {
        if self.method() != "GET" {
            return self.not_allowed();
        }
        let target = Target::Named("namespaces");
        self.call(
            Operation::ListNamespaces,
            target,
            |state| Ok(state.kube.namespaces()),
            |names| {
                let objects = names.iter().map(|name| (name.as_str(), objects::namespace(name)));
                self.one_or_all("Namespace", objects)
            },
        )
    }

    pub(super) fn nodes(&self) -> Response {
        if self.method() != "GET" {
            return self.not_allowed();
        }
        self.call(
            Operation::ListNodes,
            Target::Named("nodes"),
            |state| Ok(state.nodes.clone()),
            |nodes| {
                let objects = nodes.iter().map(|node| (node.name.as_str(), objects::node(node)));
                self.one_or_all("Node", objects)
            },
        )
    }

    /// The object that the path names, or the list.
    pub(super) fn one_or_all<'o>(
        &self,
        kind: &str,
        mut objects: impl Iterator<Item = (&'o str, Value)>,
    ) -> Response {
        match &self.place.name {
            None => self.list(kind, objects.map(|(_, object)| object).collect()),
            Some(name) => match objects.find(|(known, _)| known == name) {
                Some((_, object)) => Response::json(200, &object),
                None => self.about(None).not_found(),
            },
        }
    }

    /// With `limit` and `continue`. Items of a list carry neither kind nor version.
    pub(super) fn list(&self, kind: &str, mut objects: Vec<Value>) -> Response {
        for object in &mut objects {
            if let Value::Object(fields) = object {
                fields.remove("kind");
                fields.remove("apiVersion");
            }
        }
        let count = objects.len();
        let limit = self.request.parameter("limit").and_then(|limit| limit.parse().ok());
        let token = self.request.parameter("continue").filter(|token| !token.is_empty());
        let wanted = Wanted { next: token.as_deref(), at_most: limit.filter(|limit| *limit > 0) };
        let name = format!("{}/{}", self.place.qualified(), self.place.namespace.as_deref().unwrap_or("*"));
        let Ok(Page { items, next }) = page(&name, in_given_order(objects), count, wanted) else {
            return bad_request("continue key is not valid");
        };
        let version = self.simulator.inner.borrow().state.kube.version().to_string();
        let mut metadata = json!({"resourceVersion": version});
        if let Some(next) = next {
            metadata["continue"] = json!(next);
        }
        let list = json!({
            "kind": format!("{kind}List"),
            "apiVersion": self.place.api_version(),
            "metadata": metadata,
            "items": items,
        });
        Response::json(200, &list)
    }
}
