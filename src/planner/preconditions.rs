//! What of the cluster as a whole stands in the way, or is not known.

use std::collections::BTreeMap;

use super::{Standing, Target};
use crate::facts::EksMade;
use crate::findings::{Finding, PlatformGap, Reason};
use crate::model::{AuthenticationMode, EntrySupport, PrincipalArn};
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

/// Access entries that a cluster can have: L-C56B9FC3, which AWS does not raise (AWS General Reference, EKS quotas).
const ENTRY_QUOTA: usize = 3_000;

/// Those that are there, as far as they could be listed, and those that would come.
pub(super) fn of_quota(
    targets: &BTreeMap<PrincipalArn, Target>,
    existing: usize,
    made: &[EksMade],
) -> Option<Finding> {
    let is_new = |target: &&Target| matches!(target.standing, Standing::Create | Standing::NotYetObservable);
    // what EKS makes by itself counts as well
    let made = made.iter().filter(|made| !targets.contains_key(&made.principal)).count();
    let new = targets.values().filter(is_new).count() + made;
    if new == 0 || new + existing <= ENTRY_QUOTA {
        return None;
    }
    let reason = Reason::EntryQuota { all: new + existing, new, most: ENTRY_QUOTA };
    Some(Finding::new(None, "access entries", reason))
}

/// Entries need a platform version, and there is no way back from the mode that has them.
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
