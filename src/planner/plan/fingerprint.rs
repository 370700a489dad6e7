//! What a plan depends on, digested part by part: whether it is stale is told by this.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, Unit};
use serde::Serialize;

use super::file::digest_of;
use crate::audit::Evidence;
use crate::facts::Facts;
use crate::model::PrincipalArn;
use crate::planner::{Decisions, GroupDecision, Masters};
use crate::rbac::{Binding, Rbac, SubjectKind};
use crate::reader::{AwsAuth, read};
use crate::snapshot::{Caller, Cluster, FargateProfile, Listing, Nodegroup, ObservedEntry, Part, Snapshot};

/// BLAKE3 in hex of each known source, in a canonical form that leaves out what may change without meaning.
pub type Fingerprint = BTreeMap<Part, String>;

/// Digests of what a plan depends on, source by source.
///
/// What changes without changing a plan is left out, or every busy account would make every plan stale: the cluster's
/// status and versions, other people's IAM roles and bindings, the caller's session name.
///
/// Which IAM principals count follows from mappings, bindings, the audit log and decisions alone: each source has its own digest, and an
/// entry that comes or goes must not show as another one's change.
pub fn fingerprint(snapshot: &Snapshot, decisions: &Decisions) -> Fingerprint {
    let aws_auth = snapshot.aws_auth.as_ref().map(read);
    of_sources(snapshot, aws_auth.as_ref(), decisions)
}

pub(in crate::planner) fn of_facts(facts: &Facts<'_>, decisions: &Decisions) -> Fingerprint {
    of_sources(facts.snapshot, facts.aws_auth(), decisions)
}

fn of_sources(snapshot: &Snapshot, aws_auth: Option<&AwsAuth>, decisions: &Decisions) -> Fingerprint {
    let Snapshot {
        cluster,
        updates: _,
        aws_auth: manifest,
        access_entries,
        access_policies: _,
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
        evidence,
    } = snapshot;
    let names = Names::of(aws_auth, rbac.as_ref(), decisions).with(evidence.as_ref());
    let mut prints = Fingerprint::new();
    put(&mut prints, Part::Cluster, cluster.as_ref().map(of_cluster));
    put(&mut prints, Part::AwsAuth, Some(manifest.as_ref().map(|manifest| &manifest.config_map.data)));
    put(&mut prints, Part::AccessEntries, access_entries.as_ref().map(|all| each(all, of_entry)));
    put(&mut prints, Part::Nodegroups, nodegroups.as_ref().map(|all| each(all, of_nodegroup)));
    put(&mut prints, Part::FargateProfiles, fargate_profiles.as_ref().map(|all| each(all, of_fargate)));
    let roles = iam_roles.as_ref().map(|roles| {
        let Named { items, complete } = Named::of(roles, |role| names.has(&role.arn));
        (complete, each(items, |role| (&role.arn, &role.id, moment(role.created_at(), &role.created))))
    });
    put(&mut prints, Part::IamRoles, roles);
    let users = iam_users.as_ref().map(|users| {
        let Named { items, complete } = Named::of(users, |user| names.has(&user.arn));
        (complete, each(items, |user| (&user.arn, &user.id, moment(user.created_at(), &user.created))))
    });
    put(&mut prints, Part::IamUsers, users);
    let bindings = rbac.as_ref().map(|rbac| each(&rbac.bindings, |it| names.concern(it).then_some(it)));
    let bindings = bindings.map(|all| all.into_iter().flatten().collect::<Vec<_>>());
    put(&mut prints, Part::Rbac, bindings);
    put(&mut prints, Part::Caller, caller.as_ref().map(of_caller));
    put(&mut prints, Part::AuditLog, evidence.as_ref());
    prints
}

fn put(prints: &mut Fingerprint, source: Part, value: Option<impl Serialize>) {
    if let Some(value) = value {
        prints.insert(source, digest_of(&value));
    }
}

fn each<I: IntoIterator, V>(items: I, value: impl Fn(I::Item) -> V) -> Vec<V> {
    items.into_iter().map(value).collect()
}

/// The AWS CLI prints a time in the zone of whoever asked, or as a fraction of seconds: it is the same one all the same.
fn moment(time: Option<Timestamp>, text: &str) -> String {
    let whole = time.and_then(|time| time.round(Unit::Millisecond).ok());
    whole.map_or_else(|| text.to_owned(), |time| time.to_string())
}

