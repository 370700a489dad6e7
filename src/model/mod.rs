//! The vocabulary: every value of the field, parsed once at the border.
//!
//! Nothing here performs I/O. Types that stand for something AWS would refuse cannot be built.

mod account;
mod arn;
mod canonical;
mod cluster;
mod config_map;
mod entry;
pub(crate) mod fold;
mod group;
mod login;
mod mode;
mod partition;
mod phase;
mod platform;
mod policy;
#[cfg(test)]
pub(crate) mod schema;
mod scope;
mod tag;
mod update;
mod username;

pub use account::{AccountId, InvalidAccountId};
pub use arn::{IamArn, InvalidArn, OtherLogin, PrincipalArn, PrincipalKind};
pub use canonical::{CanonicalArn, parse_any_case};
pub use cluster::{ClusterId, InvalidClusterArn};
pub use config_map::{ConfigMap, ConfigMapParts};
pub use entry::{AccessEntry, Associations, EntryRefusal, EntryType, EntryUsername};
pub use group::{GroupName, GroupRefusal};
pub use login::{Ec2PrivateDnsNames, LoginValues, TemplateFailure, plain_session};
pub use mode::{AuthenticationMode, UnknownMode};
pub use partition::{Partition, UnknownPartition};
pub use phase::Phase;
pub use platform::EntrySupport;
pub use policy::{InvalidPolicyArn, PolicyArn};
pub use scope::{AccessScope, EmptyScope};
pub use tag::{RUN_TAG, is_reserved_tag};
pub use update::{UnknownUpdateStatus, Update, UpdateStatus};
pub use username::{RESERVED_PREFIXES, Token, Username, UsernameRefusal, UsernameTemplate};
