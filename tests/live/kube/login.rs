use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use eksodus::kube::client::{ConnectError, KubeClient, Login};
use eksodus::kube::{KubeApi as _, KubeErrorKind, TokenSource};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::{Fixed, block_on, connect};
use crate::servers::apiserver::{ADMIN, ApiServer};

/// A certificate authority that signed nothing here.
const OTHER_CA: &str = "-----BEGIN CERTIFICATE-----\n\
MIIBijCCATGgAwIBAgIUYCrAPD1wEpQS+jeAwNYxRmMcewQwCgYIKoZIzj0EAwIw\n\
GjEYMBYGA1UEAwwPYW5vdGhlciBjbHVzdGVyMCAXDTI2MTEyMTIyMDU0M1oYDzIx\n\
MjYxMDI4MjIwNTQzWjAaMRgwFgYDVQQDDA9hbm90aGVyIGNsdXN0ZXIwWTATBgcq\n\
hkjOPQIBBggqhkjOPQMBBwNCAAQhZhXRYHGgS2YGVTnyCvxlQAb0l+EDq66D3AJE\n\
9WjhFQjYifrqMb02Y9maSC3zkfpCbXaTLkS7PeWAzlqkMs9Yo1MwUTAdBgNVHQ4E\n\
FgQUY3esFltIYjd0pk1dlZkMjYnFP4kwHwYDVR0jBBgwFoAUY3esFltIYjd0pk1d\n\
lZkMjYnFP4kwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiAmtrpb\n\
lcdhnUaPRHEq4x45bSiEJDho/0q8s7/99K5ItQIgIGPvqPOvokEEDlAXY82t7yxw\n\
xO9ZVy2/S/q2YPWpPnU=\n\
-----END CERTIFICATE-----\n";

/// One token after the other, then failure.
struct Changing {
    tokens: Vec<String>,
    asked: AtomicUsize,
}

impl TokenSource for Changing {
    fn token(&self) -> BoxFuture<'_, Result<String, String>> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        let token = self.tokens.get(asked).cloned().ok_or_else(|| "the session has expired".to_owned());
        std::future::ready(token).boxed()
    }
}

#[test]
fn each_request_takes_the_token_of_its_moment() {
    let Some(server) = ApiServer::shared("each_request_takes_the_token_of_its_moment") else { return };
    let tokens = ["bob-token", "admin-token", "no-such-token", "a\nb"].map(str::to_owned).to_vec();
    let tokens = Arc::new(Changing { tokens, asked: AtomicUsize::new(0) });
    block_on(async {
        let kube = connect(server.endpoint(), server.ca(), tokens).await;
        assert_eq!(kube.endpoint(), server.endpoint());
        assert_eq!(kube.list_namespaces().await.unwrap_err().kind, KubeErrorKind::Forbidden);
        assert!(kube.list_namespaces().await.is_ok());
        for words in [
            "ListNamespaces: the API server does not accept these credentials",
            "ListNamespaces: no token: it is not one line of ASCII",
            "ListNamespaces: no token: the session has expired",
        ] {
            let refused = kube.list_namespaces().await.unwrap_err();
            assert_eq!((refused.kind, refused.to_string().as_str()), (KubeErrorKind::Forbidden, words));
        }
        assert_eq!(format!("{kube:?}"), format!("KubeClient {{ endpoint: {:?}, .. }}", server.endpoint()));
    });
}

#[test]
fn a_server_of_another_authority_gets_no_token() {
    let Some(server) = ApiServer::shared("a_server_of_another_authority_gets_no_token") else { return };
    block_on(async {
        let kube = connect(server.endpoint(), OTHER_CA, Arc::new(Fixed(server.token(ADMIN)))).await;
        let refused = kube.list_namespaces().await.unwrap_err();
        let words = "the API server's certificate is not from the cluster's certificate authority";
        assert_eq!((refused.kind, refused.message.as_str()), (KubeErrorKind::Unreachable, words));
    });
}

