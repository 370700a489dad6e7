use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::file::digest_of;
use super::{Fingerprint, PlanSource};
use crate::rbac::{Binding, SubjectKind};
use crate::reader::{AwsAuth, read};
use crate::snapshot::{Caller, Cluster, FargateProfile, Listing, Nodegroup, ObservedEntry, Snapshot};

/// Digests of what a plan depends on, source by source.
///
/// What changes without changing a plan is left out, or every busy account would make every plan stale: the cluster's
/// status and versions, other people's IAM roles and bindings, the caller's session name.
pub fn fingerprint(snapshot: &Snapshot) -> Fingerprint {
    let aws_auth = snapshot.aws_auth.as_ref().map(read);
    of_sources(snapshot, aws_auth.as_ref())
}

pub(super) fn of_sources(snapshot: &Snapshot, aws_auth: Option<&AwsAuth>) -> Fingerprint {
    let Snapshot {
        cluster,
        aws_auth: manifest,
        access_entries,
        access_policies: _,
        nodegroups,
        fargate_profiles,
        iam_roles,
        iam_users,
        rbac,
        namespaces: _,
        caller,
    } = snapshot;
    let names = Names::of(aws_auth, access_entries.as_deref().unwrap_or_default(), snapshot);
    let mut prints = Fingerprint::new();
    let mut put = |source, value: Option<Value>| {
        if let Some(value) = value {
            prints.insert(source, digest_of(&value));
        }
    };
    put(PlanSource::Cluster, cluster.as_ref().map(of_cluster));
    put(
        PlanSource::AwsAuth,
        Some(manifest.as_ref().map_or(Value::Null, |manifest| json!(manifest.config_map.data))),
    );
    put(
        PlanSource::AccessEntries,
        access_entries.as_ref().map(|entries| entries.iter().map(of_entry).collect()),
    );
    put(PlanSource::Nodegroups, nodegroups.as_ref().map(|groups| groups.iter().map(of_nodegroup).collect()));
    put(
        PlanSource::FargateProfiles,
        fargate_profiles.as_ref().map(|all| all.iter().map(of_fargate).collect()),
    );
    put(
        PlanSource::IamRoles,
        iam_roles.as_ref().map(|roles| {
            of_listing(
                roles,
                |role| names.arns.contains(&role.arn.canonical().to_lowercase()),
                |role| json!([role.arn, role.id, role.created]),
            )
        }),
    );
    put(
        PlanSource::IamUsers,
        iam_users.as_ref().map(|users| {
            of_listing(
                users,
                |user| names.arns.contains(&user.arn.canonical().to_lowercase()),
                |user| json!([user.arn, user.id, user.created]),
            )
        }),
    );
    put(
        PlanSource::Rbac,
        rbac.as_ref().map(|rbac| {
            rbac.bindings.iter().filter(|binding| names.concern(binding)).map(|b| json!(b)).collect()
        }),
    );
    put(PlanSource::Caller, caller.as_ref().map(of_caller));
    prints
}

fn of_cluster(cluster: &Cluster) -> Value {
    let Cluster { id, version: _, platform_version: _, status: _, mode, endpoint: _, auto_mode_node_role } =
        cluster;
    json!([id, mode, auto_mode_node_role])
}

fn of_entry(entry: &ObservedEntry) -> Value {
    let ObservedEntry {
        principal,
        entry_type,
        username,
        groups,
        policies,
        tags,
        arn: _,
        created,
        modified: _,
    } = entry;
    json!([principal, entry_type, username, groups, policies.iter().collect::<Vec<_>>(), tags, created])
}

fn of_nodegroup(nodegroup: &Nodegroup) -> Value {
    let Nodegroup { name, node_role, ami_type } = nodegroup;
    json!([name, node_role, ami_type])
}

fn of_fargate(profile: &FargateProfile) -> Value {
    let FargateProfile { name, pod_execution_role } = profile;
    json!([name, pod_execution_role])
}

fn of_listing<T>(listing: &Listing<T>, keep: impl Fn(&T) -> bool, value: impl Fn(&T) -> Value) -> Value {
    json!([listing.complete, listing.items.iter().filter(|item| keep(item)).map(value).collect::<Vec<_>>()])
}

/// Another session of the same role is the same caller.
fn of_caller(caller: &Caller) -> Value {
    let Caller { arn, account, user_id: _ } = caller;
    json!([super::caller::canonical(arn), account])
}

/// The names that a plan looks up in IAM and RBAC.
struct Names {
    /// Canonical and in lower case.
    arns: BTreeSet<String>,
    groups: BTreeSet<String>,
}

impl Names {
    fn of(aws_auth: Option<&AwsAuth>, entries: &[ObservedEntry], snapshot: &Snapshot) -> Self {
        let mut arns: BTreeSet<String> = entries
            .iter()
            .map(|entry| match entry.principal.parse::<crate::model::PrincipalArn>() {
                Ok(principal) => principal.canonical().to_lowercase(),
                Err(_) => entry.principal.to_lowercase(),
            })
            .collect();
        let mut groups = BTreeSet::new();
        for mapping in
            aws_auth.iter().flat_map(|aws_auth| aws_auth.roles.entries.iter().chain(&aws_auth.users.entries))
        {
            arns.insert(mapping.arn.to_lowercase());
            groups.extend(mapping.groups.iter().flatten().cloned());
        }
        for subject in
            snapshot.rbac.iter().flat_map(|rbac| &rbac.bindings).flat_map(|binding| &binding.subjects)
        {
            if subject.kind == SubjectKind::User && subject.name.starts_with("arn:") {
                arns.insert(subject.name.to_lowercase());
            }
        }
        Self { arns, groups }
    }

    fn concern(&self, binding: &Binding) -> bool {
        binding.subjects.iter().any(|subject| match subject.kind {
            SubjectKind::Group => self.groups.contains(&subject.name),
            SubjectKind::User => !subject.name.starts_with("system:serviceaccount:"),
            SubjectKind::ServiceAccount | SubjectKind::Other(_) => false,
        })
    }
}
