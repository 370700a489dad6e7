//! The SDK's types as the model's. What is missing or cannot be read is said in a few words.

mod cluster;
mod entry;
mod time;

pub(super) use cluster::{cluster, fargate_profile, nodegroup, update};
pub(super) use entry::{association, entry, policy, scope};
pub(super) use time::{maybe, time};

/// A field that the API documents as always there.
pub(super) fn required<T>(field: Option<T>, name: &str) -> Result<T, String> {
    field.ok_or_else(|| format!("the answer has no {name}"))
}
