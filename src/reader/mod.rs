//! `aws-auth`, read exactly as the EKS control plane reads it (aws-iam-authenticator v0.7.18).
//!
//! Text goes through [`Manifest::parse`] (the ConfigMap) and [`read`] (its three sections) to [`AwsAuth`]:
//! every entry with its status and its place in the file.

mod aws_auth;
mod manifest;
mod source;
mod typed;
mod yaml;

pub use aws_auth::{
    Account, AwsAuth, Damage, DropReason, EntryRef, Mapping, NeverMatches, Section, SectionName,
    SectionStatus, Status,
};
pub(crate) use manifest::emit_value;
pub use manifest::{Manifest, ManifestError, ManifestErrorKind, ValuePlaces, emit};
pub use source::{Place, Source, Span};
pub use typed::Misread;
pub(crate) use typed::{Location, Spanned, json_documents, strict_yaml_documents, yaml_documents};
