#![expect(clippy::expect_used, reason = "helpers of tests")]

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::http::ask;
use super::{Server, TOOLS, free_port, listens, program};

/// A ministack: EKS access entries, IAM, STS and S3 over HTTP. An access key id of 12 digits is the account.
///
/// It knows few of AWS's rules: what it is good for is the wire format.
#[derive(Debug)]
pub struct Ministack {
    pub port: u16,
    scheme: &'static str,
    _server: Server,
}

/// What differs from one ministack to another.
#[derive(Debug, Default)]
pub struct Flavour<'a> {
    /// Certificate and key: it speaks TLS.
    pub tls: Option<(&'a Path, &'a Path)>,
    /// IAM policies are judged: AccessDenied.
    pub judges: bool,
}

impl Ministack {
    /// The plain one of this process; `None`, said on the terminal, where the program is not there.
    pub fn shared(test: &str) -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Ministack>> = OnceLock::new();
        let program = program(TOOLS, "ministack", test)?;
        SHARED.get_or_init(|| Some(Self::start(&program, &Flavour::default()))).as_ref()
    }

    /// One of its own, that ends with the value.
    pub fn of(flavour: &Flavour<'_>, test: &str) -> Option<Self> {
        program(TOOLS, "ministack", test).map(|program| Self::start(&program, flavour))
    }

    pub fn url(&self) -> String {
        format!("{}://localhost:{}", self.scheme, self.port)
    }

    fn start(program: &Path, flavour: &Flavour<'_>) -> Self {
        let port = free_port();
        let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("ministack-{port}"));
        std::fs::create_dir_all(&home).expect("a home for ministack");
        let text = |text: &str| OsString::from(text);
        let mut environment = vec![
            ("HOME", home.clone().into_os_string()),
            ("TMPDIR", home.into_os_string()),
            ("BIND_HOST", text("127.0.0.1")),
            ("GATEWAY_PORT", text(&port.to_string())),
            ("MINISTACK_HOST", text("127.0.0.1")),
            ("MINISTACK_ACCOUNT_ID", text("111122223333")),
            ("MINISTACK_REGION", text("us-east-1")),
            ("LOG_LEVEL", text("WARNING")),
            ("SFTP_ENABLED", text("0")),
            ("IOT_MTLS_ENABLED", text("0")),
        ];
        if let Some((certificate, key)) = flavour.tls {
            environment.push(("USE_SSL", text("1")));
            environment.push(("MINISTACK_SSL_CERT", certificate.into()));
            environment.push(("MINISTACK_SSL_KEY", key.into()));
        }
        if flavour.judges {
            environment.push(("AUTH", text("true")));
        }
        let environment: Vec<(&str, &OsStr)> =
            environment.iter().map(|(name, value)| (*name, value.as_os_str())).collect();
        let mut server = Server::start(&[program.as_os_str()], &environment);
        let tls = flavour.tls.is_some();
        server.wait_until("ministack", || {
            let healthy =
                || ask(port, "GET", "/_ministack/health", "").is_ok_and(|(status, _)| status == 200);
            if tls { listens(port) } else { healthy() }
        });
        Self { port, scheme: if tls { "https" } else { "http" }, _server: server }
    }
}
