//! A real kube-apiserver with etcd: RBAC, access reviews, conflicts, Leases. No controllers, no kubelets.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use http_body_util::BodyExt as _;
use hyper::http::Request;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};

use super::{ASSETS, Server, free_port, listens, program};

/// Who can log in, and with which groups. A user's token is its name with `-token` behind it.
///
/// A test that grants rights takes a user that no other test grants any to.
const USERS: [(&str, &str); 12] = [
    (ADMIN, "system:masters"),
    ("alice", "developers,readers"),
    ("bob", ""),
    ("carol", "operators"),
    ("observer", ""),
    ("migrator", ""),
    ("guest-1", "guests"),
    ("guest-2", "guests"),
    ("guest-3", "guests"),
    ("guest-4", "guests"),
    ("guest-5", "guests"),
    ("system:node:ip-10-0-0-1.ec2.internal", "system:bootstrappers,system:nodes"),
];

/// May do everything.
pub const ADMIN: &str = "admin";

pub struct ApiServer {
    endpoint: String,
    ca: String,
    directory: PathBuf,
    aws_auth: Mutex<()>,
    _servers: (Server, Server),
}

impl ApiServer {
    /// The one of this process; `None`, said on the terminal, where its programs are not there.
    pub fn shared(test: &str) -> Option<&'static Self> {
        static SERVER: OnceLock<ApiServer> = OnceLock::new();
        Self::once(&SERVER, test)
    }

    /// Another one of this process, for tests that take it for a whole cluster: what others create is not there.
    pub fn of_journeys(test: &str) -> Option<&'static Self> {
        static SERVER: OnceLock<ApiServer> = OnceLock::new();
        Self::once(&SERVER, test)
    }

    fn once(server: &'static OnceLock<Self>, test: &str) -> Option<&'static Self> {
        let etcd = program(ASSETS, "etcd", test)?;
        let apiserver = program(ASSETS, "kube-apiserver", test)?;
        Some(server.get_or_init(|| Self::start(&etcd, &apiserver)))
    }

    /// `https://127.0.0.1:PORT`
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The certificate authority, as PEM.
    pub fn ca(&self) -> &str {
        &self.ca
    }

    /// The bearer token of one of [`USERS`].
    pub fn token(&self, user: &str) -> String {
        assert!(USERS.iter().any(|(name, _)| *name == user), "{user} is not one of the server's users");
        format!("{user}-token")
    }

    /// A kubeconfig with one context for each user, named as the user; the current one is `user`'s.
    pub fn kubeconfig(&self, user: &str) -> PathBuf {
        let contexts =
            USERS.map(|(name, _)| json!({"name": name, "context": {"cluster": "test", "user": name}}));
        let users = USERS.map(|(name, _)| json!({"name": name, "user": {"token": self.token(name)}}));
        let certificate = self.directory.join("certs/apiserver.crt");
        let cluster = json!({"server": self.endpoint, "certificate-authority": certificate});
        let config = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "test", "cluster": cluster}],
            "contexts": contexts,
            "users": users,
            "current-context": user,
        });
        let path = self.directory.join(format!("kubeconfig-{}", user.replace(':', "-")));
        fs::write(&path, config.to_string()).expect("kubeconfig");
        path
    }

    /// The server has one `aws-auth`: whoever reads or writes it holds this. There is none at first.
    pub fn aws_auth(&self) -> MutexGuard<'_, ()> {
        // a test that failed says nothing about the next one
        let guard = self.aws_auth.lock().unwrap_or_else(PoisonError::into_inner);
        let path = "/api/v1/namespaces/kube-system/configmaps/aws-auth";
        let (status, answer) = self.request(ADMIN, "DELETE", path, None);
        assert!(matches!(status, 200 | 404), "{answer}");
        guard
    }

    /// One request as a user, past the code under test; the status and the JSON of the answer.
    pub fn request(&self, user: &str, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        request(&self.endpoint, &self.ca, &self.token(user), method, path, body)
    }

    /// Server-side apply of a manifest, YAML or JSON, as the administrator.
    pub fn apply(&self, path: &str, manifest: &str) -> (u16, Value) {
        let token = self.token(ADMIN);
        block_on(async {
            let client = client(&self.endpoint, &self.ca);
            let body = ("application/apply-patch+yaml", manifest.to_owned());
            send_text(&client, &token, "PATCH", path, body).await
        })
    }

    /// Creates an object as the administrator.
    pub fn create(&self, path: &str, object: &Value) -> Value {
        let (status, answer) = self.request(ADMIN, "POST", path, Some(object));
        assert_eq!(status, 201, "{answer}");
        answer
    }

    /// Creates many objects, each with its path, over one connection.
    pub fn create_all(&self, objects: &[(String, Value)]) {
        let token = self.token(ADMIN);
        block_on(async {
            let client = client(&self.endpoint, &self.ca);
            for (path, object) in objects {
                let (status, answer) = send(&client, &token, "POST", path, Some(object)).await;
                assert_eq!(status, 201, "{answer}");
            }
        });
    }

    fn start(etcd: &Path, apiserver: &Path) -> Self {
        let directory = tempfile::tempdir().expect("a directory").keep();
        let (store, peers, port) = (free_port(), free_port(), free_port());
        let tokens = directory.join("tokens.csv");
        let lines = USERS.map(|(name, groups)| format!("{name}-token,{name},{name},\"{groups}\"\n"));
        fs::write(&tokens, lines.concat()).expect("tokens");

        let store_url = format!("http://127.0.0.1:{store}");
        let peer_url = format!("http://127.0.0.1:{peers}");
        let data = directory.join("etcd");
        let mut first = run(
            &data,
            etcd,
            &[
                format!("--data-dir={}", data.display()),
                format!("--listen-client-urls={store_url}"),
                format!("--advertise-client-urls={store_url}"),
                format!("--listen-peer-urls={peer_url}"),
                format!("--initial-advertise-peer-urls={peer_url}"),
                format!("--initial-cluster=default={peer_url}"),
                "--unsafe-no-fsync".to_owned(),
            ],
        );
        first.wait_until("etcd", || listens(store));

        let certificates = directory.join("certs");
        // the server makes its own certificate and key as it starts; the key signs for service accounts as well
        let key = certificates.join("apiserver.key");
        let mut second = run(
            &directory,
            apiserver,
            &[
                format!("--etcd-servers={store_url}"),
                "--bind-address=127.0.0.1".to_owned(),
                format!("--secure-port={port}"),
                format!("--cert-dir={}", certificates.display()),
                "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
                format!("--service-account-key-file={}", key.display()),
                format!("--service-account-signing-key-file={}", key.display()),
                format!("--token-auth-file={}", tokens.display()),
                "--authorization-mode=RBAC".to_owned(),
                "--service-cluster-ip-range=10.0.0.0/24".to_owned(),
                "--disable-admission-plugins=ServiceAccount".to_owned(),
                "--endpoint-reconciler-type=none".to_owned(),
            ],
        );
        let endpoint = format!("https://127.0.0.1:{port}");
        let certificate = certificates.join("apiserver.crt");
        second.wait_until("kube-apiserver", || listens(port) && certificate.is_file());
        let ca = fs::read_to_string(&certificate).expect("the server's certificate");
        let token = format!("{ADMIN}-token");
        // /readyz covers the default roles as well, but kube-system is made by a loop of its own
        second.wait_until("kube-apiserver", || {
            let get = |path| request(&endpoint, &ca, &token, "GET", path, None).0;
            get("/readyz") == 200 && get("/api/v1/namespaces/kube-system") == 200
        });
        Self { endpoint, ca, directory, aws_auth: Mutex::new(()), _servers: (first, second) }
    }
}

