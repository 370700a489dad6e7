use serde_json::{Map, Value};

use super::Exchange;
use super::objects::{config_map, read_config_map};
use super::patch::{self, DoesNotApply};
use super::status::{bad_request, deleted, status};
use crate::model::ConfigMap;
use crate::simulator::Operation;
use crate::simulator::change::Target;
use crate::simulator::http::message::Response;
use crate::simulator::kube::objects::{Kube, no_aws_auth};
use crate::simulator::refusal::KubeRefusal;
use crate::simulator::state::State;

const NAME: &str = "aws-auth";
const NAMESPACE: &str = "kube-system";
const TARGET: Target<'static> = Target::Named("configmap/kube-system/aws-auth");

/// What becomes of a patch.
type Patched = Result<ConfigMap, DoesNotApply>;

impl Exchange<'_> {
    /// `aws-auth` is the only one there is.
    pub(super) fn config_maps(&self) -> Response {
        let is_here = self.place.namespace.as_deref() == Some(NAMESPACE);
        match (self.method(), self.place.name.as_deref()) {
            ("GET", None) => self.list_config_maps(is_here || self.place.namespace.is_none()),
            (_, Some(name)) if !is_here || name != NAME => self.about(None).not_found(),
            ("GET", Some(_)) => self.get_aws_auth(),
            ("POST", None) if is_here => self.create_aws_auth(),
            ("PUT", Some(_)) => self.put_aws_auth(),
            ("PATCH", Some(_)) => self.patch_aws_auth(),
            ("DELETE", Some(_)) => self.delete_aws_auth(),
            _ => self.not_allowed(),
        }
    }

    fn list_config_maps(&self, is_here: bool) -> Response {
        let work = |state: &mut State| Ok(state.kube.aws_auth.clone().filter(|_| is_here));
        self.call(Operation::GetAwsAuth, TARGET, work, |map| {
            self.list("ConfigMap", map.iter().map(config_map).collect())
        })
    }

    fn get_aws_auth(&self) -> Response {
        let work = |state: &mut State| state.kube.aws_auth.clone().ok_or_else(no_aws_auth);
        self.call(Operation::GetAwsAuth, TARGET, work, |map| Response::json(200, &config_map(&map)))
    }

    fn create_aws_auth(&self) -> Response {
        let new = match self.body().map(|body| read_config_map(&body)) {
            Ok(Some(map)) if map.metadata.get("name").and_then(Value::as_str) == Some(NAME) => map,
            Ok(_) => return bad_request("the simulator has no ConfigMap but aws-auth"),
            Err(answer) => return answer,
        };
        self.change(
            Operation::CreateAwsAuth,
            |kube| {
                let made = kube.create_aws_auth(&new.data, &new.parts())?;
                let metadata = owned_by_both(&new.metadata, &made.metadata);
                kube.put_aws_auth(ConfigMap { metadata, ..made })
            },
            |map| Response::json(201, &config_map(&map)),
        )
    }

    fn put_aws_auth(&self) -> Response {
        let new = match self.body().map(|body| read_config_map(&body)) {
            Ok(Some(map)) => map,
            Ok(None) => return bad_request("the body is no ConfigMap"),
            Err(answer) => return answer,
        };
        self.change(
            Operation::ReplaceAwsAuth,
            |kube| put(kube, new),
            |map| Response::json(200, &config_map(&map)),
        )
    }

    fn patch_aws_auth(&self) -> Response {
        let body = match self.body() {
            Ok(body) => body,
            Err(answer) => return answer,
        };
        let kind = self.request.header("content-type").unwrap_or_default();
        let operations = match kind.split(';').next().unwrap_or_default() {
            "application/json-patch+json" => match serde_json::from_value(body.clone()) {
                Ok(operations) => Some::<Vec<patch::Operation>>(operations),
                Err(error) => return bad_request(&format!("the patch cannot be read: {error}")),
            },
            "application/merge-patch+json" | "application/strategic-merge-patch+json" => None,
            _ => {
                let message = "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json";
                return self.about(None).failure(415, "UnsupportedMediaType", message);
            }
        };
        let work = |kube: &mut Kube| -> Result<Patched, KubeRefusal> {
            let current = kube.aws_auth.clone().ok_or_else(no_aws_auth)?;
            let mut object = config_map(&current);
            match &operations {
                Some(operations) => {
                    if let Err(why) = patch::apply(&mut object, operations) {
                        return Ok(Err(why));
                    }
                }
                None => patch::merge(&mut object, &body),
            }
            let Some(new) = read_config_map(&object) else { return Ok(Err(DoesNotApply)) };
            put(kube, new).map(Ok)
        };
        self.change(Operation::ReplaceAwsAuth, work, |patched| match patched {
            Ok(map) => Response::json(200, &config_map(&map)),
            Err(DoesNotApply) => {
                let message = "the server rejected our request due to an error in our request";
                status(422, "Invalid", message, Value::Object(Map::new()))
            }
        })
    }

    fn delete_aws_auth(&self) -> Response {
        let options = if self.request.body.is_empty() { Ok(Value::Null) } else { self.body() };
        let options = match options {
            Ok(options) => options,
            Err(answer) => return answer,
        };
        let wanted = |key: &str| options["preconditions"][key].as_str().map(str::to_owned);
        let (version, uid) = (wanted("resourceVersion"), wanted("uid"));
        let work = |kube: &mut Kube| {
            let current = config_map(kube.aws_auth.as_ref().ok_or_else(no_aws_auth)?);
            let found = current["metadata"]["uid"].as_str().unwrap_or_default().to_owned();
            if let Some(uid) = uid.filter(|uid| *uid != found) {
                return Err(KubeRefusal::new(
                    crate::kube::KubeErrorKind::Conflict,
                    format!(
                        "Operation cannot be fulfilled on configmaps \"aws-auth\": the UID in the precondition ({uid}) does not match the UID in record ({found}). The object might have been deleted and then recreated"
                    ),
                ));
            }
            kube.delete_aws_auth(version.as_deref().unwrap_or_default())?;
            Ok(found)
        };
        self.change(Operation::DeleteAwsAuth, work, |uid| deleted(self.place, NAME, &uid))
    }

    /// A dry run does it to a copy.
    fn change<T>(
        &self,
        operation: Operation,
        work: impl FnOnce(&mut Kube) -> Result<T, KubeRefusal>,
        show: impl FnOnce(T) -> Response,
    ) -> Response {
        let work = |state: &mut State| {
            if self.is_dry() { work(&mut state.kube.clone()) } else { work(&mut state.kube) }
        };
        self.call(operation, TARGET, work, show)
    }
}

fn put(kube: &mut Kube, new: ConfigMap) -> Result<ConfigMap, KubeRefusal> {
    let current = kube.aws_auth.as_ref().ok_or_else(no_aws_auth)?;
    let metadata = owned_by_both(&new.metadata, &current.metadata);
    kube.put_aws_auth(ConfigMap { metadata, ..new })
}

/// What clients may set from the new metadata, and the rest as the server has it.
fn owned_by_both(new: &Map<String, Value>, current: &Map<String, Value>) -> Map<String, Value> {
    const CLIENTS: [&str; 4] = ["annotations", "finalizers", "labels", "ownerReferences"];
    let is_theirs = |key: &String| CLIENTS.contains(&key.as_str());
    let kept = current.iter().filter(|(key, _)| !is_theirs(key));
    let set = new.iter().filter(|(key, value)| is_theirs(key) && !value.is_null());
    kept.chain(set).map(|(key, value)| (key.clone(), value.clone())).collect()
}
