use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::json;

use super::Exchange;
use super::status::{bad_request, no_such_path, status};
use crate::rbac::{Attributes, UserInfo};
use crate::simulator::Operation;
use crate::simulator::change::Target;
use crate::simulator::http::caller::bearer;
use crate::simulator::http::message::Response;
use crate::simulator::state::State;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Spec {
    user: String,
    groups: Option<BTreeSet<String>>,
    resource_attributes: Option<Resource>,
    non_resource_attributes: Option<NonResource>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Resource {
    namespace: String,
    verb: String,
    group: String,
    resource: String,
    subresource: String,
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NonResource {
    path: String,
    verb: String,
}

impl Spec {
    /// `None` unless it asks for exactly one thing.
    fn attributes(&self) -> Option<Attributes> {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        match (&self.resource_attributes, &self.non_resource_attributes) {
            (Some(of), None) => Some(Attributes::Resource {
                namespace: some(&of.namespace),
                verb: of.verb.clone(),
                group: of.group.clone(),
                resource: of.resource.clone(),
                subresource: some(&of.subresource),
                name: some(&of.name),
            }),
            (None, Some(of)) => {
                Some(Attributes::NonResource { path: of.path.clone(), verb: of.verb.clone() })
            }
            _ => None,
        }
    }
}

impl Exchange<'_> {
    pub(super) fn reviews(&self) -> Response {
        if self.method() != "POST" {
            return self.not_allowed();
        }
        match (self.place.group.as_str(), self.place.resource.as_str()) {
            ("authorization.k8s.io", "subjectaccessreviews") => self.review_access(false),
            ("authorization.k8s.io", "selfsubjectaccessreviews") => self.review_access(true),
            ("authentication.k8s.io", "selfsubjectreviews") => self.review_self(),
            _ => no_such_path(),
        }
    }

    fn review_access(&self, of_self: bool) -> Response {
        let mut review = match self.body() {
            Ok(review) => review,
            Err(answer) => return answer,
        };
        let spec = Spec::deserialize(&review["spec"]).unwrap_or_default();
        let Some(what) = spec.attributes() else {
            let message = "spec.resourceAttributes: Invalid value: \"null\": exactly one of nonResourceAttributes or resourceAttributes must be specified";
            return self.about(None).failure(422, "Invalid", message);
        };
        let show = |allowed: bool| {
            review["status"] = json!({"allowed": allowed});
            Response::json(201, &review)
        };
        if of_self {
            let target = Target::Named("caller");
            return self.call(
                Operation::SelfSubjectAccessReview,
                target,
                |state| Ok(state.may_caller(&what)),
                show,
            );
        }
        let who = UserInfo { username: spec.user, groups: spec.groups.unwrap_or_default() };
        if who.username.is_empty() && who.groups.is_empty() {
            return bad_request(
                "spec.user: Invalid value: \"\": at least one of user or group must be specified",
            );
        }
        self.call(
            Operation::SubjectAccessReview,
            Target::Named(&who.username),
            |state| Ok(state.kube.rbac().index().allows(&who, &what)),
            show,
        )
    }

    fn review_self(&self) -> Response {
        let work = |state: &mut State| {
            let caller = bearer(self.request, state);
            Ok(state.has_self_review().then(|| state.login_of(&caller.arn)))
        };
        self.call(Operation::SelfSubjectReview, Target::Named("caller"), work, |found| match found {
            None => no_such_path(),
            Some(None) => status(401, "Unauthorized", "Unauthorized", json!({})),
            Some(Some(UserInfo { username, groups })) => Response::json(
                201,
                &json!({
                    "kind": "SelfSubjectReview",
                    "apiVersion": "authentication.k8s.io/v1",
                    "metadata": {},
                    "status": {"userInfo": {"username": username, "groups": groups}},
                }),
            ),
        })
    }
}
