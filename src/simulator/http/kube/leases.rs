use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::Exchange;
use super::objects::uid;
use super::status::bad_request;
use crate::kube::Lease;
use crate::simulator::Operation;
use crate::simulator::change::Target;
use crate::simulator::http::message::Response;
use crate::simulator::state::State;

const NAMESPACE: &str = "kube-system";

#[derive(Deserialize)]
struct Native {
    metadata: Metadata,
    #[serde(default)]
    spec: Spec,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    name: String,
    #[serde(default)]
    resource_version: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Spec {
    holder_identity: Option<String>,
    lease_duration_seconds: Option<u64>,
    renew_time: Option<String>,
    lease_transitions: Option<u32>,
}

impl Exchange<'_> {
    /// Those of `kube-system`; there are no others.
    pub(super) fn leases(&self) -> Response {
        let is_here = self.place.namespace.as_deref() == Some(NAMESPACE);
        match (self.method(), self.place.name.as_deref()) {
            (_, Some(_)) if !is_here => self.about(None).not_found(),
            ("GET", Some(name)) => self.get_lease(name),
            ("POST", None) if is_here => self.create_lease(),
            ("PUT", Some(name)) => self.replace_lease(name),
            _ => self.not_allowed(),
        }
    }

    fn get_lease(&self, name: &str) -> Response {
        let work = |state: &mut State| Ok(state.leases.get(name));
        self.call(Operation::GetLease, Target::Named(name), work, |found| match found {
            Some(lease) => Response::json(200, &show(name, &lease)),
            None => self.about(None).not_found(),
        })
    }

    fn create_lease(&self) -> Response {
        let Some((name, lease)) = self.read_lease() else { return bad_request("the body is no Lease") };
        let work = |state: &mut State| state.leases.create(&name, &lease);
        let show = |lease: Lease| Response::json(201, &show(&name, &lease));
        self.call(Operation::CreateLease, Target::Named(&name), work, show)
    }

    fn replace_lease(&self, name: &str) -> Response {
        let Some((_, lease)) = self.read_lease() else { return bad_request("the body is no Lease") };
        let work = |state: &mut State| state.leases.replace(name, &lease);
        let show = |lease: Lease| Response::json(200, &show(name, &lease));
        self.call(Operation::ReplaceLease, Target::Named(name), work, show)
    }

    fn read_lease(&self) -> Option<(String, Lease)> {
        let Native { metadata, spec } = serde_json::from_slice(&self.request.body).ok()?;
        let Metadata { name, resource_version } = metadata;
        let lease = Lease {
            holder: spec.holder_identity.filter(|holder| !holder.is_empty()),
            duration: Duration::from_secs(spec.lease_duration_seconds.unwrap_or_default()),
            renewed: spec.renew_time.unwrap_or_default(),
            transitions: spec.lease_transitions.unwrap_or_default(),
            resource_version,
        };
        Some((name, lease))
    }
}

fn show(name: &str, lease: &Lease) -> Value {
    let Lease { holder, duration, renewed, transitions, resource_version } = lease;
    let mut spec = json!({"leaseDurationSeconds": duration.as_secs(), "leaseTransitions": transitions});
    if let Some(holder) = holder {
        spec["holderIdentity"] = json!(holder);
    }
    if !renewed.is_empty() {
        spec["renewTime"] = json!(renewed);
    }
    json!({
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {
            "name": name,
            "namespace": NAMESPACE,
            "uid": uid("Lease", Some(NAMESPACE), name),
            "resourceVersion": resource_version,
        },
        "spec": spec,
    })
}
