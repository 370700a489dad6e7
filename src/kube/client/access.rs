use std::collections::BTreeMap;

use hyper::http::{Method, StatusCode};
use k8s_openapi::api::authorization::v1::{NonResourceAttributes, ResourceAttributes};
use serde::Deserialize;
use serde_json::{Value, json};

use super::KubeClient;
use super::exchange::Ask;
use super::pages::nullable;
use super::url::Url;
use crate::kube::{KubeAccess, KubeError, Node};
use crate::rbac::{Attributes, UserInfo};

#[derive(Deserialize)]
struct NodeObject {
    metadata: ObjectMeta,
    #[serde(default, deserialize_with = "nullable")]
    status: NodeStatus,
}

#[derive(Deserialize)]
struct ObjectMeta {
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    labels: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
struct NodeStatus {
    #[serde(default, deserialize_with = "nullable")]
    conditions: Vec<Condition>,
}

#[derive(Deserialize)]
struct Condition {
    #[serde(rename = "type")]
    what: String,
    status: String,
}

#[derive(Deserialize)]
struct Reviewed<S> {
    status: S,
}

#[derive(Deserialize)]
struct Verdict {
    allowed: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Login {
    user_info: NativeUser,
}

#[derive(Deserialize)]
struct NativeUser {
    username: String,
    #[serde(default, deserialize_with = "nullable")]
    groups: Vec<String>,
}

impl From<NodeObject> for Node {
    fn from(object: NodeObject) -> Self {
        let NodeObject { metadata: ObjectMeta { name, mut labels }, status } = object;
        let mut ready = status.conditions.iter().filter(|condition| condition.what == "Ready");
        Self {
            name,
            ready: ready.any(|condition| condition.status == "True"),
            nodegroup: labels.remove("eks.amazonaws.com/nodegroup"),
            fargate_profile: labels.remove("eks.amazonaws.com/fargate-profile"),
        }
    }
}

/// The fields of a review's `spec` that say what is asked for.
fn attributes(what: &Attributes) -> Value {
    match what.clone() {
        Attributes::Resource { namespace, verb, group, resource, subresource, name } => {
            let attributes = ResourceAttributes {
                namespace,
                verb: Some(verb),
                group: Some(group),
                resource: Some(resource),
                subresource,
                name,
                ..ResourceAttributes::default()
            };
            json!({"resourceAttributes": attributes})
        }
        Attributes::NonResource { path, verb } => {
            json!({"nonResourceAttributes": NonResourceAttributes { path: Some(path), verb: Some(verb) }})
        }
    }
}

impl KubeClient {
    async fn review(&self, kind: &'static str, resource: &str, spec: Value) -> Result<bool, KubeError> {
        let version = "authorization.k8s.io/v1";
        let url = Url::new("/apis/authorization.k8s.io/v1").segment(resource);
        let review = json!({"apiVersion": version, "kind": kind, "spec": spec});
        let answer = self.ask(Ask::with(kind, Method::POST, url, review)).await?;
        Ok(answer.read::<Reviewed<Verdict>>()?.status.allowed)
    }
}

impl KubeAccess for KubeClient {
    async fn list_nodes(&self) -> Result<Vec<Node>, KubeError> {
        let url = Url::new("/api/v1").segment("nodes");
        let mut nodes = self.list("ListNodes", url, |it: NodeObject| Node::from(it)).await?;
        nodes.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(nodes)
    }

    async fn is_allowed(&self, who: &UserInfo, what: &Attributes) -> Result<bool, KubeError> {
        let mut spec = attributes(what);
        spec["user"] = who.username.as_str().into();
        spec["groups"] = json!(who.groups);
        self.review("SubjectAccessReview", "subjectaccessreviews", spec).await
    }

    async fn may_i(&self, what: &Attributes) -> Result<bool, KubeError> {
        self.review("SelfSubjectAccessReview", "selfsubjectaccessreviews", attributes(what)).await
    }

    async fn who_am_i(&self) -> Result<Option<UserInfo>, KubeError> {
        let version = "authentication.k8s.io/v1";
        let url = Url::new("/apis/authentication.k8s.io/v1").segment("selfsubjectreviews");
        let review = json!({"apiVersion": version, "kind": "SelfSubjectReview"});
        let answer = self.ask(Ask::with("SelfSubjectReview", Method::POST, url, review)).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let NativeUser { username, groups } = answer.read::<Reviewed<Login>>()?.status.user_info;
        Ok(Some(UserInfo { username, groups: groups.into_iter().collect() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_ready_when_its_condition_says_true() {
        let node = |conditions: Value| {
            let object = json!({"metadata": {"name": "n", "labels": {"eks.amazonaws.com/nodegroup": "g"}}, "status": {"conditions": conditions}});
            Node::from(serde_json::from_value::<NodeObject>(object).unwrap())
        };
        let condition = |what: &str, status: &str| json!({"type": what, "status": status, "reason": "x"});
        assert!(node(json!([condition("MemoryPressure", "False"), condition("Ready", "True")])).ready);
        assert!(!node(json!([condition("MemoryPressure", "True"), condition("Ready", "Unknown")])).ready);
        assert!(!node(Value::Null).ready);
        assert_eq!(node(json!([])).nodegroup.as_deref(), Some("g"));
    }

    /// Kubernetes documentation, "Using the SelfSubjectReview API".
    #[test]
    fn a_login_is_read_with_its_groups() {
        let answer = json!({
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "SelfSubjectReview",
            "metadata": {"creationTimestamp": null},
            "status": {"userInfo": {"username": "jane.doe", "uid": "b79dbf30", "groups": ["students", "system:authenticated"]}},
        });
        let Login { user_info } = serde_json::from_value::<Reviewed<Login>>(answer).unwrap().status;
        assert_eq!((user_info.username.as_str(), user_info.groups.len()), ("jane.doe", 2));
    }
}
