//! What of the cluster as a whole stands in the way, or is not known.

use super::{Notice, Phase, Severity};
use crate::model::{AuthenticationMode, EntrySupport};
use crate::reader::{AwsAuth, SectionName};
use crate::snapshot::{Cluster, Snapshot};

pub(super) fn of_cluster(snapshot: &Snapshot, aws_auth: Option<&AwsAuth>) -> Vec<Notice> {
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

/// Entries need a platform version, and there is no way back from the mode that has them.
fn platform(cluster: &Cluster) -> Option<Notice> {
    if cluster.mode.has_entries() {
        return None;
    }
    let Cluster { version, platform_version: platform, outpost, .. } = cluster;
    if *outpost {
        // EKS: "Local Amazon EKS cluster only supports … authenticationMode=CONFIG_MAP"
        let message = "it is a local cluster on an Outpost, which EKS keeps in CONFIG_MAP mode: it has no access entries";
        let help = "leave it on aws-auth; plan again when AWS says that local clusters have access entries";
        let severity = Severity::Blocks(Phase::DualMode);
        return Some(notice("platform-version", severity, cluster.id.name.clone(), message.to_owned(), help));
    }
    let (severity, message, help) = match EntrySupport::of(version, platform) {
        EntrySupport::Supported => return None,
        EntrySupport::TooOld { needs } => (
            Severity::Blocks(Phase::DualMode),
            format!(
                "EKS has no access entries on Kubernetes {version} with platform version {platform}: they need {needs}"
            ),
            "upgrade the cluster first",
        ),
        EntrySupport::Unreadable => (
            Severity::Warning,
            format!(
                "whether EKS has access entries on Kubernetes {version:?} with platform version {platform:?} is not known"
            ),
            "compare with the EKS user guide",
        ),
    };
    Some(notice("platform-version", severity, cluster.id.name.clone(), message, help))
}

fn unknown_nodes(snapshot: &Snapshot) -> Option<Notice> {
    let missing = match (&snapshot.nodegroups, &snapshot.fargate_profiles) {
        (Some(_), Some(_)) => return None,
        (None, Some(_)) => "node groups",
        (Some(_), None) => "Fargate profiles",
        (None, None) => "node groups and Fargate profiles",
    };
    Some(notice(
        "nodes-unknown",
        Severity::Blocks(Phase::ApiMode),
        missing.to_owned(),
        "they were not looked at, so whether each of their roles will have an entry is not known".to_owned(),
        "add nodegroups.json and fargate-profiles.json to the snapshot; a cluster without any has `[]` in them",
    ))
}

fn unread_keys(snapshot: &Snapshot) -> Vec<Notice> {
    let data = snapshot.aws_auth.iter().flat_map(|manifest| manifest.config_map.data.keys());
    let unread = data.filter(|key| SectionName::ALL.iter().all(|name| name.as_str() != key.as_str()));
    unread
        .map(|key| {
            let meant = SectionName::ALL.iter().find(|name| name.as_str().eq_ignore_ascii_case(key));
            let (rule, help) = match meant {
                Some(name) => ("key-case", format!("rename it to {name} if its lines are meant to count")),
                None => ("unread-key", "move its lines into mapRoles or mapUsers if they are missed".to_owned()),
            };
            let message = "the server does not read this key of aws-auth; nobody is let in by it, and none of it is planned";
            notice(rule, Severity::Warning, key.clone(), message.to_owned(), &help)
        })
        .collect()
}

/// Only a cluster that has entries already can be meant to be without a line.
fn nothing_read(cluster: Option<&Cluster>, aws_auth: Option<&AwsAuth>) -> Option<Notice> {
    let has_lines = aws_auth.is_some_and(|it| {
        !(it.roles.entries.is_empty() && it.users.entries.is_empty() && it.accounts.entries.is_empty())
    });
    if has_lines || cluster.is_some_and(|cluster| cluster.mode != AuthenticationMode::ConfigMap) {
        return None;
    }
    let message = match aws_auth {
        Some(_) => "the server reads not one line of it, so this plan moves nobody",
        None => "there is none, so this plan moves nobody",
    };
    let help = "see that the snapshot is of the right cluster, and that its aws-auth is whole";
    Some(notice("nothing-read", Severity::Warning, "aws-auth".to_owned(), message.to_owned(), help))
}

pub(super) fn notice(rule: &str, severity: Severity, subject: String, message: String, help: &str) -> Notice {
    Notice { rule: rule.to_owned(), severity, at: None, subject, message, help: vec![help.to_owned()] }
}
