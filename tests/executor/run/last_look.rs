//! What changes between the look of a guard and the call that it guards, or while that call is made.

use eksodus::executor::{Ending, Failure, Finished, Refusal};
use eksodus::journal::MemoryStore;
use eksodus::model::{AuthenticationMode, EntryType};
use eksodus::planner::{Expected, Phase, Plan, Step};
use eksodus::simulator::{At, Change, Fault, Operation, Simulator};
use eksodus::snapshot::Snapshot;

use super::plans::{entry_step, mode_step, plan, prune_step};
use super::world::{
    ADMIN, DEV, NODE, OPS, decided, is_write, map_roles, run, run_planned, simulator, snapshot,
};
use crate::kit::cluster::{arn, entry, node, policy};

const DUAL: AuthenticationMode = AuthenticationMode::ApiAndConfigMap;

/// Everything covered, and the rest of the way still to go.
pub(crate) fn covered(steps: Vec<Step>) -> (Snapshot, Plan) {
    let targets = [
        entry(OPS, "ops", &[], &["AmazonEKSClusterAdminPolicy"]),
        entry(DEV, "dev:{{SessionName}}", &["developers"], &[]),
        node(NODE, EntryType::Ec2Linux),
        entry(ADMIN, "admin", &[], &["AmazonEKSClusterAdminPolicy"]),
    ];
    let snapshot = snapshot(DUAL, &targets);
    let same = |entry: &eksodus::model::AccessEntry| {
        entry_step(Expected::Entry(entry.clone()), Some(entry.clone()), false)
    };
    let mut all: Vec<Step> = targets.iter().map(same).collect();
    all.extend(steps);
    let plan = plan(&snapshot, all);
    (snapshot, plan)
}

fn to_api_mode() -> (Snapshot, Plan) {
    covered(vec![mode_step(DUAL, AuthenticationMode::Api)])
}

fn pruned() -> (Snapshot, Plan) {
    covered(vec![prune_step("[]\n")])
}

/// With the change just before the call of this number.
pub fn with(
    snapshot: &Snapshot,
    plan: &Plan,
    number: u32,
    change: &Change,
    last: Phase,
) -> (Finished, Simulator) {
    let world = simulator(snapshot);
    let at = At { operation: None, number };
    world.set_faults([Fault::Change { at, change: change.clone() }]);
    let finished = run(&world, plan, &MemoryStore::default(), last);
    (finished, world)
}

/// The numbers of the first call after the entries were looked at for the gate, and of the one that changes something.
fn between(snapshot: &Snapshot, plan: &Plan, last: Phase) -> (u32, u32) {
    let world = simulator(snapshot);
    let finished = run(&world, plan, &MemoryStore::default(), last);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let calls = world.calls();
    let number = |at: usize| u32::try_from(at + 1).unwrap();
    let write = calls.iter().rposition(|call| is_write(call.operation)).unwrap();
    let gate = calls.iter().position(|call| call.operation == Operation::ListAccessEntries).unwrap();
    (number(gate), number(write))
}

fn changes() -> Vec<Change> {
    vec![
        Change::AddLine,
        Change::DeleteEntry(Some(arn(NODE))),
        Change::DeleteEntry(Some(arn(OPS))),
        Change::Disassociate(arn(OPS), policy("AmazonEKSClusterAdminPolicy")),
        Change::DeleteEntry(Some(arn(ADMIN))),
        Change::Disassociate(arn(ADMIN), policy("AmazonEKSClusterAdminPolicy")),
        Change::DeleteEntry(Some(arn(DEV))),
        Change::TouchEntry(Some(arn(DEV))),
    ]
}

#[test]
fn whatever_changes_up_to_the_switch_to_api_mode_is_told() {
    let (snapshot, plan) = to_api_mode();
    let (gate, switch) = between(&snapshot, &plan, Phase::ApiMode);
    assert!(switch > gate + 20, "{gate} {switch}");
    let mut ends = [0, 0];
    for change in changes() {
        for number in (gate..=switch).filter(|number| number % 3 == 0 || switch - number < 20) {
            let (finished, world) = with(&snapshot, &plan, number, &change, Phase::ApiMode);
            let what = format!("{change:?} before call {number}: {:?}", finished.ending);
            match finished.ending {
                Ending::Refused(_) | Ending::Failed(Failure::Verify { after: Phase::Verify, .. }) => {
                    assert_eq!(decided(&world).mode, DUAL, "{what}");
                    assert_eq!(finished.applied, 0, "{what}");
                    ends[0] += 1;
                }
                Ending::Failed(Failure::Unsafe { after: Phase::ApiMode, .. }) => {
                    assert_eq!(decided(&world).mode, AuthenticationMode::Api, "{what}");
                    assert_eq!(finished.applied, 1, "{what}");
                    ends[1] += 1;
                }
                _ => panic!("{what}"),
            }
        }
    }
    // only what came between the last look and the call slips through, and is told then
    assert!(ends[1] > 0 && ends[1] < ends[0] / 2, "{ends:?}");
}

