use std::time::Duration;

use hyper::http::Method;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::exchange::Ask;
use super::pages::nullable;
use super::url::Url;
use super::{FIELD_MANAGER, KubeClient};
use crate::kube::{KubeError, Lease, LeaseApi};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Native {
    metadata: ObjectMeta,
    #[serde(default, deserialize_with = "nullable")]
    spec: Spec,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ObjectMeta {
    resource_version: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    holder_identity: Option<String>,
    lease_duration_seconds: Option<u32>,
    renew_time: Option<String>,
    lease_transitions: Option<u32>,
}

impl From<Native> for Lease {
    fn from(native: Native) -> Self {
        let Spec { holder_identity, lease_duration_seconds, renew_time, lease_transitions } = native.spec;
        Self {
            holder: holder_identity.filter(|holder| !holder.is_empty()),
            duration: Duration::from_secs(lease_duration_seconds.unwrap_or_default().into()),
            renewed: renew_time.unwrap_or_default(),
            transitions: lease_transitions.unwrap_or_default(),
            resource_version: native.metadata.resource_version.unwrap_or_default(),
        }
    }
}

/// The server reads a MicroTime with six digits behind the point, no more and no fewer.
fn micro_time(text: &str) -> Value {
    match text.parse::<Timestamp>() {
        Ok(time) => format!("{time:.6}").into(),
        Err(_) if text.is_empty() => Value::Null,
        Err(_) => text.into(),
    }
}

fn object(name: &str, lease: &Lease) -> Value {
    let Lease { holder, duration, renewed, transitions, resource_version } = lease;
    let mut metadata = json!({"name": name, "namespace": "kube-system"});
    if !resource_version.is_empty() {
        metadata["resourceVersion"] = resource_version.as_str().into();
    }
    let spec = json!({
        "holderIdentity": holder,
        "leaseDurationSeconds": duration.as_secs(),
        "renewTime": micro_time(renewed),
        "leaseTransitions": transitions,
    });
    json!({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata, "spec": spec})
}

fn leases() -> Url {
    Url::new("/apis/coordination.k8s.io/v1").namespace(Some("kube-system")).segment("leases")
}

impl LeaseApi for KubeClient {
    async fn get_lease(&self, name: &str) -> Result<Option<Lease>, KubeError> {
        let answer = self.ask(Ask::get("GetLease", leases().segment(name))).await?;
        Ok(answer.read_if_there::<Native>()?.map(Lease::from))
    }

    async fn create_lease(&self, name: &str, lease: &Lease) -> Result<Lease, KubeError> {
        let url = leases().query("fieldManager", FIELD_MANAGER);
        let new = Lease { resource_version: String::new(), ..lease.clone() };
        let answer = self.ask(Ask::with("CreateLease", Method::POST, url, object(name, &new))).await?;
        Ok(answer.read::<Native>()?.into())
    }

    /// One that is gone is made anew: the API server lets an update create a Lease
    /// (kubernetes: pkg/registry/coordination/lease/strategy.go, AllowCreateOnUpdate).
    async fn replace_lease(&self, name: &str, lease: &Lease) -> Result<Lease, KubeError> {
        let url = leases().segment(name).query("fieldManager", FIELD_MANAGER);
        let answer = self.ask(Ask::with("ReplaceLease", Method::PUT, url, object(name, lease))).await?;
        Ok(answer.read::<Native>()?.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_six_digits() {
        for (text, sent) in [
            ("2026-11-21T20:00:00Z", "2026-11-21T20:00:00.000000Z"),
            ("2026-11-21T20:00:00.5Z", "2026-11-21T20:00:00.500000Z"),
            ("2026-11-21T20:00:00.123456789Z", "2026-11-21T20:00:00.123456Z"),
            ("2026-11-21T21:00:00.123456+01:00", "2026-11-21T20:00:00.123456Z"),
            ("not a time", "not a time"),
        ] {
            assert_eq!(micro_time(text), sent);
        }
        assert_eq!(micro_time(""), Value::Null);
    }
}
