//! Clusters, what a team has decided about them, and how their EKS behaves.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use eksodus::model::{
    AccessScope, Associations, AuthenticationMode, ConfigMap, EntryType, Partition, PolicyArn, PrincipalArn,
};
use eksodus::planner::Decisions;
use eksodus::rbac::{Binding, PolicyRule, Rbac, Role, RoleRef, Subject, SubjectKind};
use eksodus::reader::Manifest;
use eksodus::simulator::{Behaviour, NodeEntries, Simulator};
use eksodus::snapshot::{
    Caller, Cluster, ClusterStatus, FargateProfile, IamRole, IamUser, Listing, Nodegroup, ObservedEntry,
    Snapshot,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::decided::decisions;
use super::lines::{map_roles, map_users};

pub const HOME: &str = "111122223333";
pub const OTHER: &str = "444455556666";
pub const NODE: &str = "arn:aws:iam::111122223333:role/Node";
pub const WINDOWS: &str = "arn:aws:iam::111122223333:role/Windows";
pub const FARGATE: &str = "arn:aws:iam::111122223333:role/Fargate";
const AUTO: &str = "arn:aws:iam::111122223333:role/Auto";
/// Its real ARN, with the path that `aws-auth` must not have.
pub const DEV: &str = "arn:aws:iam::111122223333:role/team/Dev";
const OLD: &str = "arn:aws:iam::111122223333:role/Old";
const SERVICE: &str =
    "arn:aws:iam::111122223333:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS";

/// Everybody whose access is compared.
pub const PRINCIPALS: [&str; 11] = [
    "arn:aws:iam::111122223333:role/Admin",
    "arn:aws:iam::111122223333:role/Ops",
    DEV,
    OLD,
    NODE,
    WINDOWS,
    FARGATE,
    AUTO,
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::111122223333:user/people/bob",
    "arn:aws:iam::444455556666:role/Partner",
];

#[derive(Clone)]
pub struct World {
    pub snapshot: Snapshot,
    pub decisions: Decisions,
    pub behaviour: Behaviour,
}

impl World {
    pub fn simulator(&self) -> Simulator {
        Simulator::from_snapshot(&self.snapshot, self.behaviour.clone()).unwrap()
    }
}

/// Short enough to be read when a case has been shrunk.
impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Snapshot {
            cluster,
            aws_auth,
            access_entries,
            nodegroups,
            fargate_profiles,
            iam_roles,
            iam_users,
            rbac,
            ..
        } = &self.snapshot;
        let cluster = cluster.as_ref().unwrap();
        writeln!(f, "{} auto mode {:?}", cluster.mode, cluster.auto_mode_node_role)?;
        for (key, text) in &aws_auth.as_ref().unwrap().config_map.data {
            writeln!(f, "{key}:\n{text}")?;
        }
        for it in access_entries.iter().flatten() {
            writeln!(
                f,
                "{} {} {:?} {:?} {:?}",
                it.principal, it.entry_type, it.username, it.groups, it.policies
            )?;
        }
        for it in nodegroups.iter().flatten() {
            writeln!(f, "node group {} {:?} {:?}", it.name, it.node_role, it.ami_type)?;
        }
        for it in fargate_profiles.iter().flatten() {
            writeln!(f, "Fargate profile {} {:?}", it.name, it.pod_execution_role)?;
        }
        for (kind, complete, len) in [
            (
                "roles",
                iam_roles.as_ref().map(|it| it.complete),
                iam_roles.iter().flat_map(|it| &it.items).count(),
            ),
            (
                "users",
                iam_users.as_ref().map(|it| it.complete),
                iam_users.iter().flat_map(|it| &it.items).count(),
            ),
        ] {
            writeln!(f, "{kind}: {len}, complete {complete:?}")?;
        }
        writeln!(f, "caller {:?}", self.snapshot.caller.as_ref().map(|it| &it.arn))?;
        match rbac {
            None => writeln!(f, "RBAC unknown")?,
            Some(rbac) => {
                for it in &rbac.bindings {
                    writeln!(f, "{:?} {} {} {:?}", it.namespace, it.name, it.role_ref.name, it.subjects)?;
                }
            }
        }
        writeln!(f, "{:?}", self.decisions)?;
        write!(f, "{:?}", self.behaviour)
    }
}

