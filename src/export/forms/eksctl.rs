//! eksctl: a ClusterConfig with `accessConfig.accessEntries`, for `eksctl create accessentry -f`.

use std::collections::BTreeMap;

use super::spelling::{Spelling, TagShape};
use crate::export::error::{Unsayable, say_all};
use crate::export::handover::Handover;
use crate::export::value::Value;
use crate::export::{ExportError, yaml};
use crate::model::{AccessEntry, EntryType, RUN_TAG};

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
/// types. The tag of a run is no value of anybody's, and left out.
pub fn eksctl(handover: &Handover) -> Result<String, ExportError> {
    let cluster = handover.cluster()?;
    say_all("eksctl", handover.entries.iter().flat_map(|it| unsayable(&it.entry)).collect())?;
    let entries = handover.entries.iter().map(|entry| {
        // only what says nothing of access is left by now
        let untagged = AccessEntry { tags: BTreeMap::new(), ..entry.entry.clone() };
        Value::fields(SPELLING.fields_of(&untagged))
    });
    let mode = handover.mode.filter(|mode| mode.has_entries());
    let config = [
        mode.map(|mode| ("authenticationMode", Value::text(mode))),
        Some(("accessEntries", Value::List(entries.collect()))),
    ];
    let metadata = [("name", Value::text(&cluster.name)), ("region", Value::text(&cluster.region))];
    let config = Value::fields([
        ("apiVersion", Value::text("eksctl.io/v1alpha5")),
        ("kind", Value::text("ClusterConfig")),
        ("metadata", Value::fields(metadata)),
        ("accessConfig", Value::fields(config.into_iter().flatten())),
    ]);
    Ok(handover.comments("#", false) + &yaml::document(&config))
}

fn unsayable(entry: &AccessEntry) -> Vec<Unsayable> {
    let has_type = matches!(
        entry.entry_type,
        EntryType::Standard | EntryType::Ec2Linux | EntryType::Ec2Windows | EntryType::FargateLinux
    );
    let entry_type = (!has_type).then(|| format!("type {}", entry.entry_type));
    let tags = entry.tags.keys().filter(|key| *key != RUN_TAG).map(|key| format!("tag {key:?}"));
    entry_type.into_iter().chain(tags).map(|what| Unsayable::of(&entry.principal, what)).collect()
}
