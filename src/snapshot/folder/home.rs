//! Which cluster the documents of a folder are of: those of another one say nothing about this one.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use super::error::OtherCluster;
use super::{FolderError, FolderErrorKind};
use crate::model::{ClusterId, Partition};

/// What one document says about the cluster it is of, each time with the first element that says so.
#[derive(Debug, Default)]
pub(super) struct Claims(BTreeMap<Claim, String>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Claim {
    Cluster(ClusterId),
    /// A name without its account and Region.
    Name(String),
    /// Credentials and ARNs are of one partition, and so is a cluster.
    Partition(Partition),
}

impl Claims {
    pub fn cluster(&mut self, id: &ClusterId) {
        self.0.entry(Claim::Cluster(id.clone())).or_insert_with(|| "the cluster".to_owned());
    }

    pub fn partition(&mut self, partition: Partition, who: impl FnOnce() -> String) {
        self.0.entry(Claim::Partition(partition)).or_insert_with(who);
    }

    /// By `clusterName`, and by an ARN such as `arn:P:eks:REGION:ACCOUNT:nodegroup/CLUSTER/…`; either may be absent, and
    /// an ARN of another form says nothing.
    pub fn of(&mut self, name: Option<&str>, arn: Option<&str>, who: impl Fn() -> String) {
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            self.0.entry(Claim::Name(name.to_owned())).or_insert_with(&who);
        }
        if let Some(id) = arn.and_then(cluster_of) {
            self.0.entry(Claim::Cluster(id)).or_insert_with(who);
        }
    }
}

fn cluster_of(arn: &str) -> Option<ClusterId> {
    let (head, resource) = arn.rsplit_once(':')?;
    let name = resource.split('/').nth(1)?;
    format!("{head}:cluster/{name}").parse().ok()
}

/// The cluster that the documents read so far are of, and the first of them that says so.
#[derive(Debug, Default)]
pub(super) struct Home(Option<(Claim, &'static str)>);

impl Home {
    /// # Errors
    /// When a claim of this document and one of an earlier document, or of this one, cannot both be true.
    pub fn check(&mut self, path: &Path, file: &'static str, claims: Claims) -> Result<(), FolderError> {
        for (claim, who) in claims.0 {
            match &self.0 {
                Some((known, document)) if !claim.fits(known) => {
                    let (found, expected) = (claim.to_string(), known.to_string());
                    let other = OtherCluster { who, found, expected, document };
                    let kind = FolderErrorKind::OtherCluster(Box::new(other));
                    return Err(FolderError::new(path, kind));
                }
                Some((known, _)) if known.says() >= claim.says() => {}
                _ => self.0 = Some((claim, file)),
            }
        }
        Ok(())
    }
}

impl Claim {
    fn fits(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Cluster(id), Self::Name(name)) | (Self::Name(name), Self::Cluster(id)) => id.name == *name,
            (Self::Cluster(id), Self::Partition(partition))
            | (Self::Partition(partition), Self::Cluster(id)) => id.partition == *partition,
            (Self::Name(_), Self::Partition(_)) | (Self::Partition(_), Self::Name(_)) => true,
            (one, other) => one == other,
        }
    }

    /// How much it says.
    fn says(&self) -> u8 {
        match self {
            Self::Partition(_) => 0,
            Self::Name(_) => 1,
            Self::Cluster(_) => 2,
        }
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cluster(id) => write!(f, "cluster {id}"),
            Self::Name(name) => write!(f, "cluster {name}"),
            Self::Partition(partition) => write!(f, "partition {partition}"),
        }
    }
}
