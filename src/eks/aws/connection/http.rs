use std::path::{Path, PathBuf};

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{self, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::{
    HttpClient as _, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::bounded::Bounded;

/// A file of certificates that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{} is not a certificate bundle", path.display())]
pub struct CaBundleError {
    path: PathBuf,
    source: Box<dyn std::error::Error + Send + Sync>,
}

#[derive(Debug, thiserror::Error)]
#[error("it has no PEM certificate")]
struct NoCertificate;

/// The client of all services: rustls with ring, the system's certificates or the bundle's, proxies as the environment
/// names them, which is what the SDK's own client does.
pub(in crate::eks::aws) fn client(ca_bundle: Option<&Path>) -> Result<SharedHttpClient, CaBundleError> {
    let trust = match ca_bundle {
        None => TrustStore::default(),
        Some(path) => TrustStore::empty().with_pem_certificate(
            certificates(path).map_err(|source| CaBundleError { path: path.to_owned(), source })?,
        ),
    };
    // cannot fail: it has no check
    let context = TlsContext::builder().with_trust_store(trust).build().unwrap_or_default();
    let unbounded = Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder();
        connector.set_connector_settings(settings.cloned());
        connector.set_proxy_config(Some(ProxyConfig::from_env()));
        if let Some(components) = components {
            connector.set_sleep_impl(components.sleep_impl());
        }
        connector
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
            .tls_context(context.clone())
            .build()
    });
    Ok(http_client_fn(move |settings, components| {
        SharedHttpConnector::new(Bounded(unbounded.http_connector(settings, components)))
    }))
}

/// The bytes of the file once each certificate in it was understood: the HTTP client panics on what it cannot read.
fn certificates(path: &Path) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let pem = std::fs::read(path)?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        roots.add(certificate?)?;
    }
    if roots.is_empty() {
        return Err(NoCertificate.into());
    }
    Ok(pem)
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn a_bundle_that_is_none_is_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let why = |text: Option<&str>| {
            if let Some(text) = text {
                crate::files::write_atomic(&path, text.as_bytes()).unwrap();
            }
            let error = client(Some(&path)).unwrap_err();
            assert!(error.to_string().ends_with("ca.pem is not a certificate bundle"), "{error}");
            error.source().unwrap().to_string()
        };
        assert!(why(None).contains("No such file"));
        assert_eq!(why(Some("")), "it has no PEM certificate");
        assert_eq!(
            why(Some("-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n")),
            "it has no PEM certificate"
        );
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(!why(Some(broken)).is_empty());
    }
}
