//! What was not looked at, and the promise that goes with it.

use std::collections::BTreeMap;

use crate::model::AuthenticationMode;
use crate::snapshot::{Part, Snapshot};

/// Sources that were not looked at, and the promise that is therefore not given.
pub(super) fn unknown(snapshot: &Snapshot) -> BTreeMap<Part, String> {
    let Snapshot {
        cluster,
        updates: _,
        aws_auth: _,
        access_entries,
        access_policies,
        nodegroups,
        fargate_profiles,
        iam_roles,
        iam_users,
        rbac,
        namespaces: _,
        api_resources: _,
        identity_providers: _,
        caller,
        own_switch: _,
        evidence: _,
    } = snapshot;
    let hidden = cluster.as_ref().is_some_and(|cluster| cluster.mode == AuthenticationMode::ConfigMap);
    let entries = if hidden {
        "not yet observable: EKS hides access entries in CONFIG_MAP mode; identical ones are adopted, different ones stop the run"
    } else {
        "which entries already exist"
    };
    [
        (Part::Cluster, cluster.is_some(), "the cluster's mode and account, so this plan cannot be applied"),
        (Part::AccessEntries, access_entries.is_some(), entries),
        (Part::AccessPolicies, access_policies.is_some(), "which access policies the Region has"),
        (Part::Nodegroups, nodegroups.is_some(), "that every node group's role gets an entry"),
        (
            Part::FargateProfiles,
            fargate_profiles.is_some(),
            "that every Fargate profile's role gets an entry",
        ),
        (Part::IamRoles, iam_roles.is_some(), "that roles exist, and their full ARNs"),
        (Part::IamUsers, iam_users.is_some(), "that users exist"),
        (Part::Rbac, rbac.is_some(), "which bindings name the users and groups"),
        (Part::Caller, caller.is_some(), "that you keep access, and that your own entry is created last"),
    ]
    .into_iter()
    .filter(|(_, known, _)| !known)
    .map(|(source, _, promise)| (source, promise.to_owned()))
    .collect()
}
