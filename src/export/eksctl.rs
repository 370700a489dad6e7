//! eksctl: a ClusterConfig with `accessConfig.accessEntries`, for `eksctl create accessentry -f`.

use super::error::{Unsayable, say_all};
use super::handover::Handover;
use super::spelling::{Spelling, TagShape};
use super::value::Value;
use super::{ExportError, yaml};
use crate::model::{AccessEntry, EntryType};

const SPELLING: Spelling = Spelling {
    principal: "principalARN",
    entry_type: "type",
    username: "kubernetesUsername",
    groups: "kubernetesGroups",
    policies: "accessPolicies",
    policy: "policyARN",
    scope: "accessScope",
    scope_type: "type",
    namespaces: "namespaces",
    // refused before
    tags: "tags",
    tag_shape: TagShape::Map,
};

/// # Errors
/// When it is not known which cluster it is, or eksctl cannot say a value: an entry of its has no tags, and one of four
/// types.
pub fn eksctl(handover: &Handover) -> Result<String, ExportError> {
    let cluster = handover.cluster()?;
    say_all("eksctl", handover.entries.iter().flat_map(|it| unsayable(&it.entry)).collect())?;
    let entries = handover.entries.iter().map(|entry| Value::fields(SPELLING.fields_of(&entry.entry)));
    let mode = handover.mode.filter(|mode| mode.has_entries());
    let config = [
        mode.map(|mode| ("authenticationMode", Value::text(mode))),
        Some(("accessEntries", Value::List(entries.collect()))),
    ];
    let metadata = [("name", Value::text(&cluster.name)), ("region", Value::text(&cluster.region))];
    Ok(yaml::document(&Value::fields([
        ("apiVersion", Value::text("eksctl.io/v1alpha5")),
        ("kind", Value::text("ClusterConfig")),
        ("metadata", Value::fields(metadata)),
        ("accessConfig", Value::fields(config.into_iter().flatten())),
    ])))
}

fn unsayable(entry: &AccessEntry) -> Vec<Unsayable> {
    let has_type = matches!(
        entry.entry_type,
        EntryType::Standard | EntryType::Ec2Linux | EntryType::Ec2Windows | EntryType::FargateLinux
    );
    let entry_type = (!has_type).then(|| format!("type {}", entry.entry_type));
    let tags = entry.tags.keys().map(|key| format!("tag {key:?}"));
    entry_type.into_iter().chain(tags).map(|what| Unsayable::of(&entry.principal, what)).collect()
}
