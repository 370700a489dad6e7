//! The observed world, and its folder of native documents.

mod folder;
mod observed;
mod part;
mod timestamp;

pub use folder::{FolderError, FolderErrorKind, Made, OtherCluster, RbacFile};
pub use observed::{
    Caller, Cluster, ClusterStatus, FargateProfile, IamRole, IamUser, IdentityProvider, Listing, Nodegroup,
    ObservedEntry, OwnSwitch, Snapshot,
};
pub use part::Part;
