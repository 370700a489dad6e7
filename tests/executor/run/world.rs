//! A cluster, a plan for it written by hand, and a journal in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use eksodus::executor::{Event, Finished, Options, Origin, Rollback, execute, rollback_plan};
use eksodus::journal::{Header, Journal, MemoryStore, Progress, Stamps, read};
use eksodus::model::{
    AccessEntry, AccessScope, AuthenticationMode, ConfigMap, EntryType, EntryUsername, GroupName, Partition,
    PolicyArn, PrincipalArn, RUN_TAG, Username,
};
use eksodus::observe::observe;
use eksodus::planner::{Phase, Plan};
use eksodus::rbac::{Binding, PolicyRule, Rbac, Role, RoleRef, Subject, SubjectKind};
use eksodus::reader::Manifest;
use eksodus::simulator::{Behaviour, NodeEntries, Operation, Simulator};
use eksodus::snapshot::{
    Caller, Cluster, ClusterStatus, IamRole, IamUser, Listing, Nodegroup, ObservedEntry, Snapshot,
};
use pollster::block_on;

pub const ADMIN: &str = "arn:aws:iam::111122223333:role/Admin";
pub const OPS: &str = "arn:aws:iam::111122223333:role/Ops";
pub const DEV: &str = "arn:aws:iam::111122223333:role/team/Dev";
pub const NODE: &str = "arn:aws:iam::111122223333:role/Node";
pub const WINDOWS: &str = "arn:aws:iam::111122223333:role/Windows";
pub const OLD: &str = "arn:aws:iam::111122223333:role/Old";
pub const AGAIN: &str = "arn:aws:iam::111122223333:role/Again";
pub const ALICE: &str = "arn:aws:iam::111122223333:user/people/alice";

pub const AWS_AUTH: &str = "\
- rolearn: arn:aws:iam::111122223333:role/Node  # the nodes
  username: system:node:{{EC2PrivateDNSName}}
  groups: [system:bootstrappers, system:nodes]
- rolearn: arn:aws:iam::111122223333:role/Admin
  username: admin
  groups:
  - system:masters
- rolearn: arn:aws:iam::111122223333:role/Ops
  username: ops
  groups: [system:masters]
- {rolearn: 'arn:aws:iam::111122223333:role/Dev', username: 'dev:{{SessionName}}', groups: [developers]}
";

pub fn arn(text: &str) -> PrincipalArn {
    text.parse().unwrap()
}

pub fn policy(name: &str) -> PolicyArn {
    PolicyArn::new(Partition::Aws, name).unwrap()
}

pub fn entry(principal: &str, username: &str, groups: &[&str], policies: &[&str]) -> AccessEntry {
    AccessEntry {
        username: match username {
            "" => EntryUsername::Default,
            text => EntryUsername::Custom(Username::new(text).unwrap()),
        },
        groups: groups.iter().map(|group| GroupName::new(*group).unwrap()).collect(),
        policies: policies.iter().map(|name| (policy(name), AccessScope::Cluster)).collect(),
        ..AccessEntry::standard(arn(principal))
    }
}

pub fn node(principal: &str, entry_type: EntryType) -> AccessEntry {
    AccessEntry::of_type(arn(principal), entry_type)
}

fn observed(entry: &AccessEntry) -> ObservedEntry {
    let kind = if entry.principal.is_role() { "role" } else { "user" };
    let groups = match entry.entry_type {
        EntryType::Ec2Linux => BTreeSet::from(["system:nodes".to_owned()]),
        _ => entry.groups.iter().map(ToString::to_string).collect(),
    };
    let name = entry.principal.name();
    ObservedEntry {
        principal: entry.principal.to_string(),
        entry_type: entry.entry_type.clone(),
        username: entry.effective_username().unwrap(),
        groups,
        policies: entry.policies.clone(),
        tags: entry.tags.clone(),
        arn: format!("arn:aws:eks:eu-west-1:111122223333:access-entry/prod/{kind}/111122223333/{name}/1"),
        created: "2024-03-01T00:00:00Z".to_owned(),
        modified: "2024-03-01T00:00:00Z".to_owned(),
    }
}

pub fn binding(name: &str, group: &str, role: &str) -> Binding {
    Binding {
        namespace: None,
        name: name.to_owned(),
        role_ref: RoleRef { kind: "ClusterRole".to_owned(), name: role.to_owned() },
        subjects: vec![Subject { kind: SubjectKind::Group, name: group.to_owned(), namespace: None }],
    }
}

pub fn map_roles(text: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("mapRoles".to_owned(), text.to_owned())])
}

