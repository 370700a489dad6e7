//! EKS, IAM, STS and CloudWatch Logs: the port and the adapter to AWS.

#[cfg(feature = "live")]
pub mod aws;
mod port;

pub use crate::model::{Update, UpdateStatus};
pub use port::{
    AUDIT_STREAMS, AwsError, AwsErrorKind, EksApi, IamApi, IamPage, LogsApi, NewEntry, Page, RightsApi,
    StsApi, log_group,
};
