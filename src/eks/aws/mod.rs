//! The adapter to AWS by its SDK: EKS, IAM, STS and CloudWatch Logs behind the ports, as the standard AWS configuration names them.
//!
//! Calls are made once: retrying, paging and polling belong to the executor, which must see every try of a write to
//! know what an answer such as "already in use" means. No value here shows a credential or a token.

mod accounts;
mod asked;
mod codes;
mod connection;
mod convert;
mod eks;
mod errors;
mod iam;
mod logs;
mod rights;
mod sts;
mod whole;

use std::error::Error;
use std::fmt;
use std::rc::Rc;
use std::sync::OnceLock;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::SdkConfig;
use futures_util::TryFutureExt as _;

use crate::carrier::{Carrier, carry};
use crate::eks::AwsError;
use crate::model::ClusterId;

pub use connection::{
    AccountAccess, AwsOptions, CaBundleError, ClusterEndpoint, ConnectError, Credentials,
    InvalidOtherAccount, NoCredentials, NoEndpoint, OtherAccount, Timeouts, Tokens,
};
pub use sts::SESSION;

/// The clients of one cluster and one caller.
pub struct Aws {
    cluster: String,
    config: SdkConfig,
    eks: aws_sdk_eks::Client,
    iam: aws_sdk_iam::Client,
    sts: aws_sdk_sts::Client,
    logs: OnceLock<aws_sdk_cloudwatchlogs::Client>,
    others: Vec<accounts::Account>,
    /// As the first DescribeCluster told it: every later answer is about the same one.
    known: OnceLock<ClusterId>,
    /// Who is asked about when it is about rights; asked for once.
    caller_arn: OnceLock<String>,
    /// Whose policies are simulated, once it is known.
    source_arn: OnceLock<String>,
    carrier: Option<Rc<dyn Carrier>>,
}

impl Aws {
    /// The same clients, each of whose calls is carried.
    #[must_use]
    pub fn carried_by(self, carrier: Rc<dyn Carrier>) -> Self {
        Self { carrier: Some(carrier), ..self }
    }

    /// What every call goes through.
    fn call<'c, T: 'c, E: Error + ProvideErrorMetadata + 'static>(
        &'c self,
        operation: &'static str,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>> + 'c,
    ) -> impl Future<Output = Result<T, AwsError>> + 'c {
        carry(self.carrier.as_deref(), operation, call.map_err(errors::of(operation)))
    }
}

impl fmt::Debug for Aws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // the configuration stays out: it leads to credentials
        f.debug_struct("Aws").field("cluster", &self.cluster).finish_non_exhaustive()
    }
}
