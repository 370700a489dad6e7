//! Preflight, live checks and the documented permissions, on a real kube-apiserver and under IAM policies that are judged.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests"
)]

mod engine;
mod generated;
mod policies;
mod reviews;
mod roles;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use eksodus::kube::client::{KubeClient, Login};
use eksodus::simulator::{Behaviour, Simulator};
use eksodus::snapshot::Snapshot;
use eksodus::world::Clock;
use serde_json::{Value, json};

use crate::servers::apiserver::{ADMIN, ApiServer};

/// Real time.
pub struct Wall;

impl Clock for Wall {
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }
}

pub fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(future)
}

/// A user whom no other test grants anything: the administrator takes on the name, as `kubectl --as` does.
pub fn somebody() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    format!("checks-user-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

pub async fn connect_as(server: &ApiServer, user: &str, groups: &[&str]) -> KubeClient {
    let written = fs::read_to_string(server.kubeconfig(ADMIN)).expect("kubeconfig");
    let mut config: Value = serde_json::from_str(&written).expect("JSON");
    let users = config["users"].as_array_mut().expect("users");
    let admin = users.iter_mut().find(|user| user["name"] == ADMIN).expect("the administrator");
    admin["user"]["as"] = json!(user);
    admin["user"]["as-groups"] = json!(groups);
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("kubeconfig");
    fs::write(&file, config.to_string()).expect("kubeconfig");
    KubeClient::connect(Login::Kubeconfig { file: Some(file), context: None }).await.expect("a client")
}

pub async fn connect_as_admin(server: &ApiServer) -> KubeClient {
    let file = Some(server.kubeconfig(ADMIN));
    KubeClient::connect(Login::Kubeconfig { file, context: None }).await.expect("a client")
}

pub fn snapshot() -> Snapshot {
    Snapshot::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/quickstart")).expect("the fixture")
}

/// An API server that is not to be asked.
pub fn nobody_at_all() -> Simulator {
    Simulator::from_snapshot(&snapshot(), Behaviour::default()).expect("a simulator")
}
