//! The client of Kubernetes, on a real kube-apiserver.

mod aws_auth;
mod bindings;
mod broken;
mod discovery;
mod leases;
mod login;
mod pages;
mod reviews;
mod server;

use std::sync::Arc;

use eksodus::kube::TokenSource;
use eksodus::kube::client::{KubeClient, Login};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use crate::servers::apiserver::ApiServer;

/// The same token for ever.
pub struct Fixed(pub String);

impl TokenSource for Fixed {
    fn token(&self) -> BoxFuture<'_, Result<String, String>> {
        std::future::ready(Ok(self.0.clone())).boxed()
    }
}

/// Runs a test against the server, connected as `user`.
fn run(server: &ApiServer, user: &str, test: impl AsyncFnOnce(KubeClient)) {
    block_on(async {
        let tokens = Arc::new(Fixed(server.token(user)));
        test(connect(server.endpoint(), server.ca(), tokens).await).await;
    });
}

async fn connect(endpoint: &str, ca: &str, tokens: Arc<dyn TokenSource>) -> KubeClient {
    let login = Login::Token { endpoint: endpoint.to_owned(), ca: ca.as_bytes().to_vec(), tokens };
    KubeClient::connect(login).await.expect("a client")
}

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(future)
}
