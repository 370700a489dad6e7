//! What kubectl asks first: which resources there are.

use serde_json::{Value, json};

use crate::rbac::served::{ApiResource, GroupVersion, group_list, resource_lists};
use crate::simulator::Simulator;
use crate::simulator::http::message::Response;
use crate::simulator::kube::served::RESOURCES;

/// `None`: the path is none of these.
pub(super) fn respond(simulator: &Simulator, segments: &[&str]) -> Option<Response> {
    let value = match segments {
        ["version"] => version(&simulator.inner.borrow().state.cluster.truth().version),
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

fn version(version: &str) -> Value {
    let (major, minor) = version.split_once('.').unwrap_or((version, ""));
    json!({"major": major, "minor": minor, "gitVersion": format!("v{version}.0-simulated")})
}

/// With what kubectl needs beside: the kind of each, and the short name that people type.
fn resources(served: &[ApiResource], of: &GroupVersion) -> Option<Value> {
    let of_version: Vec<ApiResource> =
        served.iter().filter(|it| it.group_version() == *of).cloned().collect();
    let mut list = resource_lists(&of_version).pop()?;
    for resource in list["resources"].as_array_mut()? {
        let name = resource["name"].as_str().unwrap_or_default();
        let known = RESOURCES.iter().find(|(group, known, ..)| *group == of.group && *known == name);
        if let Some((_, name, kind, ..)) = known {
            let short: &[&str] = if *name == "configmaps" { &["cm"] } else { &[] };
            resource["kind"] = (*kind).into();
            resource["singularName"] = kind.to_lowercase().into();
            resource["shortNames"] = json!(short);
        }
    }
    Some(list)
}