/// A cluster with these entries, which CONFIG_MAP mode hides.
pub fn snapshot(mode: AuthenticationMode, entries: &[AccessEntry]) -> Snapshot {
    let created = || "2024-01-01T00:00:00Z".to_owned();
    let roles = [ADMIN, OPS, DEV, NODE, WINDOWS, OLD, AGAIN].map(|role| IamRole {
        arn: arn(role),
        id: format!("AROA{}", arn(role).name().to_uppercase()),
        created: created(),
    });
    let everything = PolicyRule {
        api_groups: vec!["*".to_owned()],
        resources: vec!["*".to_owned()],
        verbs: vec!["*".to_owned()],
        ..PolicyRule::default()
    };
    let cluster_admin = Role { namespace: None, name: "cluster-admin".to_owned(), rules: vec![everything] };
    Snapshot {
        cluster: Some(Cluster {
            id: "arn:aws:eks:eu-west-1:111122223333:cluster/prod".parse().unwrap(),
            version: "1.30".to_owned(),
            platform_version: "eks.12".to_owned(),
            status: ClusterStatus("ACTIVE".to_owned()),
            mode,
            endpoint: None,
            auto_mode_node_role: None,
            outpost: false,
        }),
        updates: None,
        aws_auth: Some(Manifest::from_config_map(ConfigMap {
            data: map_roles(AWS_AUTH),
            ..ConfigMap::default()
        })),
        access_entries: mode.has_entries().then(|| {
            let mut entries: Vec<ObservedEntry> = entries.iter().map(observed).collect();
            entries.sort_by(|a, b| a.principal.cmp(&b.principal));
            entries
        }),
        access_policies: None,
        nodegroups: Some(vec![Nodegroup { name: "a".to_owned(), node_role: arn(NODE), ami_type: None }]),
        fargate_profiles: Some(Vec::new()),
        iam_roles: Some(Listing { items: roles.into(), complete: true }),
        iam_users: Some(Listing {
            items: vec![IamUser { arn: arn(ALICE), id: "AIDAALICE".to_owned(), created: created() }],
            complete: true,
        }),
        rbac: Some(Rbac {
            roles: vec![cluster_admin],
            bindings: vec![binding("admins", "system:masters", "cluster-admin")],
        }),
        namespaces: Some(vec!["default".to_owned()]),
        identity_providers: None,
        own_switch: None,
        caller: Some(Caller {
            arn: "arn:aws:sts::111122223333:assumed-role/Admin/me".to_owned(),
            account: "111122223333".to_owned(),
            user_id: "AROAADMIN:me".to_owned(),
        }),
    }
}

pub fn simulator(snapshot: &Snapshot) -> Simulator {
    let behaviour = Behaviour {
        node_entries: NodeEntries::None,
        update_duration: Duration::from_secs(90),
        page_size: 2,
        ..Behaviour::default()
    };
    Simulator::from_snapshot(snapshot, behaviour).unwrap()
}

pub fn journal(plan: &Plan, store: &MemoryStore) -> Journal {
    if store.bytes().contains(&b'\n') {
        return Journal::open(Box::new(store.clone()), Stamps::default()).unwrap();
    }
    Journal::create(Box::new(store.clone()), header(plan), Stamps::default()).unwrap()
}

pub fn header(plan: &Plan) -> Header {
    Header::new(plan.digest.clone(), plan.cluster.clone().unwrap(), format!("{}-1", &plan.digest[..12]))
}

pub fn progress(store: &MemoryStore) -> Progress {
    read(&store.bytes()).unwrap().progress
}

/// Of plans written by hand: the planner would make others.
pub fn options(through: Phase) -> Options<'static> {
    Options { allow_irreversible: true, origin: Origin::Unchecked, ..Options::through(through) }
}

pub fn run(world: &Simulator, plan: &Plan, store: &MemoryStore, through: Phase) -> Finished {
    run_telling(world, plan, store, options(through)).0
}

pub fn run_telling(
    world: &Simulator,
    plan: &Plan,
    store: &MemoryStore,
    options: Options<'_>,
) -> (Finished, Vec<Event>) {
    let mut events = Vec::new();
    let finished = block_on(execute(world, plan, &mut journal(plan, store), options, &mut events));
    (finished, events)
}

/// A plan of the planner, made again before it is carried out.
pub fn run_planned(world: &Simulator, plan: &Plan, store: &MemoryStore, through: Phase) -> Finished {
    run_telling(world, plan, store, Options { origin: Origin::Planner, ..options(through) }).0
}

/// Undoes what the journal tells of the plan, by the rollback plan given.
pub fn run_back(world: &Simulator, back: &Plan, of: (&Plan, &MemoryStore), store: &MemoryStore) -> Finished {
    let told = progress(of.1);
    let origin = Origin::Rollback { plan: of.0, progress: &told };
    run_telling(world, back, store, Options { origin, ..options(Phase::Verify) }).0
}

pub fn undo(world: &Simulator, plan: &Plan, store: &MemoryStore) -> Rollback {
    let now = block_on(observe(world)).unwrap();
    rollback_plan(plan, &progress(store), &now).unwrap()
}

/// What customers decide: everything but ids and times, what EKS keeps for itself, and the tag of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    pub mode: AuthenticationMode,
    pub entries: BTreeMap<String, ObservedEntry>,
    pub aws_auth: Option<BTreeMap<String, String>>,
    pub bindings: Vec<Binding>,
}

pub fn decided(world: &Simulator) -> Decided {
    let Snapshot { cluster, access_entries, aws_auth, rbac, .. } = world.to_snapshot();
    let entries = access_entries.into_iter().flatten().filter(|it| !it.username.starts_with("eks:"));
    Decided {
        mode: cluster.unwrap().mode,
        entries: entries
            .map(|it| {
                let [arn, created, modified] = [(); 3].map(|()| String::new());
                let mut tags = it.tags.clone();
                tags.remove(RUN_TAG);
                (it.principal.clone(), ObservedEntry { arn, created, modified, tags, ..it })
            })
            .collect(),
        aws_auth: aws_auth.map(|it| it.config_map.data),
        bindings: rbac.unwrap().bindings,
    }
}

/// What a rollback of [`in_dual_mode`](super::plans::in_dual_mode) restores: its dead entry gave nothing, and stays away.
pub fn restored(start: &Decided) -> Decided {
    let mut start = start.clone();
    start.entries.remove(AGAIN);
    start
}

pub fn is_write(operation: Operation) -> bool {
    use Operation::*;
    matches!(
        operation,
        UpdateClusterConfig
            | CreateAccessEntry
            | UpdateAccessEntry
            | DeleteAccessEntry
            | AssociateAccessPolicy
            | DisassociateAccessPolicy
            | CreateAwsAuth
            | ReplaceAwsAuth
            | DeleteAwsAuth
            | CreateBinding
            | DeleteBinding
    )
}