fn run(data: &Path, program: &Path, arguments: &[String]) -> Server {
    let mut command: Vec<&OsStr> = vec![program.as_os_str()];
    command.extend(arguments.iter().map(OsStr::new));
    Server::start_in(data, &command, &[])
}

fn request(
    endpoint: &str,
    ca: &str,
    token: &str,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> (u16, Value) {
    block_on(async { send(&client(endpoint, ca), token, method, path, body).await })
}

/// On a thread of its own, so that a test may ask for it while it runs a future.
fn block_on<F: Future<Output: Send> + Send>(future: F) -> F::Output {
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(future)
    };
    std::thread::scope(|threads| threads.spawn(run).join().expect("an answer"))
}

fn client(endpoint: &str, ca: &str) -> kube::Client {
    let mut config = kube::Config::new(endpoint.parse().expect("a URL"));
    let certificates = CertificateDer::pem_slice_iter(ca.as_bytes());
    config.root_cert = Some(certificates.map(|it| it.expect("PEM").to_vec()).collect());
    config.default_retry = false;
    kube::Client::try_from(config).expect("a client")
}

/// Status 0: no answer.
async fn send(
    client: &kube::Client,
    token: &str,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> (u16, Value) {
    let body = ("application/json", body.map(Value::to_string).unwrap_or_default());
    send_text(client, token, method, path, body).await
}

async fn send_text(
    client: &kube::Client,
    token: &str,
    method: &str,
    path: &str,
    (content_type, body): (&str, String),
) -> (u16, Value) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", content_type)
        .body(body.into_bytes().into())
        .expect("a request");
    let Ok(response) = client.send(request).await else { return (0, Value::Null) };
    let status = response.status().as_u16();
    let Ok(body) = response.into_body().collect().await else { return (0, Value::Null) };
    let body = body.to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or_else(|_| String::from_utf8_lossy(&body).into()))
}
