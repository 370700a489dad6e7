use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use crate::model::{AccountId, InvalidAccountId, PrincipalArn};

/// Which cluster, and how AWS is reached. What is not said here comes from the standard AWS configuration.
#[derive(Debug, Clone, Default)]
pub struct AwsOptions {
    pub cluster: String,
    pub region: Option<String>,
    /// Named on purpose, so it counts more than credentials in the environment, as it does for the AWS CLI.
    pub profile: Option<String>,
    /// Assumed by the caller before anything else, and the caller from then on.
    pub role: Option<PrincipalArn>,
    /// PEM certificates in place of the system's, as `AWS_CA_BUNDLE` names them; the SDK does not read that itself.
    pub ca_bundle: Option<PathBuf>,
    /// Whose roles and users are looked up beside those of the caller's account.
    pub accounts: Vec<OtherAccount>,
    pub timeouts: Timeouts,
}

/// What a server that says nothing costs: no call takes longer than `attempt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    pub connect: Duration,
    /// From the last byte sent to the first byte of the answer.
    pub read: Duration,
    /// A whole call, with looking for credentials and reading the answer.
    pub attempt: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(20),
            attempt: Duration::from_secs(60),
        }
    }
}

/// An account whose IAM is read with credentials of its own: `ACCOUNT=ROLE_ARN` or `ACCOUNT=PROFILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherAccount {
    pub account: AccountId,
    pub by: AccountAccess,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountAccess {
    /// Assumed by the caller.
    Role(String),
    /// Of the AWS configuration files.
    Profile(String),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOtherAccount {
    #[error("{0:?} is not ACCOUNT=ROLE_ARN or ACCOUNT=PROFILE")]
    Shape(String),
    #[error(transparent)]
    Account(#[from] InvalidAccountId),
    /// Such a role gives credentials of the wrong account.
    #[error("the role {role} is not in account {account}")]
    Elsewhere { account: AccountId, role: String },
}

impl FromStr for OtherAccount {
    type Err = InvalidOtherAccount;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shape = || InvalidOtherAccount::Shape(text.to_owned());
        let (account, by) = text.split_once('=').ok_or_else(shape)?;
        let account: AccountId = account.parse()?;
        if by.is_empty() {
            return Err(shape());
        }
        if !by.starts_with("arn:") {
            return Ok(Self { account, by: AccountAccess::Profile(by.to_owned()) });
        }
        let role: PrincipalArn = by.parse().map_err(|_| shape())?;
        if !role.is_role() {
            return Err(shape());
        }
        if *role.account() != account {
            return Err(InvalidOtherAccount::Elsewhere { account, role: by.to_owned() });
        }
        Ok(Self { account, by: AccountAccess::Role(by.to_owned()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws:iam::444455556666:role/ops/Reader";

    #[test]
    fn an_account_is_read_by_a_role_of_its_own_or_a_profile() {
        let read = |text: &str| text.parse::<OtherAccount>();
        let by = |by| Ok(OtherAccount { account: "444455556666".parse().unwrap(), by });
        assert_eq!(read(&format!("444455556666={ROLE}")), by(AccountAccess::Role(ROLE.to_owned())));
        assert_eq!(
            read("444455556666=other=account"),
            by(AccountAccess::Profile("other=account".to_owned()))
        );
        assert!(matches!(read(&format!("111122223333={ROLE}")), Err(InvalidOtherAccount::Elsewhere { .. })));
        assert!(matches!(read("4444=p"), Err(InvalidOtherAccount::Account(_))));
        for text in ["444455556666", "444455556666=", "444455556666=arn:aws:iam::444455556666:user/x"] {
            assert!(matches!(read(text), Err(InvalidOtherAccount::Shape(_))), "{text}");
        }
    }
}