pub fn arn(text: &str) -> PrincipalArn {
    text.parse().unwrap()
}

pub fn worlds() -> impl Strategy<Value = World> {
    // IAM that is not known cannot tell alice from Alice
    let spelled = |snapshot: &Snapshot| {
        let misspelt = snapshot
            .aws_auth
            .iter()
            .any(|it| it.config_map.data.get("mapUsers").is_some_and(|text| text.contains("user/Alice")));
        !misspelt || snapshot.iam_users.as_ref().is_some_and(|users| users.complete)
    };
    (snapshots().prop_filter("a user in another case", spelled), decisions(), behaviours())
        .prop_map(|(snapshot, decisions, behaviour)| World { snapshot, decisions, behaviour })
}

fn snapshots() -> impl Strategy<Value = Snapshot> {
    let aws_auth = (map_roles(), map_users(), prop::bool::weighted(0.3), prop::bool::weighted(0.7)).prop_map(
        |(roles, users, accounts, other)| {
            let mut data = BTreeMap::new();
            if other {
                data.insert("other".to_owned(), "kept".to_owned());
            }
            for (key, text) in [("mapRoles", roles), ("mapUsers", users)] {
                if !text.is_empty() {
                    data.insert(key.to_owned(), text);
                }
            }
            if accounts {
                data.insert("mapAccounts".to_owned(), format!("- '{HOME}'\n- \"{OTHER}\"\n"));
            }
            data
        },
    );
    let mode = prop_oneof![
        4 => Just(AuthenticationMode::ConfigMap),
        5 => Just(AuthenticationMode::ApiAndConfigMap),
        1 => Just(AuthenticationMode::Api),
    ];
    let caller = select(vec!["assumed-role/Admin/me", "assumed-role/Ops/me", "assumed-role/Creator/me"]);
    (mode, aws_auth, entries(), compute(), iam(), prop::option::weighted(0.85, rbac()), caller).prop_map(
        |(mode, data, entries, (nodegroups, fargate_profiles, auto), (roles, users), rbac, caller)| {
            Snapshot {
                cluster: Some(Cluster {
                    id: format!("arn:aws:eks:eu-west-1:{HOME}:cluster/prod").parse().unwrap(),
                    version: "1.30".to_owned(),
                    platform_version: "eks.12".to_owned(),
                    status: ClusterStatus("ACTIVE".to_owned()),
                    mode,
                    endpoint: None,
                    auto_mode_node_role: auto.then(|| arn(AUTO)),
                    outpost: false,
                }),
                updates: None,
                aws_auth: Some(Manifest::from_config_map(ConfigMap { data, ..ConfigMap::default() })),
                access_entries: mode.has_entries().then_some(entries),
                access_policies: None,
                nodegroups: Some(nodegroups),
                fargate_profiles: Some(fargate_profiles),
                iam_roles: roles,
                iam_users: users,
                rbac,
                namespaces: Some(vec!["default".to_owned()]),
                identity_providers: None,
                own_switch: None,
                caller: Some(Caller {
                    arn: format!("arn:aws:sts::{HOME}:{caller}"),
                    account: HOME.to_owned(),
                    user_id: "AROACALLER:me".to_owned(),
                }),
            }
        },
    )
}

