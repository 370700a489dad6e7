use super::connection::ConnectError;
use super::connection::connect::load;
use super::{AccountAccess, Aws, AwsOptions, OtherAccount};
use crate::eks::{AwsError, StsApi as _};
use crate::model::AccountId;

/// An account whose IAM is read beside the caller's own.
pub(super) struct Account {
    pub id: AccountId,
    pub iam: aws_sdk_iam::Client,
}

/// Why another account's IAM cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("account {0} is listed twice")]
    Twice(AccountId),
    #[error("account {0} is your own, and needs no other credentials")]
    Own(AccountId),
    #[error("the credentials for account {account} belong to account {found}")]
    Wrong { account: AccountId, found: String },
    #[error("cannot get credentials for account {account}")]
    Login { account: AccountId, source: AwsError },
    #[error("the configuration for account {account} is unusable")]
    Configuration { account: AccountId, source: Box<ConnectError> },
}

impl Account {
    /// Credentials for the account, checked to be of it: roles and users are looked up by name, so those of a wrong account
    /// could be mistaken for the right ones.
    pub async fn connect(
        home: &Aws,
        options: &AwsOptions,
        other: &OtherAccount,
        known: &[Self],
    ) -> Result<Self, AccountError> {
        let OtherAccount { account, by } = other;
        let account = *account;
        if known.iter().any(|known| known.id == account) {
            return Err(AccountError::Twice(account));
        }
        let login = |source| AccountError::Login { account, source };
        if home.get_caller_identity().await.map_err(login)?.account == account.as_str() {
            return Err(AccountError::Own(account));
        }
        let aws = match by {
            AccountAccess::Role(role) => home.assume(role).await.map_err(login)?,
            AccountAccess::Profile(profile) => {
                // the profile may name a region of its own; the caller's is as good, as IAM has one per partition
                let options =
                    AwsOptions { region: home.config.region().map(ToString::to_string), ..options.clone() };
                let config = load(Aws::defaults(), &options, Some(profile)).await;
                let config = config
                    .map_err(|source| AccountError::Configuration { account, source: Box::new(source) })?;
                Aws::of(options.cluster, config)
            }
        };
        let found = aws.get_caller_identity().await.map_err(login)?.account;
        if found != account.as_str() {
            return Err(AccountError::Wrong { account, found });
        }
        Ok(Self { id: account, iam: aws.iam })
    }
}
