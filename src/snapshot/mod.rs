//! The observed world, and its folder of native documents.

mod observed;

pub use observed::{
    Caller, Cluster, ClusterStatus, FargateProfile, IamRole, IamUser, Listing, Nodegroup, ObservedEntry,
    Snapshot,
};
