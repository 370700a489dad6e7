//! A bucket of ministack for each test, and machines that keep their runs in it.

use std::io::{BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use eksodus::journal::s3::{S3CredentialSource, S3Credentials, S3Options, S3Runs};
use eksodus::journal::{KeptRun, NewRun, Record, Runs, Stamps};
use eksodus::model::ClusterId;
use futures_util::future::BoxFuture;

use crate::servers::http::{Message, ask};
use crate::servers::ministack::Ministack;

pub const SECRET: &str = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY";
pub const DIGEST: &str = "blake3-0123456789abcdef";

pub struct Bucket {
    pub name: &'static str,
    /// Of ministack, or of what stands in front of it.
    pub port: u16,
    direct: u16,
}

impl Bucket {
    /// A new one; `None`, said on the terminal, where there is no ministack.
    pub fn new(name: &'static str, test: &str) -> Option<Self> {
        let port = Ministack::shared(test)?.port;
        let (status, answer) = ask(port, "PUT", &format!("/{name}"), "").unwrap();
        assert_eq!(status, 200, "{answer}");
        Some(Self { name, port, direct: port })
    }

    /// The runs as one machine sees them; each call is another machine.
    pub fn machine(&self) -> Runs {
        Rc::new(connect(&format!("s3://{}/team/a", self.name), self.port))
    }

    /// A request past the code under test.
    pub fn request(&self, method: &str, key: &str, body: &str) -> (u16, String) {
        ask(self.direct, method, &format!("/{}/{key}", self.name), body).unwrap()
    }

    /// Keys and sizes do not matter: how often a key is listed.
    pub fn has(&self, key: &str) -> bool {
        self.request("GET", key, "").0 == 200
    }
}

pub fn connect(url: &str, port: u16) -> S3Runs {
    S3Runs::connect(options(url, port, Arc::new(Always))).unwrap()
}

pub fn options(url: &str, port: u16, credentials: Arc<dyn S3CredentialSource>) -> S3Options {
    S3Options {
        url: url.parse().unwrap(),
        region: "us-east-1".to_owned(),
        endpoint: Some(format!("http://127.0.0.1:{port}")),
        fips: false,
        ca_bundle: None,
        credentials,
    }
}

pub fn credentials() -> S3Credentials {
    S3Credentials {
        access_key_id: "111122223333".to_owned(),
        secret_access_key: SECRET.to_owned(),
        session_token: Some("the-session-token".to_owned()),
        expires: None,
    }
}

struct Always;

impl S3CredentialSource for Always {
    fn credentials(&self) -> BoxFuture<'_, Result<S3Credentials, String>> {
        Box::pin(async { Ok(credentials()) })
    }
}

pub fn cluster() -> ClusterId {
    "arn:aws:eks:eu-west-1:111122223333:cluster/prod".parse().unwrap()
}

/// A run of this plan on a cluster.
pub fn create(runs: &Runs, cluster: &ClusterId, digest: &str, plan: &str, aws_auth: Option<&str>) -> KeptRun {
    let stamps = Stamps::default();
    let new = NewRun { cluster, plan_digest: digest, plan, aws_auth, undoes: None, stamps: &stamps };
    runs.create(&new).unwrap()
}

pub fn done(step: &str) -> Record {
    Record::Done { step: step.to_owned() }
}

/// A server that answers every request in the same way, and counts them.
pub fn canned(status: &'static str, body: &'static str) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let request = Message::read(&mut BufReader::new(&stream), false);
            count.fetch_add(usize::from(matches!(request, Ok(Some(_)))), Ordering::SeqCst);
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Type: application/xml\r\nContent-Length: {length}\r\n\
                 Connection: close\r\n\r\n{body}"
            );
        }
    });
    (port, asked)
}
