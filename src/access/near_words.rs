//! What comes near to a request, and what it lacks, in words.

use std::fmt::Display;

use super::{NearMiss, NearMissKind};
use crate::model::GroupName;
use crate::parity::GrantedBy;
use crate::rbac::Attributes;

/// At most so many names in a sentence.
const SHOWN: usize = 4;

/// `RoleBinding shop/devs (ClusterRole edit)`, `AmazonEKSViewPolicy (cluster)`.
pub(super) fn source(by: &GrantedBy) -> String {
    match by {
        GrantedBy::Binding { binding, subject: _ } => binding.to_string(),
        GrantedBy::AccessPolicy { policy, scope } => format!("{} ({scope})", policy.name()),
        GrantedBy::Masters => format!("Group {:?}", GroupName::MASTERS),
        GrantedBy::NodeAuthorizer => "the Node authorizer".to_owned(),
    }
}

/// `RoleBinding shop/devs (ClusterRole edit) has get, list on pods, not delete`.
pub fn near(miss: &NearMiss, what: &Attributes) -> String {
    let NearMiss { by, rule, kind } = miss;
    let by = source(by);
    let (thing, verb, group) = match what {
        Attributes::NonResource { path, verb } => (path.clone(), verb, ""),
        Attributes::Resource { resource, subresource, verb, group, .. } => {
            let below = subresource.as_ref().map(|of| format!("/{of}")).unwrap_or_default();
            (format!("{resource}{below}"), verb, group.as_str())
        }
    };
    let of = |group: &str| if group.is_empty() { "the core group".to_owned() } else { group.to_owned() };
    let verbs = few(&rule.verbs, ", ");
    match kind {
        NearMissKind::Name => {
            format!("{by} has {verbs} on {thing} by the names {} alone", few(&rule.resource_names, ", "))
        }
        NearMissKind::Namespace { namespaces } => {
            let s = if namespaces.len() == 1 { "" } else { "s" };
            format!("{by} has it in namespace{s} {} alone", few(namespaces, ", "))
        }
        NearMissKind::Verb => format!("{by} has {verbs} on {thing}, not {verb}"),
        NearMissKind::Subresource | NearMissKind::Resource => {
            format!("{by} has {verbs} on {}, not on {thing}", few(&rule.resources, ", "))
        }
        NearMissKind::Group => {
            let groups = rule.api_groups.iter().map(|group| of(group));
            format!("{by} has {verbs} on {thing} of {}, not of {}", few(groups, ", "), of(group))
        }
        NearMissKind::Path => {
            format!("{by} has {verbs} on {}, not on {thing}", few(&rule.non_resource_urls, ", "))
        }
        NearMissKind::NoRole => format!("{by} names a role that is not there"),
    }
}

/// The first of them, and how many more there are.
pub(super) fn few<T: Display>(items: impl IntoIterator<Item = T>, between: &str) -> String {
    let all: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    let shown = all[..all.len().min(SHOWN)].join(between);
    match all.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
