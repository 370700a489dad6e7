//! Runs on S3, for machines that vanish: journals of numbered objects, each of which only one writer can make.
//!
//! Calls block: they are made on a thread of their own, so that a journal is written where no other future gets
//! between a call and its record.

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
