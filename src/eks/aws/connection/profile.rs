use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};

/// The credentials of one profile and of nothing else: the default chain takes those of the environment first.
#[derive(Debug)]
pub(in crate::eks::aws) struct Profile {
    name: String,
    provider: ProfileFileCredentialsProvider,
}

#[derive(Debug, thiserror::Error)]
#[error("of profile {name:?}")]
struct OfProfile {
    name: String,
    source: CredentialsError,
}

impl Profile {
    pub fn new(name: &str, config: &ProviderConfig) -> Self {
        let provider = ProfileFileCredentialsProvider::builder().configure(config).profile_name(name).build();
        Self { name: name.to_owned(), provider }
    }
}

impl ProvideCredentials for Profile {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async move {
            // a profile that is not there is "not loaded", and nothing says which
            let named =
                |source| CredentialsError::provider_error(OfProfile { name: self.name.clone(), source });
            self.provider.provide_credentials().await.map_err(named)
        })
    }
}
