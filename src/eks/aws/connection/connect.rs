use std::sync::OnceLock;
use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, ConfigLoader, Region};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::SdkConfig;

use super::http::{self, CaBundleError};
use super::profile::Profile;
use crate::eks::aws::accounts::{Account, AccountError};
use crate::eks::aws::whole::WholeAnswers;
use crate::eks::aws::{Aws, AwsOptions, SESSION, Timeouts};

/// A credential process may ask a person something.
const CREDENTIALS_TIMEOUT: Duration = Duration::from_secs(50);

/// Why AWS cannot even be asked.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("no region is set")]
    NoRegion,
    #[error(transparent)]
    CaBundle(#[from] CaBundleError),
    #[error(transparent)]
    Account(#[from] AccountError),
}

impl Aws {
    /// Reads the configuration; credentials are looked for with the first call. Other accounts are logged in to at once.
    ///
    /// # Errors
    /// When there is no region, the certificates cannot be read, or another account's credentials are not to be had.
    pub async fn connect(options: &AwsOptions) -> Result<Self, ConnectError> {
        Self::connect_with(Self::defaults(), options).await
    }

    /// What [`Aws::connect`] begins with. CloudTrail shows each call with this program's name and version in `userAgent`.
    pub fn defaults() -> ConfigLoader {
        let loader = aws_config::defaults(BehaviorVersion::v2026_01_12());
        match AppName::new(concat!("eksodus-", env!("CARGO_PKG_VERSION"))) {
            Ok(name) => loader.app_name(name),
            Err(_) => loader,
        }
    }

    /// As [`Aws::connect`], with what the loader says in place of the environment.
    ///
    /// # Errors
    /// As [`Aws::connect`].
    pub async fn connect_with(loader: ConfigLoader, options: &AwsOptions) -> Result<Self, ConnectError> {
        let config = of_caller(loader, options).await?;
        let mut aws = Self::of(options.cluster.clone(), config);
        let mut others = Vec::with_capacity(options.accounts.len());
        for other in &options.accounts {
            others.push(Account::connect(&aws, options, other, &others).await?);
        }
        aws.others = others;
        Ok(aws)
    }

    pub(in crate::eks::aws) fn of(cluster: String, config: SdkConfig) -> Self {
        Self {
            cluster,
            eks: aws_sdk_eks::Client::new(&config),
            iam: aws_sdk_iam::Client::from_conf(
                aws_sdk_iam::config::Builder::from(&config).interceptor(WholeAnswers).build(),
            ),
            sts: aws_sdk_sts::Client::from_conf(
                aws_sdk_sts::config::Builder::from(&config).interceptor(WholeAnswers).build(),
            ),
            logs: OnceLock::new(),
            config,
            others: Vec::new(),
            known: OnceLock::new(),
            caller_arn: OnceLock::new(),
            source_arn: OnceLock::new(),
            carrier: None,
        }
    }
}

/// The configuration of the caller: the role that is to be assumed, else whoever the AWS configuration leads to.
pub(in crate::eks::aws) async fn of_caller(
    loader: ConfigLoader,
    options: &AwsOptions,
) -> Result<SdkConfig, ConnectError> {
    let config = load(loader, options, options.profile.as_deref()).await?;
    let Some(role) = &options.role else { return Ok(config) };
    let role = AssumeRoleProvider::builder(role.to_string()).session_name(SESSION).configure(&config);
    let provider = SharedCredentialsProvider::new(role.build().await);
    Ok(config.into_builder().credentials_provider(provider).build())
}

/// The configuration of one set of credentials.
pub(in crate::eks::aws) async fn load(
    loader: ConfigLoader,
    options: &AwsOptions,
    profile: Option<&str>,
) -> Result<SdkConfig, ConnectError> {
    let AwsOptions { cluster: _, region, profile: _, role: _, ca_bundle, accounts: _, timeouts } = options;
    let http = http::client(ca_bundle.as_deref())?;
    let mut loader = loader
        .http_client(http.clone())
        .timeout_config(timeout_config(timeouts))
        // every try must be visible to the executor, and two kinds of retries multiply
        .retry_config(RetryConfig::disabled())
        // answers are small, and the time of a whole call is bounded
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .identity_cache(IdentityCache::lazy().load_timeout(CREDENTIALS_TIMEOUT).build());
    let region = region.clone().map(Region::new);
    if let Some(region) = &region {
        loader = loader.region(region.clone());
    }
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    let config = loader.load().await;
    let region = config.region().cloned().ok_or(ConnectError::NoRegion)?;
    let Some(profile) = profile else { return Ok(config) };
    let provider = ProviderConfig::default().with_http_client(http).with_region(Some(region));
    let provider = SharedCredentialsProvider::new(Profile::new(profile, &provider));
    Ok(config.into_builder().credentials_provider(provider).build())
}

fn timeout_config(timeouts: &Timeouts) -> TimeoutConfig {
    let Timeouts { connect, read, attempt } = *timeouts;
    TimeoutConfig::builder()
        .connect_timeout(connect)
        .read_timeout(read)
        .operation_attempt_timeout(attempt)
        .build()
}
