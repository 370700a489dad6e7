//! EKS, IAM and STS: the port and the adapter to AWS.

#[cfg(feature = "live")]
pub mod aws;
mod port;

pub use crate::model::{Update, UpdateStatus};
pub use port::{AwsError, AwsErrorKind, EksApi, IamApi, IamPage, NewEntry, Page, RightsApi, StsApi};
