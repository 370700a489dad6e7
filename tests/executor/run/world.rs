//! A cluster, a plan for it written by hand, and a journal in memory.

use std::collections::BTreeMap;
use std::time::Duration;

use eksodus::executor::{Event, Finished, Options, Origin, Rollback, execute, rollback_plan};
use eksodus::journal::{Header, Journal, MemoryStore, Progress, Stamps, read};
use eksodus::model::{AccessEntry, AuthenticationMode, RUN_TAG};
use eksodus::observe::observe;
use eksodus::planner::{Phase, Plan};
use eksodus::rbac::{Binding, SubjectKind};
use eksodus::simulator::{Behaviour, NodeEntries, Operation, Simulator};
use eksodus::snapshot::{ObservedEntry, Snapshot};
use pollster::block_on;

use crate::kit::cluster::{With, cluster, shown};

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

pub fn map_roles(text: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("mapRoles".to_owned(), text.to_owned())])
}

/// A cluster with these entries, which CONFIG_MAP mode hides. Admin asks, and is an administrator by aws-auth as Ops is.
pub fn snapshot(mode: AuthenticationMode, entries: &[AccessEntry]) -> Snapshot {
    let snapshot = cluster(mode, &[("mapRoles", AWS_AUTH)])
        .caller("Admin")
        .iam(&[ADMIN, OPS, DEV, NODE, WINDOWS, OLD, AGAIN, ALICE])
        .nodegroup("a", NODE, None)
        .bound(SubjectKind::Group, "system:masters", "cluster-admin")
        .entries(entries.iter().map(shown).collect());
    Snapshot { namespaces: Some(vec!["default".to_owned()]), ..snapshot }
}

pub fn simulator(snapshot: &Snapshot) -> Simulator {
    Simulator::from_snapshot(snapshot, behaviour()).unwrap()
}

pub fn behaviour() -> Behaviour {
    Behaviour {
        node_entries: NodeEntries::None,
        update_duration: Duration::from_secs(90),
        page_size: 2,
        ..Behaviour::default()
    }
}

/// One in which calls take a while, and others are made meanwhile.
pub fn slow(snapshot: &Snapshot, behaviour: Behaviour) -> Simulator {
    Simulator::from_snapshot(snapshot, Behaviour { turns: 5, ..behaviour }).unwrap()
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

/// The furthest phase that no finding blocks.
pub fn furthest(plan: &Plan, last: Phase) -> Phase {
    let free = |phase: &Phase| *phase <= last && plan.blockers(*phase).next().is_none();
    Phase::ALL.into_iter().filter(free).max().unwrap_or(Phase::Preflight)
}

/// What customers decide: everything but ids, times, and what EKS keeps for itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    pub mode: AuthenticationMode,
    pub entries: BTreeMap<String, ObservedEntry>,
    pub aws_auth: Option<BTreeMap<String, String>>,
    pub bindings: Vec<Binding>,
}

pub fn decided_and_tagged(world: &Simulator) -> Decided {
    let Snapshot { cluster, access_entries, aws_auth, rbac, .. } = world.to_snapshot();
    let ours = access_entries.into_iter().flatten().filter(|it| !it.username.starts_with("eks:"));
    let plain = |entry: ObservedEntry| {
        let [arn, created, modified] = [(); 3].map(|()| String::new());
        (entry.principal.clone(), ObservedEntry { arn, created, modified, ..entry })
    };
    let mut bindings = rbac.map_or_else(|| world.made().bindings, |rbac| rbac.bindings);
    bindings.sort();
    Decided {
        mode: cluster.unwrap().mode,
        entries: ours.map(plain).collect(),
        aws_auth: aws_auth.map(|it| it.config_map.data),
        bindings,
    }
}

/// Without the tag of a run.
pub fn decided(world: &Simulator) -> Decided {
    let mut decided = decided_and_tagged(world);
    decided.entries.values_mut().for_each(|entry| drop(entry.tags.remove(RUN_TAG)));
    decided
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
