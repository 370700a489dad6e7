//! What kubectl asks first: which resources there are.

use serde_json::{Value, json};

use super::aggregated;
use crate::rbac::served::{ApiResource, GroupVersion, group_list, resource_lists};
use crate::simulator::Simulator;
use crate::simulator::http::message::{Request, Response};
use crate::simulator::kube::served::RESOURCES;

/// `None`: the path is none of these.
pub(super) fn respond(simulator: &Simulator, request: &Request, segments: &[&str]) -> Option<Response> {
    let version = simulator.inner.borrow().state.cluster.truth().version.clone();
    if let ["api" | "apis"] = segments {
        let is_core = segments == ["api"];
        let mut served = simulator.served();
        served.retain(|it| it.group.is_empty() == is_core);
        let accept = request.header("accept").unwrap_or_default();
        if let Some(together) = aggregated::respond(accept, &version, &served) {
            return Some(together);
        }
    }
    let value = match segments {
        ["version"] => version_info(&version),
        ["api"] => json!({"kind": "APIVersions", "versions": ["v1"]}),
        ["apis"] => group_list(&simulator.served()),
        ["api", version] => resources(&simulator.served(), &version_of("", version))?,
        ["apis", group, version] => resources(&simulator.served(), &version_of(group, version))?,
        ["healthz" | "livez" | "readyz"] => return Some(Response::new(200, "text/plain", "ok")),
        _ => return None,
    };
    Some(Response::json(200, &value))
}

fn version_of(group: &str, version: &str) -> GroupVersion {
    GroupVersion { group: group.to_owned(), version: version.to_owned() }
}

fn version_info(version: &str) -> Value {
    let (major, minor) = version.split_once('.').unwrap_or((version, ""));
    json!({"major": major, "minor": minor, "gitVersion": format!("v{version}.0-simulated")})
}

/// What kubectl needs of each: its kind, its singular, and the short name that people type.
pub(super) fn names<'n>(group: &str, resource: &'n str) -> (&'n str, String, &'static [&'static str]) {
    let known = RESOURCES.iter().find(|(known, name, ..)| *known == group && *name == resource);
    let short: &[&str] = if resource == "configmaps" { &["cm"] } else { &[] };
    match known {
        Some((_, _, kind, ..)) => (*kind, kind.to_lowercase(), short),
        None => (resource, String::new(), short),
    }
}

fn resources(served: &[ApiResource], of: &GroupVersion) -> Option<Value> {
    let of_version: Vec<ApiResource> =
        served.iter().filter(|it| it.group_version() == *of).cloned().collect();
    let mut list = resource_lists(&of_version).pop()?;
    for resource in list["resources"].as_array_mut()? {
        let name = resource["name"].as_str().unwrap_or_default().to_owned();
        let (kind, singular, short) = names(&of.group, &name);
        resource["kind"] = kind.into();
        resource["singularName"] = singular.into();
        resource["shortNames"] = json!(short);
    }
    Some(list)
}
