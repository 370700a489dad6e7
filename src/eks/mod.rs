//! EKS, IAM and STS: the port, and the simulator that enforces their documented rules.

mod port;

pub use port::{
    AwsError, AwsErrorKind, Clock, EksApi, IamApi, NewEntry, Page, StsApi, Update, UpdateStatus, World,
};