fn compute() -> impl Strategy<Value = (Vec<Nodegroup>, Vec<FargateProfile>, bool)> {
    let group = |name: &str, role: &str, ami: &str| Nodegroup {
        name: name.to_owned(),
        node_role: arn(role),
        ami_type: Some(ami.to_owned()),
    };
    let nodegroups = vec![
        group("linux", NODE, "AL2023_x86_64_STANDARD"),
        group("shared", NODE, "WINDOWS_CORE_2022_x86_64"),
        group("windows", WINDOWS, "WINDOWS_CORE_2022_x86_64"),
        group("custom", WINDOWS, "CUSTOM"),
    ];
    let profile = FargateProfile { name: "pods".to_owned(), pod_execution_role: arn(FARGATE) };
    (subsequence(nodegroups, 0..=4), subsequence(vec![profile], 0..=1), prop::bool::weighted(0.2))
}

/// A user of the cluster's account whom nothing names.
const ZOE: &str = "arn:aws:iam::111122223333:user/zoe";

type Iam = (Option<Listing<IamRole>>, Option<Listing<IamUser>>);

fn iam() -> impl Strategy<Value = Iam> {
    (prop::bool::weighted(0.9), prop::bool::weighted(0.9), prop::bool::weighted(0.8)).prop_map(
        |(known, complete, users)| {
            let created = |arn: &PrincipalArn| match arn.name() {
                "Old" => "2024-06-01T00:00:00Z".to_owned(),
                _ => "2024-01-01T00:00:00Z".to_owned(),
            };
            let home = PRINCIPALS.map(arn).into_iter().filter(|arn| arn.account().as_str() == HOME);
            let (roles, people): (Vec<_>, Vec<_>) = home.partition(PrincipalArn::is_role);
            let roles = roles.into_iter().map(|arn| IamRole {
                id: format!("AROA{}", arn.name().to_uppercase()),
                created: created(&arn),
                arn,
            });
            // an empty list proves nobody gone: somebody is always there
            let people = people.into_iter().filter(|_| users).chain([arn(ZOE)]).map(|arn| IamUser {
                id: format!("AIDA{}", arn.name().to_uppercase()),
                created: created(&arn),
                arn,
            });
            let roles = Listing { items: roles.collect(), complete };
            let users = Listing { items: people.collect(), complete };
            (known.then_some(roles), known.then_some(users))
        },
    )
}

pub fn observed(principal: &str, username: &str, groups: &[&str], policies: &[&str]) -> ObservedEntry {
    let arn = arn(principal);
    let kind = if arn.is_role() { "role" } else { "user" };
    let policies: Associations = policies
        .iter()
        .map(|name| (PolicyArn::new(Partition::Aws, name).unwrap(), AccessScope::Cluster))
        .collect();
    ObservedEntry {
        principal: principal.to_owned(),
        entry_type: EntryType::Standard,
        username: match username {
            "" => EntryType::Standard.default_username(&arn).unwrap(),
            text => text.to_owned(),
        },
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        policies,
        tags: BTreeMap::new(),
        arn: format!("arn:aws:eks:eu-west-1:{HOME}:access-entry/prod/{kind}/{HOME}/{}/1", arn.name()),
        created: "2024-03-01T00:00:00Z".to_owned(),
        modified: "2024-03-01T00:00:00Z".to_owned(),
    }
}

pub fn node_entry(principal: &str, entry_type: EntryType) -> ObservedEntry {
    let username = entry_type.default_username(&arn(principal)).unwrap();
    let groups = match entry_type {
        EntryType::Ec2Linux => BTreeSet::from(["system:nodes".to_owned()]),
        _ => BTreeSet::new(),
    };
    ObservedEntry { entry_type, groups, ..observed(principal, &username, &[], &[]) }
}

