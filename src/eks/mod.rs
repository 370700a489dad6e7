//! EKS, IAM and STS: the port, the adapter to AWS, and the simulator that enforces their documented rules.

#[cfg(feature = "live")]
pub mod aws;
mod port;
pub mod simulator;

pub use crate::model::{Update, UpdateStatus};
pub use port::{
    AwsError, AwsErrorKind, Clock, EksApi, IamApi, IamPage, NewEntry, Page, RightsApi, StsApi, World,
};
pub use simulator::Simulator;
