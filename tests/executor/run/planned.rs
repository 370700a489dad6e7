//! Plans of the planner, carried out and undone.

use std::collections::BTreeMap;

use eksodus::executor::Ending;
use eksodus::journal::MemoryStore;
use eksodus::model::{AccessEntry, AuthenticationMode, EntryType};
use eksodus::observe::observe;
use eksodus::planner::{Decisions, GroupDecision, Outcome, Phase, Plan, ProposedUsernames, plan};
use eksodus::simulator::{At, Behaviour, Fault, NodeEntries, Simulator};
use eksodus::snapshot::Snapshot;
use pollster::block_on;
use proptest::prelude::*;

use super::world::{
    ADMIN, AGAIN, ALICE, Decided, NODE, OLD, OPS, decided, furthest, run_back, run_planned, snapshot, undo,
};
use crate::kit::cluster::{aws_auth, entry, node};

fn decisions() -> Decisions {
    Decisions {
        groups: BTreeMap::from([("system:odd".to_owned(), GroupDecision::Drop)]),
        proposed_usernames: ProposedUsernames::Accept,
        ..Decisions::default()
    }
}

/// Lines for the caller, another administrator and the nodes, and some more.
fn map_roles(lines: &[(usize, usize, usize)]) -> String {
    let mut text = format!(
        "# kept as it is\n- rolearn: {NODE}\n  username: system:node:{{{{EC2PrivateDNSName}}}}\n  groups:\n  - system:bootstrappers\n  - system:nodes\n- rolearn: {ADMIN}\n  username: admin\n  groups: [system:masters]\n- {{rolearn: '{OPS}', username: ops, groups: [system:masters, ops]}}\n"
    );
    for (role, username, groups) in lines {
        let role = ["Dev", "Old", "Again", "Gone"][role % 4];
        let username = ["dev", "team:{{SessionName}}", "{{SessionName}}", "system:odd", "a@b"][username % 5];
        let groups = ["[]", "[a]", "[b, a, a]", "[system:odd]", "[system:masters, a]"][groups % 5];
        text.push_str(&format!(
            "- rolearn: arn:aws:iam::111122223333:role/{role}\n  username: '{username}'\n  groups: {groups}\n"
        ));
    }
    text
}

#[derive(Debug, Clone)]
struct Case {
    dual: bool,
    lines: Vec<(usize, usize, usize)>,
    existing: Vec<usize>,
    node_entries: usize,
}

fn case() -> impl Strategy<Value = Case> {
    let line = (0..4usize, 0..5usize, 0..5usize);
    (any::<bool>(), prop::collection::vec(line, 0..6), prop::collection::vec(0..5usize, 0..5), 0..3usize)
        .prop_map(|(dual, lines, existing, node_entries)| Case { dual, lines, existing, node_entries })
}

impl Case {
    fn snapshot(&self) -> Snapshot {
        let entries = [
            entry(OLD, "old", &["a"], &["AmazonEKSViewPolicy"]),
            entry(AGAIN, "", &[], &[]),
            entry(OPS, "ops", &["x"], &["AmazonEKSEditPolicy"]),
            node(NODE, EntryType::Ec2Linux),
            entry(ALICE, "alice", &["people"], &[]),
        ];
        let mut existing: Vec<AccessEntry> =
            self.existing.iter().map(|index| entries[*index].clone()).collect();
        existing.sort();
        existing.dedup();
        let mode = match self.dual {
            true => AuthenticationMode::ApiAndConfigMap,
            false => AuthenticationMode::ConfigMap,
        };
        let aws_auth = aws_auth(&[("mapRoles", &map_roles(&self.lines))]);
        Snapshot { aws_auth: Some(aws_auth), ..snapshot(mode, &existing) }
    }

    fn world(&self) -> Simulator {
        let node_entries =
            [NodeEntries::None, NodeEntries::NamedInAwsAuth, NodeEntries::All][self.node_entries];
        Simulator::from_snapshot(&self.snapshot(), Behaviour { node_entries, ..Behaviour::default() })
            .unwrap()
    }

    fn plan(&self) -> Plan {
        plan(&self.snapshot(), &decisions())
    }
}

fn is_undone(world: &Simulator, start: &Decided) {
    let Decided { mode: _, entries, aws_auth, bindings } = decided(world);
    // nodes' entries that EKS made by itself when the mode changed stay
    let ours = |(principal, _): &(&String, &_)| start.mode.has_entries() || *principal != NODE;
    let entries: BTreeMap<_, _> =
        entries.iter().filter(ours).map(|(key, entry)| (key.clone(), entry.clone())).collect();
    assert_eq!(
        (entries, aws_auth, bindings),
        (start.entries.clone(), start.aws_auth.clone(), start.bindings.clone())
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn apply_ends_in_an_empty_plan_and_rollback_restores_the_start(case in case()) {
        let (world, plan) = (case.world(), case.plan());
        let through = furthest(&plan, Phase::Prune);
        let store = MemoryStore::default();
        let start = decided(&world);
        let finished = run_planned(&world, &plan, &store, through);
        prop_assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
        let now = block_on(observe(&world)).unwrap();
        let again = eksodus::planner::plan(&now, &plan.decisions);
        let left: Vec<&str> = again.steps.iter().filter(|it| it.phase <= through).map(|it| it.id.as_str()).collect();
        prop_assert!(left.is_empty(), "{:?}", left);

        let rollback = undo(&world, &plan, &store);
        prop_assert!(rollback.refused.is_empty());
        let finished = run_back(&world, &rollback.plan, (&plan, &store), &MemoryStore::default());
        prop_assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
        is_undone(&world, &start);
    }

    #[test]
    fn a_run_that_dies_anywhere_ends_where_one_that_lived_does(
        case in case(), number in 1..200u32, after: bool, number_of_second in 1..150u32,
    ) {
        let plan = case.plan();
        let through = furthest(&plan, Phase::ApiMode);
        let lived = case.world();
        let finished = run_planned(&lived, &plan, &MemoryStore::default(), through);
        prop_assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);

        let world = case.world();
        let store = MemoryStore::default();
        for number in [number, number_of_second] {
            let at = At { operation: None, number };
            world.set_faults([if after { Fault::HaltAfter { at } } else { Fault::Halt { at } }]);
            run_planned(&world, &plan, &store, through);
        }
        world.set_faults([]);
        let finished = run_planned(&world, &plan, &store, through);
        prop_assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
        prop_assert_eq!(decided(&world), decided(&lived));
    }
}

#[test]
fn most_cases_have_something_to_do() {
    let case = Case { dual: false, lines: vec![(0, 1, 2), (1, 0, 4)], existing: vec![1], node_entries: 1 };
    let plan = case.plan();
    assert_eq!(furthest(&plan, Phase::ApiMode), Phase::ApiMode, "{:#?}", plan.notices);
    assert!(plan.lines.iter().all(|line| matches!(line.outcome, Outcome::Migrates { .. })));
    assert!(plan.steps.len() > 6);
}
