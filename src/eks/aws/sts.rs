use aws_config::sts::AssumeRoleProvider;
use aws_credential_types::provider::SharedCredentialsProvider;

use super::convert::required;
use super::{Aws, errors};
use crate::eks::{AwsError, StsApi};
use crate::snapshot::Caller;

const IDENTITY: &str = "sts:GetCallerIdentity";

/// What CloudTrail and the server's audit log show of a role that was assumed.
pub const SESSION: &str = "eksodus";

impl StsApi for Aws {
    async fn get_caller_identity(&self) -> Result<Caller, AwsError> {
        let answer = self.call(IDENTITY, self.sts.get_caller_identity().send()).await?;
        let read = || {
            Ok(Caller {
                arn: required(answer.arn, "Arn")?,
                account: required(answer.account, "Account")?,
                user_id: required(answer.user_id, "UserId")?,
            })
        };
        read().map_err(|message: String| errors::unreadable(IDENTITY, message))
    }
}

impl Aws {
    /// The same cluster as another caller: a role that this one may assume. Other accounts are not taken along.
    ///
    /// # Errors
    /// `sts:AssumeRole` with what STS says, when it refuses.
    pub async fn assume(&self, role_arn: &str) -> Result<Self, AwsError> {
        let role = AssumeRoleProvider::builder(role_arn).session_name(SESSION).configure(&self.config);
        let provider = SharedCredentialsProvider::new(role.build().await);
        let config = self.config.to_builder().credentials_provider(provider).build();
        let assumed = Self::of(self.cluster.clone(), config);
        // the provider asks STS only when credentials are needed: now, so that a refusal is told here
        assumed.get_caller_identity().await?;
        Ok(assumed)
    }
}
