use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use object_store::CredentialProvider;
use object_store::aws::AwsCredential;

/// What requests are signed with. It is never printed.
#[derive(Clone)]
pub struct S3Credentials {
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: Option<String>,
    /// `None`: they do not end.
    pub expires: Option<Timestamp>,
}

/// Gives credentials when they are needed and when those before are about to end.
///
/// It is asked on a thread and a runtime of its own: it must not share connections with clients on another one.
pub trait S3CredentialSource: Send + Sync {
    /// The error is text for people, without any credential in it.
    fn credentials(&self) -> BoxFuture<'_, Result<S3Credentials, String>>;
}

/// There are none; found again in the chain of causes of an error of a request.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct NoCredentials(pub String);

/// Remembers them until shortly before they end.
pub(super) struct Remembered {
    source: Arc<dyn S3CredentialSource>,
    last: Mutex<Option<(Arc<AwsCredential>, Option<Timestamp>)>>,
}

impl Remembered {
    pub fn new(source: Arc<dyn S3CredentialSource>) -> Self {
        Self { source, last: Mutex::new(None) }
    }

    fn last(&self) -> Option<Arc<AwsCredential>> {
        // a request must still be signed in time when it is tried again
        const MARGIN: SignedDuration = SignedDuration::from_secs(120);
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (credential, expires) = last.as_ref()?;
        expires.is_none_or(|end| Timestamp::now() + MARGIN < end).then(|| Arc::clone(credential))
    }

    async fn get(&self) -> object_store::Result<Arc<AwsCredential>> {
        if let Some(last) = self.last() {
            return Ok(last);
        }
        let new = self.source.credentials().await.map_err(|why| object_store::Error::Generic {
            store: "S3",
            source: Box::new(NoCredentials(why)),
        })?;
        let S3Credentials { access_key_id, secret_access_key, session_token, expires } = new;
        let credential =
            AwsCredential { key_id: access_key_id, secret_key: secret_access_key, token: session_token };
        let credential = Arc::new(credential);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some((Arc::clone(&credential), expires));
        Ok(credential)
    }
}

impl CredentialProvider for Remembered {
    type Credential = AwsCredential;

    fn get_credential<'s, 'f>(&'s self) -> BoxFuture<'f, object_store::Result<Arc<AwsCredential>>>
    where
        's: 'f,
        Self: 'f,
    {
        Box::pin(self.get())
    }
}

impl fmt::Debug for Remembered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Remembered(…)")
    }
}

impl fmt::Debug for S3Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("S3Credentials(…)")
    }
}
