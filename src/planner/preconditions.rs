//! What of the cluster as a whole stands in the way, or is not known.

use crate::findings::{Finding, PlatformGap, Reason};
use crate::model::{AuthenticationMode, EntrySupport};
use crate::reader::AwsAuth;
use crate::snapshot::{Cluster, Part, Snapshot};

pub(super) fn of_cluster(snapshot: &Snapshot, aws_auth: Option<&AwsAuth>) -> Vec<Finding> {
    let cluster = snapshot.cluster.as_ref();
    let mut notices = Vec::new();
    notices.extend(cluster.and_then(platform));
    if cluster.is_some_and(|cluster| cluster.mode.reads_config_map()) {
        notices.extend(unknown_nodes(snapshot));
    }
    notices.extend(unread_keys(snapshot));
    notices.extend(nothing_read(cluster, aws_auth));
    notices
}

/// Entries need a platform version, and the change to the mode that has them is irreversible.
fn platform(cluster: &Cluster) -> Option<Finding> {
    if cluster.mode.has_entries() {
        return None;
    }
    let Cluster { version, platform_version: platform, outpost, .. } = cluster;
    let (version, platform) = (version.clone(), platform.clone());
    let why = match EntrySupport::of(&version, &platform) {
        _ if *outpost => PlatformGap::Outpost,
        EntrySupport::Supported => return None,
        EntrySupport::TooOld { needs } => PlatformGap::TooOld { version, platform, needs },
        EntrySupport::Unreadable => PlatformGap::Unreadable { version, platform },
    };
    Some(Finding::new(None, cluster.id.name.as_str(), Reason::PlatformVersion { why }))
}

fn unknown_nodes(snapshot: &Snapshot) -> Option<Finding> {
    let (subject, missing) = match (&snapshot.nodegroups, &snapshot.fargate_profiles) {
        (Some(_), Some(_)) => return None,
        (None, Some(_)) => ("node groups", vec![Part::Nodegroups]),
        (Some(_), None) => ("Fargate profiles", vec![Part::FargateProfiles]),
        (None, None) => ("node groups and Fargate profiles", vec![Part::Nodegroups, Part::FargateProfiles]),
    };
    Some(Finding::new(None, subject, Reason::NodesUnknown { missing }))
}

fn unread_keys(snapshot: &Snapshot) -> Vec<Finding> {
    let data = snapshot.aws_auth.iter().flat_map(|manifest| manifest.config_map.data.keys());
    let reasons = data.filter_map(|key| Some((key, Reason::of_key(key)?)));
    reasons.map(|(key, reason)| Finding::new(None, key.as_str(), reason)).collect()
}

/// Where the cluster has entries already, an empty `aws-auth` may be what is meant.
fn nothing_read(cluster: Option<&Cluster>, aws_auth: Option<&AwsAuth>) -> Option<Finding> {
    let has_lines = aws_auth.is_some_and(|it| {
        !(it.roles.entries.is_empty() && it.users.entries.is_empty() && it.accounts.entries.is_empty())
    });
    if has_lines || cluster.is_some_and(|cluster| cluster.mode != AuthenticationMode::ConfigMap) {
        return None;
    }
    Some(Finding::new(None, "aws-auth", Reason::NothingRead { absent: aws_auth.is_none() }))
}
