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
        "not yet observable: EKS hides access entries in CONFIG_MAP mode; equal ones will be adopted, others stop the run"
    } else {
        "whether entries exist already, and differ"
    };
    [
        (
            Part::Cluster,
            cluster.is_some(),
            "that the plan fits the cluster: mode, account, and that it may be applied at all",
        ),
        (Part::AccessEntries, access_entries.is_some(), entries),
        (
            Part::AccessPolicies,
            access_policies.is_some(),
            "that the cluster's Region offers the access policies",
        ),
        (Part::Nodegroups, nodegroups.is_some(), "that every node group's role keeps its nodes"),
        (
            Part::FargateProfiles,
            fargate_profiles.is_some(),
            "that every Fargate profile's role keeps its pods",
        ),
        (Part::IamRoles, iam_roles.is_some(), "that roles exist, and their paths"),
        (Part::IamUsers, iam_users.is_some(), "that users exist"),
        (Part::Rbac, rbac.is_some(), "that bindings by old usernames and groups are carried over"),
        (Part::Caller, caller.is_some(), "that whoever runs this keeps access, and that their own entry comes last: who it is was not looked at"),
    ]
    .into_iter()
    .filter(|(_, known, _)| !known)
    .map(|(source, _, promise)| (source, promise.to_owned()))
    .collect()
}
