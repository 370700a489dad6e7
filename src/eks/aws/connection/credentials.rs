use aws_credential_types::provider::ProvideCredentials as _;
use aws_credential_types::provider::error::CredentialsError;
use jiff::Timestamp;

use super::connect::of_caller;
use crate::eks::aws::{Aws, AwsOptions, ConnectError};

/// What the requests of the caller are signed with, for a service that this adapter has no client of. Never printed.
pub struct Credentials {
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: Option<String>,
    /// `None`: they do not end.
    pub expires: Option<Timestamp>,
}

#[derive(Debug, thiserror::Error)]
pub enum NoCredentials {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("no AWS credentials")]
    Provider,
    #[error("no AWS credentials")]
    Load(#[from] CredentialsError),
}

impl Aws {
    /// Those that calls with these options would be signed with.
    ///
    /// # Errors
    /// When the configuration cannot be read, or leads to none.
    pub async fn credentials(options: &AwsOptions) -> Result<Credentials, NoCredentials> {
        let config = of_caller(Self::defaults(), options).await?;
        let provider = config.credentials_provider().ok_or(NoCredentials::Provider)?;
        let found = provider.provide_credentials().await?;
        Ok(Credentials {
            access_key_id: found.access_key_id().to_owned(),
            secret_access_key: found.secret_access_key().to_owned(),
            session_token: found.session_token().map(str::to_owned),
            expires: found.expiry().and_then(|end| Timestamp::try_from(end).ok()),
        })
    }

    /// Where the cluster is.
    pub fn region(&self) -> &str {
        self.config.region().map_or("", |region| region.as_ref())
    }
}
