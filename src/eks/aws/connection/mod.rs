//! How AWS is reached: by which configuration and credentials, at which endpoint, and how much of an answer is read.

mod bounded;
pub(super) mod connect;
pub(super) mod credentials;
pub(super) mod endpoint;
pub(super) mod http;
pub(super) mod options;
pub(super) mod presign;
pub(super) mod profile;
pub(super) mod tokens;

pub use connect::ConnectError;
pub use credentials::{Credentials, NoCredentials};
pub use endpoint::{ClusterEndpoint, NoEndpoint};
pub use http::CaBundleError;
pub use options::{AccountAccess, AwsOptions, InvalidOtherAccount, OtherAccount, Timeouts};
pub use tokens::Tokens;
