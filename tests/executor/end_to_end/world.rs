//! Clusters, what a team has decided about them, and how their EKS behaves.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use eksodus::model::{AuthenticationMode, EntryType};
use eksodus::planner::Decisions;
use eksodus::rbac::{Binding, Rbac, SubjectKind};
use eksodus::simulator::{Behaviour, NodeEntries, Simulator};
use eksodus::snapshot::{FargateProfile, ObservedEntry, Snapshot};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::decided::decisions;
use super::lines::{map_roles, map_users};
use crate::kit::cluster::{With, arn, binding, cluster, manifest, observed, observed_node};

pub use crate::kit::cluster::ACCOUNT as HOME;
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
    let iam = (prop::bool::weighted(0.9), prop::bool::weighted(0.9), prop::bool::weighted(0.8));
    let rbac = prop::option::weighted(0.85, bindings());
    (mode, aws_auth, entries(), compute(), iam, rbac, caller).prop_map(
        |(mode, data, entries, (nodegroups, fargate, auto), (known, complete, people), bindings, caller)| {
            let mut snapshot = cluster(mode, &[]).caller(caller).entries(entries);
            for (name, role, ami_type) in nodegroups {
                snapshot = snapshot.nodegroup(name, role, Some(ami_type));
            }
            let home = PRINCIPALS.map(arn).into_iter().filter(|arn| arn.account().as_str() == HOME);
            for arn in home.filter(|arn| people || arn.is_role()).map(|arn| arn.to_string()) {
                snapshot = if arn == OLD { snapshot.recreated(&arn) } else { snapshot.iam(&[arn]) };
            }
            // an empty list proves nobody gone: somebody is always there
            snapshot = snapshot.iam(&[ZOE]).iam_known(known, complete);
            snapshot.cluster.as_mut().unwrap().auto_mode_node_role = auto.then(|| arn(AUTO));
            let profile = FargateProfile { name: "pods".to_owned(), pod_execution_role: arn(FARGATE) };
            Snapshot {
                aws_auth: Some(manifest(data)),
                fargate_profiles: Some(fargate.then_some(profile).into_iter().collect()),
                rbac: bindings.map(|bindings| Rbac { bindings, ..snapshot.rbac.unwrap() }),
                namespaces: Some(vec!["default".to_owned()]),
                ..snapshot
            }
        },
    )
}

type NodegroupOf = (&'static str, &'static str, &'static str);

/// Node groups, whether there is a Fargate profile, and whether Auto Mode is on.
fn compute() -> impl Strategy<Value = (Vec<NodegroupOf>, bool, bool)> {
    let nodegroups = vec![
        ("linux", NODE, "AL2023_x86_64_STANDARD"),
        ("shared", NODE, "WINDOWS_CORE_2022_x86_64"),
        ("windows", WINDOWS, "WINDOWS_CORE_2022_x86_64"),
        ("custom", WINDOWS, "CUSTOM"),
    ];
    (subsequence(nodegroups, 0..=4), prop::bool::ANY, prop::bool::weighted(0.2))
}

/// A user of the cluster's account whom nothing names.
const ZOE: &str = "arn:aws:iam::111122223333:user/zoe";

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
        observed_node(NODE, EntryType::Ec2Linux),
        observed_node(WINDOWS, EntryType::Ec2Linux),
        observed(FARGATE, "", &[], &["AmazonEKSViewPolicy"]),
        observed_node(AUTO, EntryType::Ec2),
        observed(alice, "", &["x"], &[]),
        observed("arn:aws:iam::111122223333:role/Foreign", "f", &["f"], &[]),
        observed("arn:aws:iam::444455556666:role/Partner", "partner", &["devs"], &[]),
        observed(SERVICE, "eks:managed", &[], &["AmazonEKSEventPolicy"]),
        root,
    ];
    subsequence(pool, 0..=7)
}

fn bindings() -> impl Strategy<Value = Vec<Binding>> {
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
        let mut named = BTreeMap::new();
        for (number, ((kind, subject), role, namespace)) in bindings.into_iter().enumerate() {
            let namespace = namespace.map(str::to_owned);
            let name = format!("b{}", number / 2);
            let binding = Binding { namespace, ..binding(&name, kind, subject, role) };
            named.entry((binding.namespace.clone(), binding.name.clone())).or_insert(binding);
        }
        named.into_values().collect()
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
