//! A snapshot in one sentence: `cluster(mode, data).iam(&[…]).entry(…)`.

use std::collections::{BTreeMap, BTreeSet};

use eksodus::model::{
    AccessEntry, AccessScope, Associations, AuthenticationMode, ConfigMap, EntryType, EntryUsername,
    GroupName, Partition, PolicyArn, PrincipalArn, Username,
};
use eksodus::rbac::{Binding, PolicyRule, Rbac, Role, RoleRef, Subject, SubjectKind};
use eksodus::reader::Manifest;
use eksodus::snapshot::{
    Caller, Cluster, ClusterStatus, IamRole, IamUser, Listing, Nodegroup, ObservedEntry, Snapshot,
};

pub const ACCOUNT: &str = "111122223333";

pub fn arn(text: &str) -> PrincipalArn {
    text.parse().unwrap()
}

pub fn role(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}

pub fn policy(name: &str) -> PolicyArn {
    PolicyArn::new(Partition::Aws, name).unwrap()
}

pub fn aws_auth(data: &[(&str, &str)]) -> Manifest {
    manifest(data.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
}

pub fn manifest(data: BTreeMap<String, String>) -> Manifest {
    Manifest::from_config_map(ConfigMap { data, ..ConfigMap::default() })
}

/// A cluster in the given mode with this `aws-auth` and nothing else: entries, nodes, IAM and bindings are known and empty.
/// The role Caller asks.
pub fn cluster(mode: AuthenticationMode, data: &[(&str, &str)]) -> Snapshot {
    let cluster = Cluster {
        id: format!("arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/prod").parse().unwrap(),
        version: "1.30".to_owned(),
        platform_version: "eks.12".to_owned(),
        status: ClusterStatus("ACTIVE".to_owned()),
        mode,
        endpoint: None,
        creator_admin: None,
        auto_mode_node_role: None,
        outpost: false,
    };
    let snapshot = Snapshot {
        cluster: Some(cluster),
        aws_auth: Some(aws_auth(data)),
        access_entries: mode.has_entries().then(Vec::new),
        nodegroups: Some(Vec::new()),
        fargate_profiles: Some(Vec::new()),
        iam_roles: Some(Listing { items: Vec::new(), complete: true }),
        iam_users: Some(Listing { items: Vec::new(), complete: true }),
        rbac: Some(Rbac { roles: vec![cluster_admin()], bindings: Vec::new() }),
        ..Snapshot::default()
    };
    snapshot.caller("Caller")
}

pub trait With: Sized {
    fn named(self, cluster: &str) -> Self;
    /// A session of that role of the cluster's account asks.
    fn caller(self, role: &str) -> Self;
    /// IAM roles and users by their real ARNs, older than every entry.
    fn iam(self, arns: &[impl AsRef<str>]) -> Self;
    /// One that was created after every entry: an entry for it is dead.
    fn recreated(self, arn: &str) -> Self;
    /// Whether IAM is known, and to its end.
    fn iam_known(self, known: bool, complete: bool) -> Self;
    fn nodegroup(self, name: &str, role: &str, ami_type: Option<&str>) -> Self;
    fn bound(self, kind: SubjectKind, subject: &str, cluster_role: &str) -> Self;
    fn entry(self, entry: ObservedEntry) -> Self;
    /// These entries and no others, which CONFIG_MAP mode hides.
    fn entries(self, entries: Vec<ObservedEntry>) -> Self;
    /// A live administrator by an access entry that no mapping names.
    fn admin(self, name: &str) -> Self;
}

impl With for Snapshot {
    fn named(mut self, cluster: &str) -> Self {
        let id = format!("arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/{cluster}");
        self.cluster.as_mut().unwrap().id = id.parse().unwrap();
        self
    }

    fn caller(mut self, role: &str) -> Self {
        self.caller = Some(Caller {
            arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/me"),
            account: ACCOUNT.to_owned(),
            user_id: format!("AROA{}:me", role.to_uppercase()),
        });
        self
    }

    fn iam(mut self, arns: &[impl AsRef<str>]) -> Self {
        arns.iter().for_each(|arn| created(&mut self, arn.as_ref(), "2022-01-01T00:00:00Z"));
        self
    }

    fn recreated(mut self, arn: &str) -> Self {
        created(&mut self, arn, "2025-01-01T00:00:00Z");
        self
    }

    fn iam_known(mut self, known: bool, complete: bool) -> Self {
        self.iam_roles = self.iam_roles.filter(|_| known).map(|it| Listing { complete, ..it });
        self.iam_users = self.iam_users.filter(|_| known).map(|it| Listing { complete, ..it });
        self
    }

    fn nodegroup(mut self, name: &str, role: &str, ami_type: Option<&str>) -> Self {
        self.nodegroups.as_mut().unwrap().push(Nodegroup {
            name: name.to_owned(),
            node_role: arn(role),
            ami_type: ami_type.map(str::to_owned),
        });
        self
    }

    fn bound(mut self, kind: SubjectKind, subject: &str, cluster_role: &str) -> Self {
        let bindings = &mut self.rbac.as_mut().unwrap().bindings;
        bindings.push(binding(&format!("b{}", bindings.len()), kind, subject, cluster_role));
        self
    }

    fn entry(mut self, entry: ObservedEntry) -> Self {
        self.access_entries.as_mut().unwrap().push(entry);
        self
    }

    fn entries(mut self, mut entries: Vec<ObservedEntry>) -> Self {
        entries.sort_by(|a, b| a.principal.cmp(&b.principal));
        if let Some(there) = &mut self.access_entries {
            *there = entries;
        }
        self
    }

    fn admin(self, name: &str) -> Self {
        let arn = role(name);
        self.iam(&[&arn]).entry(observed(&arn, "admin", &[], &["AmazonEKSClusterAdminPolicy"]))
    }
}

fn created(snapshot: &mut Snapshot, principal: &str, created: &str) {
    let (arn, created) = (arn(principal), created.to_owned());
    let name = arn.name().to_uppercase();
    match arn.is_role() {
        true => {
            let id = format!("AROA{name}");
            snapshot.iam_roles.as_mut().unwrap().items.push(IamRole { arn, id, created });
        }
        false => {
            let id = format!("AIDA{name}");
            snapshot.iam_users.as_mut().unwrap().items.push(IamUser { arn, id, created });
        }
    }
}

/// A STANDARD entry as EKS shows it; without a username, with its default.
pub fn observed(principal: &str, username: &str, groups: &[&str], policies: &[&str]) -> ObservedEntry {
    let plain = shown(&AccessEntry::standard(arn(principal)));
    ObservedEntry {
        username: if username.is_empty() { plain.username } else { username.to_owned() },
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        policies: at_cluster_scope(policies),
        ..plain
    }
}

fn at_cluster_scope(policies: &[&str]) -> Associations {
    policies.iter().map(|name| (policy(name), AccessScope::Cluster)).collect()
}

/// The entry of a node role as EKS shows it.
pub fn observed_node(principal: &str, entry_type: EntryType) -> ObservedEntry {
    shown(&node(principal, entry_type))
}

pub fn node(principal: &str, entry_type: EntryType) -> AccessEntry {
    AccessEntry::of_type(arn(principal), entry_type)
}

/// A STANDARD entry as it is written; without a username, with its default.
pub fn entry(principal: &str, username: &str, groups: &[&str], policies: &[&str]) -> AccessEntry {
    AccessEntry {
        username: match username {
            "" => EntryUsername::Default,
            text => EntryUsername::Custom(Username::new(text).unwrap()),
        },
        groups: groups.iter().map(|group| GroupName::new(*group).unwrap()).collect(),
        policies: at_cluster_scope(policies),
        ..AccessEntry::standard(arn(principal))
    }
}

/// An entry as EKS shows it when it has been written.
pub fn shown(entry: &AccessEntry) -> ObservedEntry {
    let AccessEntry { principal, entry_type, groups, policies, tags, username: _ } = entry;
    let kind = if principal.is_role() { "role" } else { "user" };
    let owner = principal.account();
    ObservedEntry {
        principal: principal.to_string(),
        entry_type: entry_type.clone(),
        username: entry.effective_username().unwrap_or_default(),
        groups: match entry_type {
            EntryType::Ec2Linux => BTreeSet::from([GroupName::NODES.to_owned()]),
            _ => groups.iter().map(ToString::to_string).collect(),
        },
        policies: policies.clone(),
        tags: tags.clone(),
        arn: format!(
            "arn:aws:eks:eu-west-1:{ACCOUNT}:access-entry/prod/{kind}/{owner}/{}/1",
            principal.name()
        ),
        created: "2024-01-01T00:00:00Z".to_owned(),
        modified: "2024-01-01T00:00:00Z".to_owned(),
    }
}

pub fn binding(name: &str, kind: SubjectKind, subject: &str, cluster_role: &str) -> Binding {
    Binding {
        namespace: None,
        name: name.to_owned(),
        role_ref: RoleRef { kind: "ClusterRole".to_owned(), name: cluster_role.to_owned() },
        subjects: vec![Subject { kind, name: subject.to_owned(), namespace: None }],
    }
}

/// The role of that name, as every cluster has it.
pub fn cluster_admin() -> Role {
    let all = || vec!["*".to_owned()];
    let every_url = PolicyRule { verbs: all(), non_resource_urls: all(), ..PolicyRule::default() };
    let rules = vec![PolicyRule::every_resource(), every_url];
    Role { namespace: None, name: "cluster-admin".to_owned(), rules, ..Role::default() }
}
