//! `aws-auth`, read exactly as the EKS control plane reads it (aws-iam-authenticator v0.7.18).
//!
//! Text goes through [`Manifest::parse`] (the ConfigMap) and [`read`] (its three sections) to [`AwsAuth`]:
//! every entry with its status and its place in the file.

mod accounts;
mod aws_auth;
mod cut;
mod describe;
mod fields;
mod layout;
mod line_place;
mod lines;
mod lookup;
mod manifest;
mod mappings;
mod memory_limit;
mod oddities;
mod section;
mod source;
mod yaml;

pub use crate::model::{Ec2PrivateDnsNames, TemplateFailure};
pub use aws_auth::{
    Account, AwsAuth, Damage, DropReason, EntryRef, Lost, Mapping, NeverMatches, Section, SectionName,
    SectionStatus, Status,
};
pub use cut::{CutRefusal, cut, cut_read};
pub use layout::Layout;
pub use line_place::LinePlace;
pub use lookup::{Identity, IdentityRejection, Lookup, Mapped, lookup};
pub(crate) use manifest::emit_value;
pub use manifest::{LooksLike, Manifest, ManifestError, ManifestErrorKind, ValuePlaces, emit};
pub use oddities::{Oddity, OddityKind, oddities};
pub use source::{Place, Source, Span};
pub use yaml::ValueKind;

/// Reads the three sections as EKS does. There is no error: what EKS cannot read, it takes as empty.
pub fn read(manifest: &Manifest) -> AwsAuth {
    let sections = section::Sections::of(manifest);
    let roles = mappings::read(&sections, SectionName::MapRoles);
    let mut users = mappings::read(&sections, SectionName::MapUsers);
    lookup::precedence::shadow(&roles, &mut users);
    AwsAuth { roles, users, accounts: accounts::read(&sections) }
}
