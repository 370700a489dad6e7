use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::{BackoffConfig, Certificate, ClientOptions, ObjectStore, RetryConfig};

use super::bounded::BoundedConnector;
use super::bucket::Bucket;
use super::credentials::{Remembered, S3CredentialSource};
use super::error::{S3Error, S3ErrorKind};
use super::run::S3Runs;
use super::url::S3Url;
use super::worker::Worker;

/// How to reach the runs of a bucket.
pub struct S3Options {
    pub url: S3Url,
    /// Of the bucket, where its URL does not say.
    pub region: String,
    /// In place of AWS's own, as `AWS_ENDPOINT_URL_S3` and `AWS_ENDPOINT_URL` give it.
    pub endpoint: Option<String>,
    pub fips: bool,
    /// PEM, in place of the roots of the system.
    pub ca_bundle: Option<Vec<u8>>,
    pub credentials: Arc<dyn S3CredentialSource>,
}

impl S3Runs {
    /// Makes no call yet.
    ///
    /// # Errors
    /// When the options make no client.
    pub fn connect(options: S3Options) -> Result<Self, S3Error> {
        let url = options.url.clone();
        let failed = |why: String| S3ErrorKind::Refused(why).at(url.to_string());
        // there is one already when another client of this process was first
        let _ = rustls::crypto::ring::default_provider().install_default();
        let store = store(options).map_err(|error| S3ErrorKind::from(error).at(url.to_string()))?;
        let worker = Worker::start().map_err(|error| failed(error.to_string()))?;
        Ok(Self::of(store, worker, url.clone()))
    }

    fn of(store: Arc<dyn ObjectStore>, worker: Worker, url: S3Url) -> Self {
        // unlike any other process's: std seeds it from the system
        let random = || RandomState::new().build_hasher().finish();
        let writer = format!("{:016x}{:016x}", random(), random());
        Self::new(Bucket::new(store, worker, url, writer))
    }
}

fn store(options: S3Options) -> object_store::Result<Arc<dyn ObjectStore>> {
    let S3Options { url, region, endpoint, fips, ca_bundle, credentials } = options;
    let S3Url { bucket, prefix: _, region: named } = url;
    let region = named.unwrap_or(region);
    // a name with dots is in no certificate of AWS, and what stands in for AWS has one host
    let by_path = endpoint.is_some() || bucket.contains('.');
    let endpoint = endpoint.unwrap_or_else(|| {
        let host = format!("{}.{region}.{}", if fips { "s3-fips" } else { "s3" }, suffix(&region));
        if by_path { format!("https://{host}") } else { format!("https://{bucket}.{host}") }
    });
    let mut client = ClientOptions::new()
        .with_allow_http(endpoint.starts_with("http://"))
        .with_connect_timeout(Duration::from_secs(3))
        .with_timeout(Duration::from_secs(5));
    if let Some(pem) = ca_bundle {
        client = client.with_no_system_certificates(true);
        for certificate in Certificate::from_pem_bundle(&pem)? {
            client = client.with_root_certificate(certificate);
        }
    }
    let retry = RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(1),
            base: 2.0,
        },
        max_retries: 4,
        retry_timeout: Duration::from_secs(4),
    };
    let builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_region(region)
        .with_endpoint(endpoint)
        .with_virtual_hosted_style_request(!by_path)
        .with_credentials(Arc::new(Remembered::new(credentials)))
        .with_http_connector(BoundedConnector::default())
        .with_client_options(client)
        .with_retry(retry);
    Ok(Arc::new(builder.build()?))
}

/// What the names of a partition's endpoints end in (botocore, `endpoints.json`).
fn suffix(region: &str) -> &'static str {
    const OTHERS: [(&str, &str); 6] = [
        ("cn-", "amazonaws.com.cn"),
        ("us-iso-", "c2s.ic.gov"),
        ("us-isob-", "sc2s.sgov.gov"),
        ("eu-isoe-", "cloud.adc-e.uk"),
        ("us-isof-", "csp.hci.ic.gov"),
        ("eusc-", "amazonaws.eu"),
    ];
    OTHERS.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("amazonaws.com", |(_, suffix)| suffix)
}

impl fmt::Debug for S3Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S3Options({})", self.url)
    }
}
