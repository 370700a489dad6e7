use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use eksodus::kube::client::{KubeClient, Login};
use eksodus::kube::{KubeApi as _, KubeErrorKind};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};

use super::{Hostile, Ran};
use crate::servers::http::Message;
use crate::servers::relay::Act;
use crate::servers::skipped;

/// An authority of its own, and a server's certificate from it.
pub struct Authority {
    folder: tempfile::TempDir,
}

impl Authority {
    /// `None`, said aloud, without openssl. `names` as in a subjectAltName; one that has `expired` did so yesterday.
    pub fn new(test: &str, names: &str, expired: bool) -> Option<Self> {
        let found =
            Command::new("openssl").arg("version").output().is_ok_and(|output| output.status.success());
        if !found {
            skipped(test, "no openssl");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let openssl = |arguments: &str| {
            let mut command = Command::new("openssl");
            let output = command.args(arguments.split_whitespace()).current_dir(folder.path()).output();
            let output = output.expect("openssl runs");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        std::fs::write(folder.path().join("names"), format!("subjectAltName={names}\n")).expect("a file");
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
        openssl(&format!("req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=tests"));
        openssl(&format!("req -new {key} -keyout server.key -out server.csr -subj /CN=server"));
        let when = if expired { "-days -1" } else { "-days 2" };
        openssl(&format!(
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem {when} -extfile names"
        ));
        Some(Self { folder })
    }

    pub fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    pub fn pem(&self) -> String {
        std::fs::read_to_string(self.ca()).expect("a certificate")
    }

    pub fn config(&self) -> Arc<ServerConfig> {
        let read = |name: &str| std::fs::read(self.folder.path().join(name)).expect("a file");
        let chain = vec![CertificateDer::from_pem_slice(&read("server.pem")).expect("a certificate")];
        let key = PrivateKeyDer::from_pem_slice(&read("server.key")).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.expect("versions").with_no_client_auth().with_single_cert(chain, key);
        Arc::new(config.expect("a certificate and its key"))
    }
}

/// A server of TLS that answers everything by `answer`, and counts connections.
pub struct Secure {
    pub port: u16,
    pub connections: Arc<AtomicUsize>,
    /// The heads of the requests that came.
    pub heads: Arc<Mutex<Vec<String>>>,
}

impl Secure {
    /// `proxy`: clients first ask for a tunnel to some host, and reach this server whatever it is.
    pub fn start(
        config: Arc<ServerConfig>,
        proxy: bool,
        answer: impl Fn(&Message) -> String + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let connections = Arc::new(AtomicUsize::new(0));
        let heads = Arc::new(Mutex::new(Vec::new()));
        let (counted, kept, answer) = (Arc::clone(&connections), Arc::clone(&heads), Arc::new(answer));
        std::thread::spawn(move || {
            for mut tcp in listener.incoming().flatten() {
                counted.fetch_add(1, Ordering::SeqCst);
                let (config, kept, answer) = (Arc::clone(&config), Arc::clone(&kept), Arc::clone(&answer));
                std::thread::spawn(move || -> Option<()> {
                    if proxy {
                        let tunnel = Message::read(&mut tcp, false).ok()??;
                        kept.lock().ok()?.push(tunnel.head);
                        tcp.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok()?;
                    }
                    serve(tcp, config, &kept, &*answer)
                });
            }
        });
        Self { port, connections, heads }
    }
}

fn serve(
    mut tcp: TcpStream,
    config: Arc<ServerConfig>,
    heads: &Mutex<Vec<String>>,
    answer: &dyn Fn(&Message) -> String,
) -> Option<()> {
    let mut tls = ServerConnection::new(config).ok()?;
    let mut stream = Stream::new(&mut tls, &mut tcp);
    let request = Message::read(&mut stream, false).ok()??;
    heads.lock().ok()?.push(request.head.clone());
    let body = answer(&request);
    let length = body.len();
    write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}").ok()?;
    stream.flush().ok()?;
    tls.send_close_notify();
    let mut stream = Stream::new(&mut tls, &mut tcp);
    stream.flush().ok()?;
    drop(stream.read(&mut [0]));
    Some(())
}

const LOCAL: &str = "DNS:localhost,IP:127.0.0.1";

fn told_at_once(authority: &Authority, trusted: Option<&Path>, says: &str) {
    let server = Secure::start(authority.config(), false, |_| String::new());
    let world = Hostile::new(|_| Act::Pass);
    let mut command = world.command(&["plan"]);
    command.env("AWS_ENDPOINT_URL", format!("https://127.0.0.1:{}", server.port));
    if let Some(bundle) = trusted {
        command.env("AWS_CA_BUNDLE", bundle);
    }
    let ran = Ran::of(&mut command);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains(says) && ran.stderr.contains("AWS_CA_BUNDLE"), "{ran:?}");
    assert!(ran.took < Duration::from_secs(8), "{ran:?}");
    assert_eq!(server.connections.load(Ordering::SeqCst), 1, "{ran:?}");
}

