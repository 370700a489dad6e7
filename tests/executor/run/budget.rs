//! How many calls a run may make: what `docs/architecture.md` says.

use std::collections::BTreeMap;

use eksodus::executor::Ending;
use eksodus::journal::MemoryStore;
use eksodus::model::AuthenticationMode;
use eksodus::planner::{Decisions, Phase, Plan, plan};
use eksodus::simulator::{At, Behaviour, Fault, NodeEntries, Operation, Simulator};
use eksodus::snapshot::Snapshot;

use super::world::{ADMIN, is_write, progress, run, snapshot};
use crate::kit::cluster::{With, aws_auth};

const PAGE: usize = 100;
/// Reads that do not grow with the cluster, but for the polls of an update.
const CONSTANT: usize = 30;

/// Lines for `n` roles, of which the first `masters` are administrators, and the plan for them.
pub fn of_size(mode: AuthenticationMode, n: usize, masters: usize) -> (Snapshot, Plan) {
    let role = |i: usize| match i {
        0 => ADMIN.to_owned(),
        _ => format!("arn:aws:iam::111122223333:role/R{i:04}"),
    };
    let mut now = snapshot(mode, &[]).iam(&(1..n).map(role).collect::<Vec<_>>());
    let line = |i: usize| {
        let group = if i < masters { "system:masters" } else { "developers" };
        format!("- rolearn: {}\n  username: u{i}\n  groups: [{group}]\n", role(i))
    };
    now.aws_auth = Some(aws_auth(&[("mapRoles", &(0..n).map(line).collect::<String>())]));
    now.nodegroups = Some(Vec::new());
    let plan = plan(&now, &Decisions::default());
    assert_eq!(plan.blockers(Phase::Prune).count(), 0, "{:?}", plan.notices);
    assert_eq!(plan.targets.len(), n);
    (now, plan)
}

pub fn world(snapshot: &Snapshot) -> Simulator {
    Simulator::from_snapshot(snapshot, roomy()).unwrap()
}

/// With pages as long as EKS's own.
pub fn roomy() -> Behaviour {
    Behaviour { node_entries: NodeEntries::None, ..Behaviour::default() }
}

#[derive(Debug, Default)]
struct Calls(BTreeMap<&'static str, usize>);

impl Calls {
    /// Since there were `before`.
    fn of(world: &Simulator, before: usize) -> Self {
        let mut calls = Self::default();
        for call in &world.calls()[before..] {
            *calls.0.entry(call.operation.as_str()).or_default() += 1;
        }
        calls
    }

    fn number(&self, operation: Operation) -> usize {
        self.0.get(operation.as_str()).copied().unwrap_or_default()
    }
}

fn writes(world: &Simulator) -> usize {
    world.calls().iter().filter(|call| is_write(call.operation)).count()
}

fn done(world: &Simulator, plan: &Plan, store: &MemoryStore, through: Phase) {
    let finished = run(world, plan, store, through);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
}

#[test]
fn entries_are_written_once_and_seen_in_the_list() {
    for (n, masters) in [(1, 1), (5, 2), (250, 3), (1_000, 40)] {
        let (snapshot, plan) = of_size(AuthenticationMode::ApiAndConfigMap, n, masters);
        let world = world(&snapshot);
        done(&world, &plan, &MemoryStore::default(), Phase::Entries);
        assert_eq!(writes(&world), n + masters);
        let reads = world.calls().len() - writes(&world);
        let calls = Calls::of(&world, 0);
        assert!(reads <= n.div_ceil(PAGE) + CONSTANT, "{n}: {reads} reads: {calls:?}");
        // none before, and each page once afterwards; a few are looked at one by one
        let pages = if n <= 2 { 0 } else { (n - 1).div_ceil(PAGE) };
        assert_eq!(calls.number(Operation::ListAccessEntries), 1 + pages, "{n}");
    }
}

#[test]
fn from_config_map_mode_it_takes_the_change_of_the_mode_and_one_more_observation() {
    for (n, masters) in [(5, 2), (300, 3)] {
        let (snapshot, plan) = of_size(AuthenticationMode::ConfigMap, n, masters);
        let world = world(&snapshot);
        done(&world, &plan, &MemoryStore::default(), Phase::Entries);
        assert_eq!(writes(&world), n + masters + 1);
        let calls = Calls::of(&world, 0);
        let polls = calls.number(Operation::DescribeUpdate);
        let reads = world.calls().len() - writes(&world) - polls;
        assert!(reads <= n.div_ceil(PAGE) + CONSTANT, "{n}: {reads} reads: {calls:?}");
    }
}

#[test]
fn each_verification_reads_every_entry_once_and_guards_use_what_it_has_read() {
    let n = 230;
    let (snapshot, plan) = of_size(AuthenticationMode::ApiAndConfigMap, n, 3);
    let world = world(&snapshot);
    done(&world, &plan, &MemoryStore::default(), Phase::Entries);
    let before = world.calls().len();
    let store = MemoryStore::default();
    let again = plan_now(&world, &plan);
    done(&world, &again, &store, Phase::Verify);
    let calls = Calls::of(&world, before);
    assert_eq!(calls.number(Operation::DescribeAccessEntry), n);
    assert_eq!(calls.number(Operation::ListAssociatedAccessPolicies), n);
    assert_eq!(calls.number(Operation::ListAccessEntries), n.div_ceil(PAGE));

    let before = world.calls().len();
    done(&world, &again, &store, Phase::ApiMode);
    let calls = Calls::of(&world, before);
    // the gate; then after aws-auth was cut, and after the mode has changed. Right before each of these two calls the
    // caller's entry is read again, and before the second one another administrator's
    assert_eq!(calls.number(Operation::DescribeAccessEntry), 3 * n + 3, "{calls:?}");
    assert_eq!(calls.number(Operation::ListAccessEntries), (3 + 2) * n.div_ceil(PAGE));
}

fn plan_now(world: &Simulator, plan: &Plan) -> Plan {
    eksodus::planner::plan(&world.to_snapshot(), &plan.decisions)
}

#[test]
fn a_resumed_run_looks_only_at_what_is_in_doubt() {
    let (n, masters) = (250, 3);
    let (snapshot, plan) = of_size(AuthenticationMode::ApiAndConfigMap, n, masters);
    // the last of the pages that new entries are looked for on; the ones before are read while steps are under way
    for (at, operation) in [
        (200, Operation::CreateAccessEntry),
        (2, Operation::ListAccessEntries),
        (4, Operation::ListAccessEntries),
    ] {
        let world = world(&snapshot);
        let store = MemoryStore::default();
        world.set_faults([Fault::Halt { at: At { operation: Some(operation), number: at } }]);
        let halted = run(&world, &plan, &store, Phase::Entries);
        assert!(matches!(halted.ending, Ending::Failed(_)), "{:?}", halted.ending);
        let there = progress(&store).applied() - masters.min(progress(&store).applied());
        let before = world.calls().len();
        world.set_faults([]);
        done(&world, &plan, &store, Phase::Entries);
        let calls = Calls::of(&world, before);
        let described = calls.number(Operation::DescribeAccessEntry);
        match (operation, at) {
            (Operation::ListAccessEntries, 4) => assert!(described <= there + 2, "{there}: {calls:?}"),
            // calls without an outcome are looked at for a minute, and then everything is observed again
            _ => assert!(described <= 2 * there + 120, "{there}: {calls:?}"),
        }
    }
}
