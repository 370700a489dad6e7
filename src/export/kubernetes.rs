//! Objects of Kubernetes that stand for entries: their names.

use super::Entry;
use crate::model::ClusterId;

/// A DNS subdomain (Kubernetes, "Object Names and IDs"): the cluster's name and the entry's key, since one cluster can manage
/// the entries of many.
pub(super) fn object_name(cluster: &ClusterId, entry: &Entry) -> String {
    let text = format!("{}-{}", cluster.name, entry.key);
    text.to_ascii_lowercase().replace('_', "-")
}