#[test]
fn a_certificate_that_is_not_trusted_is_told_at_once() {
    let Some(good) = Authority::new("hostile::tls", LOCAL, false) else { return };
    told_at_once(&good, None, "its certificate is of an issuer that is not trusted here");
    let Some(elsewhere) = Authority::new("hostile::tls", "DNS:elsewhere.example", false) else { return };
    told_at_once(&elsewhere, Some(&elsewhere.ca()), "its certificate is for other names");
    let Some(expired) = Authority::new("hostile::tls", LOCAL, true) else { return };
    told_at_once(&expired, Some(&expired.ca()), "its certificate has expired");
}

#[test]
fn a_server_without_tls_is_told_at_once() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let _ = connection.read(&mut [0; 2048]);
            let _ = connection.write_all(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
        }
    });
    let world = Hostile::new(|_| Act::Pass);
    let mut command = world.command(&["plan"]);
    command.env("AWS_ENDPOINT_URL", format!("https://127.0.0.1:{port}"));
    let ran = Ran::of(&mut command);
    assert!(ran.code == Some(1) && ran.took < Duration::from_secs(8), "{ran:?}");
    assert!(ran.stderr.contains("TLS") && ran.stderr.contains("hint: "), "{ran:?}");
}

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

async fn namespaces(port: u16, ca: &str) -> Result<Vec<String>, (KubeErrorKind, String)> {
    let login = Login::Token {
        endpoint: format!("https://127.0.0.1:{port}"),
        ca: ca.as_bytes().to_vec(),
        tokens: Arc::new(crate::kube::Fixed("secret".to_owned())),
    };
    let kube = KubeClient::connect(login).await.expect("a client");
    kube.list_namespaces().await.map_err(|error| (error.kind, error.message))
}

/// While the certificate authority of a cluster is rotated there are two, and its certificate is of either.
#[test]
fn each_authority_of_the_cluster_is_trusted_and_nobody_else() {
    let Some(old) = Authority::new("hostile::tls", LOCAL, false) else { return };
    let Some(new) = Authority::new("hostile::tls", LOCAL, false) else { return };
    let list = |_: &Message| r#"{"items":[{"metadata":{"name":"default"}}]}"#.to_owned();
    for (of_server, other) in [(&old, &new), (&new, &old)] {
        let server = Secure::start(of_server.config(), false, list);
        for both in [old.pem() + &new.pem(), new.pem() + "\n" + &old.pem()] {
            assert_eq!(block_on(namespaces(server.port, &both)), Ok(vec!["default".to_owned()]));
        }
        let (kind, why) = block_on(namespaces(server.port, &other.pem())).unwrap_err();
        assert_eq!(kind, KubeErrorKind::Unreachable, "{why}");
        assert_eq!(why, "the API server's certificate is not from the cluster's certificate authority");
        assert_eq!(server.heads.lock().unwrap().len(), 2, "no token is sent to a server that is not trusted");
    }
}
