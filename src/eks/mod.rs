//! EKS, IAM and STS: the port, and the simulator that enforces their documented rules.

mod port;
mod simulator;

pub use port::{
    AwsError, AwsErrorKind, Clock, EksApi, IamApi, NewEntry, Page, StsApi, Update, UpdateStatus, World,
};
pub use simulator::{
    At, Behaviour, Call, Change, Fault, NodeEntries, Operation, Outcome, Placeholders, ShownGroups,
    Simulator, SimulatorError, UnconfirmedPolicies, UnknownFault,
};
