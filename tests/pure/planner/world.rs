//! Small snapshots, built line by line.

use std::collections::{BTreeMap, BTreeSet};

use eksodus::model::{AccessScope, Associations, AuthenticationMode, ConfigMap, EntryType, PolicyArn};
use eksodus::planner::{Blocker, Decisions, Outcome, Plan, Target, plan};
use eksodus::rbac::{Binding, Rbac, RoleRef, Subject, SubjectKind};
use eksodus::reader::Manifest;
use eksodus::snapshot::{Caller, Cluster, ClusterStatus, IamRole, IamUser, Listing, ObservedEntry, Snapshot};

pub const ACCOUNT: &str = "111122223333";

pub fn role(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}

/// A cluster in the given mode whose IAM, RBAC and caller are known.
pub fn cluster(mode: AuthenticationMode, data: &[(&str, &str)]) -> Snapshot {
    Snapshot {
        cluster: Some(Cluster {
            id: format!("arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/prod").parse().unwrap(),
            version: "1.30".into(),
            platform_version: "eks.12".into(),
            status: ClusterStatus("ACTIVE".into()),
            mode,
            endpoint: None,
            auto_mode_node_role: None,
            outpost: false,
        }),
        updates: None,
        aws_auth: Some(aws_auth(data)),
        access_entries: mode.has_entries().then(Vec::new),
        access_policies: None,
        nodegroups: Some(Vec::new()),
        fargate_profiles: Some(Vec::new()),
        iam_roles: Some(Listing { items: Vec::new(), complete: true }),
        iam_users: Some(Listing { items: Vec::new(), complete: true }),
        rbac: Some(Rbac::default()),
        namespaces: None,
        identity_providers: None,
        caller: Some(Caller {
            arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/Caller/me"),
            account: ACCOUNT.into(),
            user_id: "AROACALLER:me".into(),
        }),
        own_switch: None,
    }
}

pub fn aws_auth(data: &[(&str, &str)]) -> Manifest {
    let data = data.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Manifest::from_config_map(ConfigMap { data, ..ConfigMap::default() })
}

pub trait With: Sized {
    /// IAM roles and users by their real ARNs.
    fn iam(self, arns: &[&str]) -> Self;
    fn bound(self, kind: SubjectKind, subject: &str, cluster_role: &str) -> Self;
    fn entry(self, entry: ObservedEntry) -> Self;
    /// A live administrator by an access entry that no mapping names.
    fn admin(self, name: &str) -> Self;
}

impl With for Snapshot {
    fn iam(mut self, arns: &[&str]) -> Self {
        for arn in arns {
            let arn: eksodus::model::PrincipalArn = arn.parse().unwrap();
            let created = "2022-01-01T00:00:00Z".to_owned();
            if arn.is_role() {
                let id = format!("AROA{}", arn.name());
                self.iam_roles.as_mut().unwrap().items.push(IamRole { arn, id, created });
            } else {
                let id = format!("AIDA{}", arn.name());
                self.iam_users.as_mut().unwrap().items.push(IamUser { arn, id, created });
            }
        }
        self
    }

    fn bound(mut self, kind: SubjectKind, subject: &str, cluster_role: &str) -> Self {
        let rbac = self.rbac.as_mut().unwrap();
        rbac.bindings.push(Binding {
            namespace: None,
            name: format!("b{}", rbac.bindings.len()),
            role_ref: RoleRef { kind: "ClusterRole".into(), name: cluster_role.into() },
            subjects: vec![Subject { kind, name: subject.into(), namespace: None }],
        });
        self
    }

    fn entry(mut self, entry: ObservedEntry) -> Self {
        self.access_entries.as_mut().unwrap().push(entry);
        self
    }

    fn admin(self, name: &str) -> Self {
        let arn = role(name);
        self.iam(&[&arn]).entry(observed(&arn, "admin", &[], &["AmazonEKSClusterAdminPolicy"]))
    }
}

/// A STANDARD entry as EKS shows it.
pub fn observed(principal: &str, username: &str, groups: &[&str], policies: &[&str]) -> ObservedEntry {
    let policies: Associations = policies
        .iter()
        .map(|name| (PolicyArn::new(eksodus::model::Partition::Aws, name).unwrap(), AccessScope::Cluster))
        .collect();
    ObservedEntry {
        principal: principal.into(),
        entry_type: EntryType::Standard,
        username: username.into(),
        groups: groups.iter().map(|group| (*group).to_owned()).collect::<BTreeSet<_>>(),
        policies,
        tags: BTreeMap::new(),
        arn: format!("arn:aws:eks:eu-west-1:{ACCOUNT}:access-entry/prod/role/{ACCOUNT}/x/1"),
        created: "2024-01-01T00:00:00Z".into(),
        modified: "2024-01-01T00:00:00Z".into(),
    }
}

pub fn planned(snapshot: &Snapshot) -> Plan {
    plan(snapshot, &Decisions::default())
}

pub fn only_target(plan: &Plan) -> &Target {
    assert_eq!(plan.targets.len(), 1, "{:#?}", plan.lines);
    &plan.targets[0]
}

pub fn only_blocker(plan: &Plan) -> &Blocker {
    assert_eq!(plan.lines.len(), 1);
    match &plan.lines[0].outcome {
        Outcome::Blocked { by } => by,
        other => panic!("not blocked: {other:?}"),
    }
}
