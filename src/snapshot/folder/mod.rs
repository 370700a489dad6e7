//! The snapshot folder: what `kubectl -o yaml` and `aws --output json` print, one file for each.

mod access;
mod api_resources;
mod aws_auth;
mod caller;
mod cluster;
mod compute;
mod document;
mod error;
mod home;
mod iam;
mod identity_providers;
mod kubernetes;
mod made;
mod manifests;
mod native;
mod rbac;
#[cfg(test)]
mod tests;
mod updates;

use std::fs;
use std::io;
use std::path::Path;

pub use error::{FolderError, FolderErrorKind, OtherCluster};
pub use made::Made;
pub use manifests::RbacFile;

use document::Document;
use home::Home;

use super::Snapshot;
use crate::files;

impl Snapshot {
    /// The names of the files that a folder may have.
    pub fn documents() -> impl Iterator<Item = &'static str> {
        let native = [
            cluster::CLUSTER.file,
            updates::UPDATES.file,
            access::ENTRIES.file,
            access::POLICIES.file,
            compute::NODEGROUPS.file,
            compute::FARGATE_PROFILES.file,
            iam::ROLES.file,
            iam::USERS.file,
            rbac::RBAC.file,
            kubernetes::NAMESPACES.file,
            api_resources::API_RESOURCES.file,
            identity_providers::IDENTITY_PROVIDERS.file,
            caller::CALLER.file,
        ];
        native.into_iter().chain([aws_auth::FILE])
    }

    /// Reads the documents that a folder has; one that is absent is unknown.
    ///
    /// # Errors
    /// When the folder or a document cannot be read, or a document is of another cluster than the others.
    pub fn load(directory: &Path) -> Result<Self, FolderError> {
        let (snapshot, broken) = Self::load_readable(directory)?;
        broken.into_iter().next().map_or(Ok(snapshot), Err)
    }

    /// The same for what needs `aws-auth` alone: another document that cannot be read, or is of another cluster, is
    /// unknown, and why is told beside.
    ///
    /// # Errors
    /// When the folder or its `aws-auth` cannot be read.
    pub fn load_readable(directory: &Path) -> Result<(Self, Vec<FolderError>), FolderError> {
        let unreadable = |cause| FolderError::new(directory, FolderErrorKind::Read(cause));
        if !fs::metadata(directory).map_err(unreadable)?.is_dir() {
            return Err(unreadable(io::ErrorKind::NotADirectory.into()));
        }
        let mut reader = Reader { directory, home: Home::default(), broken: Vec::new() };
        let snapshot = Self {
            cluster: reader.read(&cluster::CLUSTER),
            updates: reader.read(&updates::UPDATES),
            aws_auth: aws_auth::load(directory)?,
            access_entries: reader.read(&access::ENTRIES),
            access_policies: reader.read(&access::POLICIES),
            nodegroups: reader.read(&compute::NODEGROUPS),
            fargate_profiles: reader.read(&compute::FARGATE_PROFILES),
            iam_roles: reader.read(&iam::ROLES),
            iam_users: reader.read(&iam::USERS),
            rbac: reader.read(&rbac::RBAC),
            namespaces: reader.read(&kubernetes::NAMESPACES),
            api_resources: reader.read(&api_resources::API_RESOURCES),
            identity_providers: reader.read(&identity_providers::IDENTITY_PROVIDERS),
            caller: reader.read(&caller::CALLER),
            own_switch: None,
            evidence: None,
        };
        Ok((snapshot, reader.broken))
    }

    /// Makes the folder say what the snapshot says, and makes the folder where there is none.
    ///
    /// A document that says it already keeps its bytes, whoever made it. The document of an unknown value is removed;
    /// files of other names are left alone.
    ///
    /// # Errors
    /// When a document that is there cannot be read, in which case nothing is changed; or when one cannot be written.
    pub fn save(&self, directory: &Path) -> Result<(), FolderError> {
        let Self {
            cluster,
            updates,
            aws_auth,
            access_entries,
            access_policies,
            nodegroups,
            fargate_profiles,
            iam_roles,
            iam_users,
            rbac,
            namespaces,
            api_resources,
            identity_providers,
            caller,
            own_switch: _,
            evidence: _,
        } = self;
        let changes = [
            cluster::CLUSTER.change(directory, cluster.as_ref())?,
            updates::UPDATES.change(directory, updates.as_ref())?,
            aws_auth::change(directory, aws_auth.as_ref())?,
            access::ENTRIES.change(directory, access_entries.as_ref())?,
            access::POLICIES.change(directory, access_policies.as_ref())?,
            compute::NODEGROUPS.change(directory, nodegroups.as_ref())?,
            compute::FARGATE_PROFILES.change(directory, fargate_profiles.as_ref())?,
            iam::ROLES.change(directory, iam_roles.as_ref())?,
            iam::USERS.change(directory, iam_users.as_ref())?,
            rbac::RBAC.change(directory, rbac.as_ref())?,
            kubernetes::NAMESPACES.change(directory, namespaces.as_ref())?,
            api_resources::API_RESOURCES.change(directory, api_resources.as_ref())?,
            identity_providers::IDENTITY_PROVIDERS.change(directory, identity_providers.as_ref())?,
            caller::CALLER.change(directory, caller.as_ref())?,
        ];
        files::create_directory(directory)
            .map_err(|cause| FolderError::new(directory, FolderErrorKind::Write(cause)))?;
        changes.into_iter().flatten().try_for_each(document::Change::carry_out)
    }
}

/// The documents of a folder, one after the other.
struct Reader<'d> {
    directory: &'d Path,
    home: Home,
    broken: Vec<FolderError>,
}

impl Reader<'_> {
    fn read<T: PartialEq>(&mut self, document: &Document<T>) -> Option<T> {
        document.load(self.directory, &mut self.home).unwrap_or_else(|error| {
            self.broken.push(error);
            None
        })
    }
}
