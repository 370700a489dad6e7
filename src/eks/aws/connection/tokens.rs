use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_types::SdkConfig;
use futures_util::future::BoxFuture;

use super::presign;
use crate::eks::aws::{Aws, errors};
use crate::kube::TokenSource;

/// The server takes a token for 15 minutes from its date; one that is used late must still arrive in time.
const KEPT: Duration = Duration::from_secs(10 * 60);

/// The caller's tokens for the Kubernetes API of one cluster, made in the process and made again before they end.
pub struct Tokens {
    cluster: String,
    config: SdkConfig,
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    token: String,
    made: SystemTime,
    /// A token ends with the credentials that signed it.
    expiry: Option<SystemTime>,
}

impl Kept {
    fn is_good(&self, now: SystemTime) -> bool {
        // a clock that was set back makes it new again in nobody's eyes but ours
        let age = now.duration_since(self.made);
        let signed_by_valid = self.expiry.is_none_or(|expiry| now < expiry);
        age.is_ok_and(|age| age < KEPT) && signed_by_valid
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("cluster", &self.cluster).finish_non_exhaustive()
    }
}

impl Aws {
    /// Tokens for this cluster as this caller.
    pub fn tokens(&self) -> Tokens {
        Tokens { cluster: self.cluster.clone(), config: self.config.clone(), kept: Mutex::default() }
    }
}

impl Tokens {
    async fn current(&self) -> Result<String, String> {
        let clock = self.config.time_source().ok_or("the AWS configuration has no clock")?;
        let now = clock.now();
        let good = |kept: &Kept| kept.is_good(now).then(|| kept.token.clone());
        if let Some(token) = self.kept().as_ref().and_then(good) {
            return Ok(token);
        }
        let credentials = self.credentials().await?;
        // looking for credentials may have taken a while
        let now = clock.now();
        let token = presign::token(&self.config, &credentials, &self.cluster, now).await?;
        *self.kept() = Some(Kept { token: token.clone(), made: now, expiry: credentials.expiry() });
        Ok(token)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Option<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn credentials(&self) -> Result<Credentials, String> {
        let provider = self.config.credentials_provider().ok_or("no credentials are configured")?;
        provider.provide_credentials().await.map_err(|error| errors::no_credentials(&error))
    }
}

impl TokenSource for Tokens {
    fn token(&self) -> BoxFuture<'_, Result<String, String>> {
        Box::pin(self.current())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_kept_while_it_and_its_credentials_are_good() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let kept = |expiry| Kept { token: String::new(), made: at(10_000), expiry };
        assert!(kept(None).is_good(at(10_000 + 599)));
        assert!(!kept(None).is_good(at(10_000 + 600)));
        assert!(!kept(None).is_good(at(9_999)));
        assert!(!kept(Some(at(10_060))).is_good(at(10_060)));
    }
}