#[test]
fn right_before_the_switch_it_is_looked_at_again() {
    let (snapshot, plan) = to_api_mode();
    let (_, switch) = between(&snapshot, &plan, Phase::ApiMode);
    let world = simulator(&snapshot);
    run(&world, &plan, &MemoryStore::default(), Phase::ApiMode);
    let calls = world.calls();
    let before: Vec<Operation> =
        calls[..switch as usize - 1].iter().rev().take(12).map(|call| call.operation).collect();
    for read in [
        Operation::GetAwsAuth,
        Operation::DescribeCluster,
        Operation::GetCallerIdentity,
        Operation::ListAccessEntries,
    ] {
        assert!(before.contains(&read), "{read:?} of {before:?}");
    }
    // aws-auth is among the last: a mapping that is added while the entries are read again is seen
    let read =
        calls[..switch as usize - 1].iter().rposition(|it| it.operation == Operation::GetAwsAuth).unwrap();
    let (finished, world) =
        with(&snapshot, &plan, u32::try_from(read + 1).unwrap(), &Change::AddLine, Phase::ApiMode);
    let Ending::Refused(refusals) = &finished.ending else { panic!("{:?}", finished.ending) };
    assert!(refusals.iter().any(|it| matches!(it, Refusal::UnknownLine { .. })), "{refusals:?}");
    assert_eq!(decided(&world).mode, DUAL);
}

#[test]
fn what_came_during_the_switch_is_named_with_who_suffers() {
    let (snapshot, plan) = to_api_mode();
    let (_, switch) = between(&snapshot, &plan, Phase::ApiMode);
    let refusals = |change: &Change| {
        let (finished, _) = with(&snapshot, &plan, switch, change, Phase::ApiMode);
        match finished.ending {
            Ending::Failed(Failure::Unsafe { after: Phase::ApiMode, refusals }) => refusals,
            other => panic!("{other:?}"),
        }
    };
    let late = "arn:aws:iam::111122223333:role/someone-else".to_owned();
    assert_eq!(refusals(&Change::AddLine), [Refusal::UnknownLine { arn: late }]);
    let nodes = refusals(&Change::DeleteEntry(Some(arn(NODE))));
    assert!(nodes.iter().any(|it| matches!(it, Refusal::NodeRole { found: None, .. })), "{nodes:?}");
    let own = refusals(&Change::DeleteEntry(Some(arn(ADMIN))));
    assert!(own.iter().any(|it| matches!(it, Refusal::CallerHasNoEntry { .. })), "{own:?}");
    let only = refusals(&Change::DeleteEntry(Some(arn(OPS))));
    assert!(only.contains(&Refusal::NoOtherAdministrator), "{only:?}");
}

#[test]
fn whatever_changes_up_to_the_cut_of_aws_auth_is_told() {
    let (snapshot, plan) = pruned();
    let (gate, cut) = between(&snapshot, &plan, Phase::Prune);
    for change in changes() {
        // somebody else's administrator is a question of api-mode
        for number in (gate..=cut).filter(|number| number % 3 == 0 || cut - number < 16) {
            let (finished, world) = with(&snapshot, &plan, number, &change, Phase::Prune);
            let what = format!("{change:?} before call {number}: {:?}", finished.ending);
            let has_mappings = decided(&world).aws_auth != Some(map_roles("[]\n"));
            match finished.ending {
                Ending::Refused(_) | Ending::Failed(Failure::Verify { .. } | Failure::Overtaken(_)) => {
                    assert!(has_mappings || finished.applied == 1, "{what}");
                }
                Ending::Failed(Failure::Unsafe { after: Phase::Prune, .. }) => {
                    assert!(!has_mappings, "{what}")
                }
                _ => panic!("{what}"),
            }
        }
    }
}

#[test]
fn a_run_that_ended_unsafe_says_so_until_it_is_put_right() {
    let (snapshot, plan) = to_api_mode();
    let (_, switch) = between(&snapshot, &plan, Phase::ApiMode);
    let (world, store) = (simulator(&snapshot), MemoryStore::default());
    let at = At { operation: None, number: switch };
    world.set_faults([Fault::Change { at, change: Change::DeleteEntry(Some(arn(OPS))) }]);
    let ending = run(&world, &plan, &store, Phase::ApiMode).ending;
    assert!(matches!(ending, Ending::Failed(Failure::Unsafe { .. })), "{ending:?}");
    world.set_faults([]);
    // every step is done, and yet it is not good
    let ending = run(&world, &plan, &store, Phase::ApiMode).ending;
    assert!(matches!(ending, Ending::Refused(_) | Ending::Failed(_)), "{ending:?}");
}

/// A mapping that an entry overrides has no target: what the entry gives only the world says.
#[test]
fn an_entry_that_overrides_a_mapping_and_gives_less_during_the_switch_is_told() {
    let (snapshot, _) = to_api_mode();
    let plan = eksodus::planner::plan(&snapshot, &eksodus::planner::Decisions::default());
    let world = simulator(&snapshot);
    let at = At { operation: Some(Operation::UpdateClusterConfig), number: 1 };
    world.set_faults([Fault::Change { at, change: Change::TouchEntry(Some(arn(DEV))) }]);
    let finished = run_planned(&world, &plan, &MemoryStore::default(), Phase::ApiMode);
    let Ending::Failed(Failure::Unsafe { after: Phase::ApiMode, refusals }) = &finished.ending else {
        panic!("{:?}", finished.ending)
    };
    assert!(matches!(&refusals[..], [Refusal::NotCovered { arn, .. }] if arn == DEV), "{refusals:?}");
}
