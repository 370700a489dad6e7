//! EKS, IAM and STS: the port, and the simulator that enforces their documented rules.

mod port;
pub mod simulator;

pub use port::{
    AwsError, AwsErrorKind, Clock, EksApi, IamApi, IamPage, NewEntry, Page, RightsApi, StsApi, Update,
    UpdateStatus, World,
};
pub use simulator::Simulator;