#[test]
fn what_is_no_certificate_authority_is_refused() {
    for ca in ["", "not PEM", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"] {
        let tokens = Arc::new(Fixed("secret".to_owned()));
        let login = Login::Token { endpoint: "https://127.0.0.1:1".to_owned(), ca: ca.into(), tokens };
        assert!(!format!("{login:?}").contains("secret"));
        let refused = block_on(async { KubeClient::connect(login).await.unwrap_err() });
        assert_eq!(refused, ConnectError::NotPem, "{ca}");
    }
}

#[test]
fn a_kubeconfig_and_its_contexts_lead_to_the_server() {
    let Some(server) = ApiServer::shared("a_kubeconfig_and_its_contexts_lead_to_the_server") else { return };
    let file = server.kubeconfig("bob");
    let login = |context: Option<&str>| with_file(&file, context);
    block_on(async {
        let bob = KubeClient::connect(login(None)).await.unwrap();
        assert_eq!(bob.endpoint(), server.endpoint());
        assert_eq!(bob.list_namespaces().await.unwrap_err().kind, KubeErrorKind::Forbidden);
        let admin = KubeClient::connect(login(Some(ADMIN))).await.unwrap();
        assert!(admin.list_namespaces().await.is_ok());
        let missing = KubeClient::connect(login(Some("nobody"))).await.unwrap_err();
        assert_eq!(missing.to_string(), "cannot use the kubeconfig: it has no context \"nobody\"");
    });
}

#[test]
fn a_kubeconfig_that_cannot_be_read_is_named_but_not_quoted() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("config");
    let connect =
        |file: &PathBuf| block_on(async { KubeClient::connect(with_file(file, None)).await.unwrap_err() });
    let words = connect(&file).to_string();
    assert!(words.starts_with(&format!("cannot use the kubeconfig: {}: ", file.display())), "{words}");
    fs::write(&file, "users:\n- name: me\n  user: {token: secret\n").unwrap();
    let words = connect(&file).to_string();
    assert!(words.starts_with("cannot use the kubeconfig: not a kubeconfig (line "), "{words}");
    fs::write(&file, "users: [secret]\n").unwrap();
    let words = connect(&file).to_string();
    assert!(!words.contains("secret"), "{words}");
}

#[test]
fn exec_plugins_log_in_and_their_output_is_never_shown() {
    let Some(server) = ApiServer::shared("exec_plugins_log_in_and_their_output_is_never_shown") else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("config");
    let credential = json!({
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": "admin-token"},
    });
    let connect = |script: &str| {
        let mut config: Value = serde_json::from_slice(&fs::read(server.kubeconfig(ADMIN)).unwrap()).unwrap();
        config["users"] = json!([{"name": ADMIN, "user": {"exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": "sh",
            "args": ["-c", script],
            "interactiveMode": "Never",
        }}}]);
        fs::write(&file, config.to_string()).unwrap();
        block_on(async {
            KubeClient::connect(with_file(&file, None)).await?.list_namespaces().await.map_err(Problem::Call)
        })
    };
    assert!(connect(&format!("echo '{credential}'")).is_ok());
    for (script, words) in [
        ("echo admin-token; exit 7", "the exec plugin failed (exit status: 7)"),
        ("echo '{admin-token'", "the exec plugin did not print an ExecCredential"),
        (
            "echo '{\"status\": {\"token\": [\"admin-token\"]}}'",
            "the exec plugin did not print an ExecCredential",
        ),
    ] {
        let Err(Problem::Connect(problem)) = connect(script) else { panic!("{script} logs in") };
        assert_eq!(problem.to_string(), format!("cannot set up the connection: {words}"));
    }
}

#[derive(Debug)]
enum Problem {
    Connect(ConnectError),
    Call(#[expect(dead_code, reason = "for the message of a failed test")] eksodus::kube::KubeError),
}

impl From<ConnectError> for Problem {
    fn from(error: ConnectError) -> Self {
        Self::Connect(error)
    }
}

fn with_file(file: &std::path::Path, context: Option<&str>) -> Login {
    Login::Kubeconfig { file: Some(file.to_owned()), context: context.map(str::to_owned) }
}