fn of_cluster(cluster: &Cluster) -> impl Serialize {
    let Cluster {
        id,
        version: _,
        platform_version: _,
        status: _,
        mode,
        endpoint: _,
        creator_admin: _,
        auto_mode_node_role,
        outpost: _,
    } = cluster;
    (id, mode, auto_mode_node_role)
}

fn of_entry(entry: &ObservedEntry) -> impl Serialize {
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
    (principal, entry_type, username, groups, policies, tags, moment(entry.created_at(), created))
}

fn of_nodegroup(nodegroup: &Nodegroup) -> impl Serialize {
    let Nodegroup { name, node_role, ami_type } = nodegroup;
    (name, node_role, ami_type)
}

fn of_fargate(profile: &FargateProfile) -> impl Serialize {
    let FargateProfile { name, pod_execution_role } = profile;
    (name, pod_execution_role)
}

/// Another session of the same role is the same caller.
fn of_caller(caller: &Caller) -> impl Serialize {
    let Caller { arn, account, user_id: _ } = caller;
    (crate::planner::existing::caller::canonical(arn), account)
}

/// The part of an IAM listing that a plan looks at.
struct Named<'s, T> {
    items: Vec<&'s T>,
    complete: bool,
}

impl<'s, T> Named<'s, T> {
    fn of(listing: &'s Listing<T>, is_named: impl Fn(&T) -> bool) -> Self {
        let Listing { items, complete } = listing;
        Self { items: items.iter().filter(|item| is_named(item)).collect(), complete: *complete }
    }
}

/// The names that a plan looks up in IAM and RBAC.
struct Names {
    /// Canonical and in lower case.
    arns: BTreeSet<String>,
    groups: BTreeSet<String>,
}

impl Names {
    fn of(aws_auth: Option<&AwsAuth>, rbac: Option<&Rbac>, decisions: &Decisions) -> Self {
        let by_account = decisions.accounts.values().flat_map(|account| &account.principals);
        let decided = decisions.principals.iter().filter_map(|principal| principal.arn.as_ref());
        let mut arns: BTreeSet<String> = by_account.chain(decided).map(PrincipalArn::match_key).collect();
        let mut groups: BTreeSet<String> = introduced_groups(decisions).collect();
        for mapping in
            aws_auth.iter().flat_map(|aws_auth| aws_auth.roles.entries.iter().chain(&aws_auth.users.entries))
        {
            arns.insert(mapping.arn.to_lowercase());
            groups.extend(mapping.groups.iter().flatten().cloned());
        }
        for subject in rbac.iter().flat_map(|rbac| &rbac.bindings).flat_map(|binding| &binding.subjects) {
            if subject.kind == SubjectKind::User && subject.name.starts_with("arn:") {
                arns.insert(subject.name.to_lowercase());
            }
        }
        Self { arns, groups }
    }

    /// Those with access by `mapAccounts` are looked up, too.
    fn with(mut self, evidence: Option<&Evidence>) -> Self {
        let logins = evidence.iter().flat_map(|evidence| &evidence.logins);
        let by_account = logins.filter(|login| login.as_of_an_account > 0);
        self.arns.extend(by_account.map(|login| login.canonical_arn.to_lowercase()));
        self
    }

    fn has(&self, principal: &PrincipalArn) -> bool {
        self.arns.contains(&principal.match_key())
    }

    fn concern(&self, binding: &Binding) -> bool {
        binding.subjects.iter().any(|subject| match subject.kind {
            SubjectKind::Group => self.groups.contains(&subject.name),
            SubjectKind::User => !subject.name.starts_with("system:serviceaccount:"),
            SubjectKind::ServiceAccount | SubjectKind::Other(_) => false,
        })
    }
}

/// Groups that decisions bring in.
fn introduced_groups(decisions: &Decisions) -> impl Iterator<Item = String> + '_ {
    let renamed = decisions.groups.values().filter_map(|decision| match decision {
        GroupDecision::Rename(to) => Some(to.to_string()),
        GroupDecision::Drop => None,
    });
    let masters = match &decisions.masters {
        Masters::Group(group) => Some(group.to_string()),
        Masters::AccessPolicy => None,
    };
    let decided = decisions.principals.iter().flat_map(|principal| principal.groups.iter().flatten());
    renamed.chain(masters).chain(decided.map(ToString::to_string))
}