fn entries() -> impl Strategy<Value = Vec<ObservedEntry>> {
    let tagged = ObservedEntry {
        tags: BTreeMap::from([("team".to_owned(), "a".to_owned())]),
        ..observed("arn:aws:iam::111122223333:role/Ops", "ops", &["ops"], &["AmazonEKSViewPolicy"])
    };
    let alice = "arn:aws:iam::111122223333:user/alice";
    let root = ObservedEntry {
        principal: format!("arn:aws:iam::{HOME}:root"),
        username: format!("arn:aws:iam::{HOME}:root"),
        ..observed(alice, "", &[], &[])
    };
    let pool = vec![
        observed("arn:aws:iam::111122223333:role/Admin", "admin", &[], &["AmazonEKSClusterAdminPolicy"]),
        tagged,
        observed(DEV, "t:{{SessionName}}", &["devs"], &[]),
        observed(OLD, "dev", &["devs"], &[]),
        node_entry(NODE, EntryType::Ec2Linux),
        node_entry(WINDOWS, EntryType::Ec2Linux),
        observed(FARGATE, "", &[], &["AmazonEKSViewPolicy"]),
        node_entry(AUTO, EntryType::Ec2),
        observed(alice, "", &["x"], &[]),
        observed("arn:aws:iam::111122223333:role/Foreign", "f", &["f"], &[]),
        observed("arn:aws:iam::444455556666:role/Partner", "partner", &["devs"], &[]),
        observed(SERVICE, "eks:managed", &[], &["AmazonEKSEventPolicy"]),
        root,
    ];
    subsequence(pool, 0..=7).prop_map(|mut entries| {
        entries.sort_by(|a, b| a.principal.cmp(&b.principal));
        entries
    })
}

fn rbac() -> impl Strategy<Value = Rbac> {
    let user = select(vec![
        "dev",
        "ops",
        "t:ann.b",
        "t-ann.b",
        "ann.b",
        "Dev:ann.b",
        "t-",
        "ann.b:ann.b",
        "system:dev",
        "arn:aws:iam::111122223333:role/Ops",
        "arn:aws:iam::444455556666:role/Partner",
        "arn:aws:iam::111122223333:user/alice",
    ])
    .prop_map(|name| (SubjectKind::User, name));
    let group = select(vec!["devs", "ops", "system:ci", "ci", "a/b", "a-b", "system:masters"])
        .prop_map(|name| (SubjectKind::Group, name));
    let role = select(vec!["view", "edit", "admin", "cluster-admin"]);
    let namespace = select(vec![None, Some("default")]);
    prop::collection::vec((prop_oneof![user, group], role, namespace), 0..8).prop_map(|bindings| {
        let everything = PolicyRule {
            api_groups: vec!["*".to_owned()],
            resources: vec!["*".to_owned()],
            verbs: vec!["*".to_owned()],
            ..PolicyRule::default()
        };
        let bindings =
            bindings.into_iter().enumerate().map(|(number, ((kind, name), role, namespace))| Binding {
                namespace: namespace.map(str::to_owned),
                name: format!("b{}", number / 2),
                role_ref: RoleRef { kind: "ClusterRole".to_owned(), name: role.to_owned() },
                subjects: vec![Subject { kind, name: name.to_owned(), namespace: None }],
            });
        let mut named = BTreeMap::new();
        for binding in bindings {
            named.entry((binding.namespace.clone(), binding.name.clone())).or_insert(binding);
        }
        Rbac {
            roles: vec![Role { namespace: None, name: "cluster-admin".to_owned(), rules: vec![everything] }],
            bindings: named.into_values().collect(),
        }
    })
}

fn behaviours() -> impl Strategy<Value = Behaviour> {
    let node_entries = select(vec![NodeEntries::None, NodeEntries::NamedInAwsAuth, NodeEntries::All]);
    let creator = select(vec![None, Some("Admin"), Some("Ops")]);
    (node_entries, creator, any::<bool>(), select(vec![0u64, 0, 7]), select(vec![2usize, 100])).prop_map(
        |(node_entries, creator, service_entry, delay, page_size)| Behaviour {
            node_entries,
            creator: creator.map(|name| arn(&format!("arn:aws:iam::{HOME}:role/{name}"))),
            service_entry,
            visibility_delay: Duration::from_secs(delay),
            page_size,
            ..Behaviour::default()
        },
    )
}
