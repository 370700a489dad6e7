//! `aws-auth`, read exactly as the EKS control plane reads it (aws-iam-authenticator v0.7.18).
//!
//! Text goes through [`Manifest::parse`] (the ConfigMap) and [`read`] (its three sections) to [`AwsAuth`]:
//! every entry with its status and its place in the file.

mod aws_auth;
mod describe;
mod manifest;
mod source;
mod yaml;

pub use aws_auth::{
    Account, AwsAuth, Damage, DropReason, EntryRef, Mapping, NeverMatches, Section, SectionName,
    SectionStatus, Status,
};
pub use manifest::{Manifest, ManifestError, ManifestErrorKind, ValuePlaces, emit};
pub use source::{Place, Source, Span};
// STUB-BEGIN
pub fn read(_: &Manifest) -> AwsAuth {
    unreachable!()
}
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct CutRefusal;
pub fn cut(_: &str, _: SectionName, _: &std::collections::BTreeSet<usize>) -> Result<String, CutRefusal> {
    unreachable!()
}
// STUB-END
