//! Runs on S3, for machines that vanish: journals of numbered objects, each of which only one writer can make.
//!
//! Calls are made on a thread and a runtime of their own, whatever the caller's futures run on. Those of a run that is
//! under way wait for them without keeping each other, or the renewal of the Lease, from going on.

mod bounded;
mod bucket;
mod connect;
mod credentials;
mod error;
mod run;
mod store;
mod url;
mod worker;

pub use connect::S3Options;
pub use credentials::{S3CredentialSource, S3Credentials};
pub use error::{S3Error, S3ErrorKind};
pub use run::{S3Run, S3Runs};
pub use url::{InvalidS3Url, S3Url};
