use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hyper::http::header::USER_AGENT;
use hyper::http::{HeaderValue, Uri};
use kube::config::{KubeConfigOptions, Kubeconfig, KubeconfigError};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::{KubeClient, PATIENCE, TokenSource, error};
use crate::carrier::CallError;

/// How to reach an API server, and who to be there.
pub enum Login {
    /// As kubectl does: the file, or those of `KUBECONFIG`, or `~/.kube/config`; exec plugins are run.
    Kubeconfig { file: Option<PathBuf>, context: Option<String> },
    /// A URL, its certificate authority as PEM, and a bearer token for each request.
    Token { endpoint: String, ca: Vec<u8>, tokens: Arc<dyn TokenSource> },
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kubeconfig { file, context } => {
                f.debug_struct("Kubeconfig").field("file", file).field("context", context).finish()
            }
            Self::Token { endpoint, .. } => {
                f.debug_struct("Token").field("endpoint", endpoint).finish_non_exhaustive()
            }
        }
    }
}

/// There is no way to ask the API server anything; nothing was sent to it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    #[error("cannot use the kubeconfig: {0}")]
    Kubeconfig(String),
    #[error("the API server's address is not an http or https URL")]
    NotAUrl,
    /// Anyone on the way could read the credentials and use them.
    #[error("credentials are not sent to {0}, which has no TLS")]
    PlainHttp(String),
    #[error("the cluster's certificate authority is not PEM")]
    NotPem,
    #[error("cannot set up the connection: {0}")]
    Setup(String),
}

impl CallError for ConnectError {
    fn given_up(operation: &'static str, message: String) -> Self {
        Self::Setup(format!("{operation}: {message}"))
    }

    fn is_no_answer(&self) -> bool {
        false
    }
}

impl KubeClient {
    /// Reads the configuration and runs its exec plugin, if any; the API server is not asked yet.
    ///
    /// # Errors
    /// When the configuration is missing or wrong, or would send credentials over plain http to another machine.
    pub async fn connect(login: Login) -> Result<Self, ConnectError> {
        let (mut config, tokens) = match login {
            Login::Kubeconfig { file, context } => (of_kubeconfig(file, context).await?, None),
            Login::Token { endpoint, ca, tokens } => (of_token(&endpoint, &ca)?, Some(tokens)),
        };
        let endpoint = check(&config, tokens.is_some())?;
        config.connect_timeout = Some(Duration::from_secs(10));
        // the one limit of a request counts the whole of it
        config.read_timeout = None;
        config.write_timeout = None;
        config.default_retry = false;
        let agent = HeaderValue::from_static(concat!("eksodus/", env!("CARGO_PKG_VERSION")));
        config.headers.push((USER_AGENT, agent));
        let setup = |words| ConnectError::Setup(words);
        // an exec plugin may ask a person something, or hang: others must be able to go on meanwhile
        let built = tokio::task::spawn_blocking(move || kube::Client::try_from(config)).await;
        let client = built.map_err(|cause| setup(cause.to_string()))?;
        let client = client.map_err(|cause| setup(error::words(&cause)))?;
        Ok(Self { client, endpoint, tokens, patience: PATIENCE, carrier: None })
    }
}

async fn of_kubeconfig(file: Option<PathBuf>, context: Option<String>) -> Result<kube::Config, ConnectError> {
    let read = match file {
        Some(file) => Kubeconfig::read_from(file),
        None => Kubeconfig::read(),
    };
    let options = KubeConfigOptions { context, ..KubeConfigOptions::default() };
    let failed = |cause| ConnectError::Kubeconfig(words(&cause));
    let kubeconfig = read.map_err(failed)?;
    let mut clusters = kubeconfig.clusters.iter().filter_map(|cluster| cluster.cluster.as_ref());
    let names_a_proxy = clusters.any(|cluster| cluster.proxy_url.is_some());
    let mut config = kube::Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(failed)?;
    if is_loopback(&config.cluster_url) && !names_a_proxy {
        // as Go does: the proxy of the environment is not for this machine
        config.proxy_url = None;
    }
    Ok(config)
}

fn of_token(endpoint: &str, ca: &[u8]) -> Result<kube::Config, ConnectError> {
    let mut config = kube::Config::new(endpoint.parse().map_err(|_| ConnectError::NotAUrl)?);
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(ca).collect();
    let certificates = certificates.map_err(|_| ConnectError::NotPem)?;
    let is_https = config.cluster_url.scheme_str() == Some("https");
    if is_https && certificates.is_empty() {
        return Err(ConnectError::NotPem);
    }
    config.root_cert = Some(certificates.into_iter().map(|it| it.to_vec()).collect());
    Ok(config)
}

/// The URL as text, if credentials may be sent there.
fn check(config: &kube::Config, has_tokens: bool) -> Result<String, ConnectError> {
    let url = &config.cluster_url;
    let (Some(scheme), Some(authority)) = (url.scheme_str(), url.authority()) else {
        return Err(ConnectError::NotAUrl);
    };
    // a password in it would end up in every message
    if !matches!(scheme, "http" | "https") || authority.as_str().contains('@') {
        return Err(ConnectError::NotAUrl);
    }
    let endpoint = url.to_string().trim_end_matches('/').to_owned();
    if scheme == "http" && (has_tokens || has_credentials(config)) && !is_loopback(url) {
        return Err(ConnectError::PlainHttp(endpoint));
    }
    Ok(endpoint)
}

fn has_credentials(config: &kube::Config) -> bool {
    let auth = &config.auth_info;
    auth.token.is_some()
        || auth.token_file.is_some()
        || auth.password.is_some()
        || auth.exec.is_some()
        || auth.auth_provider.is_some()
}

fn is_loopback(url: &Uri) -> bool {
    let host = url.host().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// The client's own words may quote the file, and with it a token.
fn words(cause: &KubeconfigError) -> String {
    match cause {
        KubeconfigError::CurrentContextNotSet => "it has no current context".to_owned(),
        KubeconfigError::LoadContext(name) => format!("it has no context {name:?}"),
        KubeconfigError::LoadClusterOfContext(name) => {
            format!("its context names the cluster {name:?}, which it does not have")
        }
        KubeconfigError::MissingClusterUrl => "its cluster has no server".to_owned(),
        KubeconfigError::FindPath => "none is set, and there is no home directory".to_owned(),
        KubeconfigError::ReadConfig(cause, path) => format!("{}: {cause}", path.display()),
        KubeconfigError::Parse(cause) => match cause.location() {
            Some(place) => format!("not a kubeconfig (line {})", place.line()),
            None => "not a kubeconfig".to_owned(),
        },
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(url: &str) -> Result<String, ConnectError> {
        check(&kube::Config::new(url.parse().unwrap()), true)
    }

    #[test]
    fn tokens_go_over_tls_or_stay_on_this_machine() {
        for url in [
            "https://example.com",
            "http://127.0.0.1:8080/kubernetes",
            "http://[::1]:1",
            "http://localhost:1",
        ] {
            assert_eq!(checked(url).unwrap(), url);
        }
        for url in
            ["http://example.com", "http://10.0.0.1:8080", "http://localhost.example.com", "http://[::2]:1"]
        {
            assert_eq!(checked(url).unwrap_err(), ConnectError::PlainHttp(url.to_owned()));
        }
        for url in ["/path", "ftp://127.0.0.1", "https://me:secret@example.com", "example.com:443"] {
            assert_eq!(checked(url).unwrap_err(), ConnectError::NotAUrl, "{url}");
        }
        assert_eq!(checked("https://example.com/").unwrap(), "https://example.com");
    }
}
