//! Everything that can go wrong and be overcome, and what must not be overcome.

use std::time::Duration;

use eksodus::calls::Resource;
use eksodus::executor::{Ending, Event, Failure, Options, Refusal, verify};
use eksodus::journal::{CallState, MemoryStore, Progress, read};
use eksodus::model::{AccessEntry, AuthenticationMode};
use eksodus::observe::ApiError;
use eksodus::planner::{Expected, Phase};
use eksodus::simulator::{At, Behaviour, Change, Fault, NodeEntries, Operation, Simulator};
use eksodus::snapshot::{Part, Snapshot};
use eksodus::world::Clock as _;

use super::plans::{entry_step, from_config_map, in_dual_mode, plan};
use super::world::{
    ADMIN, AGAIN, ALICE, DEV, OPS, decided, is_write, map_roles, options, progress, restored, run,
    run_telling, simulator, snapshot, undo,
};
use crate::kit::cluster::{arn, entry};

fn at(operation: Operation, number: u32) -> At {
    At { operation: Some(operation), number }
}

#[test]
fn any_single_call_may_fail_lose_its_answer_or_be_throttled() {
    for (snapshot, plan) in [from_config_map(), in_dual_mode()] {
        let through = plan.steps.last().unwrap().phase;
        let world = simulator(&snapshot);
        run(&world, &plan, &MemoryStore::default(), through);
        let end = decided(&world);
        let writes = (1..).zip(world.calls()).filter(|(_, call)| is_write(call.operation));
        for (number, _) in writes.collect::<Vec<_>>() {
            let at = At { operation: None, number };
            for fault in [
                Fault::Fail { at },
                Fault::FailAfter { at },
                Fault::LostAnswer { at },
                Fault::Throttle { at, last: number + 2 },
            ] {
                let world = simulator(&snapshot);
                world.set_faults([fault.clone()]);
                let store = MemoryStore::default();
                let finished = run(&world, &plan, &store, through);
                assert!(matches!(finished.ending, Ending::Done), "{fault:?}: {:?}", finished.ending);
                assert_eq!(decided(&world), end, "{fault:?}");
                let none_of_others = progress(&store)
                    .steps()
                    .flat_map(|(_, step)| step.calls.clone())
                    .all(|call| call.state == CallState::Applied);
                assert!(none_of_others, "{fault:?}: a call of ours is taken for somebody else's");
            }
        }
    }
}

#[test]
fn a_lost_answer_without_client_tokens_ends_in_a_conflict_that_is_recognised_as_ours() {
    let (snapshot, plan) = in_dual_mode();
    let behaviour =
        Behaviour { client_tokens: false, visibility_delay: Duration::from_secs(8), ..Behaviour::default() };
    let world = Simulator::from_snapshot(&snapshot, behaviour).unwrap();
    world.set_faults([Fault::LostAnswer { at: at(Operation::CreateAccessEntry, 3) }]);
    let store = MemoryStore::default();
    let finished = run(&world, &plan, &store, Phase::Verify);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let told = progress(&store);
    let step = told.step(&format!("entries/{DEV}")).unwrap();
    assert_eq!(step.calls[0].state, CallState::Applied);
}

#[test]
fn writes_that_are_seen_late_and_constant_throttling_only_take_time() {
    for (snapshot, plan) in [from_config_map(), in_dual_mode()] {
        let through = plan.steps.last().unwrap().phase;
        let quick = simulator(&snapshot);
        run(&quick, &plan, &MemoryStore::default(), through);
        let slow = simulator(&snapshot);
        slow.set_faults([Fault::Delay(Duration::from_secs(12)), Fault::ThrottleEvery { every: 5 }]);
        let (finished, events) = run_telling(&slow, &plan, &MemoryStore::default(), options(through));
        assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
        assert_eq!(decided(&slow), decided(&quick));
        assert!(events.iter().any(|event| matches!(event, Event::Waiting { .. })));
        assert!(events.iter().any(|event| matches!(event, Event::Retrying { .. })));
        assert!(slow.elapsed() > quick.elapsed());
    }
}

#[test]
fn a_write_that_is_never_seen_is_an_error() {
    let (snapshot, plan) = in_dual_mode();
    let world = simulator(&snapshot);
    world.set_faults([Fault::Delay(Duration::from_secs(3_600))]);
    let finished = run(&world, &plan, &MemoryStore::default(), Phase::Verify);
    assert!(matches!(finished.ending, Ending::Failed(Failure::NotSeen(_))), "{:?}", finished.ending);
    assert!(finished.applied > 0);
}

#[test]
fn a_call_that_is_denied_stops_the_run_at_once() {
    let (snapshot, plan) = in_dual_mode();
    let world = simulator(&snapshot);
    world.set_faults([Fault::Deny { action: "eks:AssociateAccessPolicy".to_owned() }]);
    let one = Options { at_once: 1, ..options(Phase::Verify) };
    let (finished, _) = run_telling(&world, &plan, &MemoryStore::default(), one);
    let Ending::Failed(Failure::Call { source: ApiError::Aws(error), .. }) = &finished.ending else {
        panic!("{:?}", finished.ending);
    };
    assert_eq!(error.operation, "eks:AssociateAccessPolicy");
    assert_eq!(finished.applied, 0);
    let writes = world.calls().iter().filter(|call| is_write(call.operation)).count();
    assert_eq!(writes, 1);
}

#[test]
fn calls_that_keep_failing_end_in_doubt_and_can_be_resumed() {
    let (snapshot, plan) = in_dual_mode();
    let world = simulator(&snapshot);
    world.set_faults((1..60).map(|number| Fault::Fail { at: at(Operation::DeleteAccessEntry, number) }));
    let store = MemoryStore::default();
    let finished = run(&world, &plan, &store, Phase::Prune);
    assert!(matches!(finished.ending, Ending::Failed(Failure::Doubt { .. })), "{:?}", finished.ending);
    assert!(progress(&store).has_open());
    world.set_faults([]);
    let finished = run(&world, &plan, &store, Phase::Prune);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
}

#[test]
fn a_change_by_somebody_else_makes_the_plan_stale() {
    let other = arn("arn:aws:iam::111122223333:role/Again");
    let changes = [
        (Change::AddLine, Part::AwsAuth),
        (Change::TouchEntry(Some(other.clone())), Part::AccessEntries),
        (Change::DeleteEntry(Some(other)), Part::AccessEntries),
        (Change::RecreatePrincipal(Some(arn(DEV))), Part::IamRoles),
    ];
    for (change, source) in changes {
        let (snapshot, plan) = in_dual_mode();
        let world = simulator(&snapshot);
        world.change(&change);
        let start = decided(&world);
        let finished = run(&world, &plan, &MemoryStore::default(), Phase::Prune);
        let Ending::Refused(refusals) = &finished.ending else { panic!("{:?}", finished.ending) };
        let Refusal::Stale { changed } = &refusals[0] else { panic!("{refusals:?}") };
        assert!(changed.contains(&source), "{changed:?}");
        assert_eq!(decided(&world), start);
        assert_eq!(finished.applied, 0);
    }
}

#[test]
fn a_change_between_two_runs_is_found_whether_the_plan_touches_it_or_not() {
    let touched = Change::TouchEntry(Some(arn("arn:aws:iam::111122223333:role/Old")));
    let untouched = Change::TouchEntry(Some(arn(OPS)));
    for change in [touched, untouched, Change::AddLine] {
        let (snapshot, plan) = in_dual_mode();
        let world = simulator(&snapshot);
        let store = MemoryStore::default();
        world.set_faults([Fault::HaltAfter { at: at(Operation::CreateAccessEntry, 2) }]);
        run(&world, &plan, &store, Phase::Prune);
        world.set_faults([]);
        world.change(&change);
        let before = decided(&world);
        let finished = run(&world, &plan, &store, Phase::Prune);
        assert!(matches!(finished.ending, Ending::Refused(_)), "{change:?}: {:?}", finished.ending);
        assert_eq!(decided(&world), before, "{change:?}");
    }
}

#[test]
fn an_edit_of_aws_auth_just_before_the_prune_is_not_overwritten() {
    let (snapshot, plan) = in_dual_mode();
    let world = simulator(&snapshot);
    world.set_faults([Fault::Change { at: at(Operation::ReplaceAwsAuth, 1), change: Change::AddLine }]);
    let finished = run(&world, &plan, &MemoryStore::default(), Phase::Prune);
    assert!(matches!(finished.ending, Ending::Failed(Failure::Overtaken(_))), "{:?}", finished.ending);
    let data = decided(&world).aws_auth.unwrap();
    assert!(data["mapRoles"].contains("someone-else") && data["mapRoles"].contains("# the nodes"));
}

#[test]
fn another_update_of_the_cluster_is_waited_for() {
    let (snapshot, plan) = from_config_map();
    let world = simulator(&snapshot);
    world.set_faults([Fault::Change {
        at: at(Operation::UpdateClusterConfig, 1),
        change: Change::StartUpdate,
    }]);
    let finished = run(&world, &plan, &MemoryStore::default(), Phase::Verify);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    assert!(world.elapsed() > Duration::from_secs(180));
}

#[test]
fn another_update_of_the_cluster_that_does_not_end_is_named() {
    let (snapshot, plan) = from_config_map();
    for denied in [None, Some("eks:DescribeUpdate")] {
        let behaviour = Behaviour { update_duration: Duration::from_secs(86_400), ..Behaviour::default() };
        let world = Simulator::from_snapshot(&snapshot, behaviour).unwrap();
        let deny = denied.map(|action| Fault::Deny { action: action.to_owned() });
        world.set_faults(deny);
        world.change(&Change::StartUpdate);
        let finished = run(&world, &plan, &MemoryStore::default(), Phase::Verify);
        let Ending::Failed(Failure::OtherUpdate { source, .. }) = finished.ending else {
            panic!("{:?}", finished.ending)
        };
        let named = source.to_string().contains("another update is in progress: 00000000-");
        assert_eq!(named, denied.is_none(), "{source}");
        assert!(source.to_string().contains("currently has update 00000000-"), "{source}");
    }
}

#[test]
fn an_update_of_the_mode_that_fails_is_told_and_can_be_tried_again() {
    let (snapshot, plan) = from_config_map();
    let world = simulator(&snapshot);
    world.set_faults([Fault::FailUpdate { number: 1 }]);
    let store = MemoryStore::default();
    let finished = run(&world, &plan, &store, Phase::Verify);
    assert!(matches!(finished.ending, Ending::Failed(Failure::Update { .. })), "{:?}", finished.ending);
    assert_eq!(finished.applied, 0);
    world.set_faults([]);
    let finished = run(&world, &plan, &store, Phase::Verify);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
}

#[test]
fn entries_that_eks_made_are_adopted_and_stay_when_the_rest_is_undone() {
    let (snapshot, plan) = from_config_map();
    let behaviour = Behaviour { node_entries: NodeEntries::All, ..Behaviour::default() };
    let world = Simulator::from_snapshot(&snapshot, behaviour).unwrap();
    let store = MemoryStore::default();
    let (finished, events) = run_telling(&world, &plan, &store, options(Phase::Verify));
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let node = format!("entries/{}", super::world::NODE);
    assert!(events.contains(&Event::Adopted { step: node }));
    run(&world, &undo(&world, &plan, &store).plan, &MemoryStore::default(), Phase::Verify);
    let entries = decided(&world).entries;
    assert_eq!(entries.keys().map(String::as_str).collect::<Vec<_>>(), [super::world::NODE]);
}

#[test]
fn an_entry_that_eks_made_and_that_gives_more_is_left_as_it_is_and_counts_as_done() {
    let (snapshot, plan) = from_config_map();
    let behaviour = Behaviour { creator: Some(arn(ALICE)), ..Behaviour::default() };
    let world = Simulator::from_snapshot(&snapshot, behaviour).unwrap();
    let store = MemoryStore::default();
    let (finished, events) = run_telling(&world, &plan, &store, options(Phase::Prune));
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    assert!(events.contains(&Event::Adopted { step: format!("entries/{}", ALICE) }));
    let alice = decided(&world).entries.remove(ALICE).unwrap();
    assert!(alice.groups.is_empty() && alice.policies.len() == 1, "{alice:?}");
    // the journal tells what was found, and later runs and `verify` hold the entry against that
    let again = run(&world, &plan, &store, Phase::Prune);
    assert!(matches!(again.ending, Ending::Done), "{:?}", again.ending);
    let (told, now) = (read(&store.bytes()).unwrap().progress, world.to_snapshot());
    let done = |phase| phase <= Phase::Prune;
    let said = |told: Option<&Progress>, now: &Snapshot| -> Vec<String> {
        verify(&plan, &done, told, now).iter().map(ToString::to_string).collect()
    };
    assert_eq!(said(Some(&told), &now), [""; 0]);
    let more = |what: &str| format!("access entry {ALICE} has more than the plan: {what}");
    let [without] = said(None, &now).try_into().unwrap();
    assert!(without.starts_with(&more("AmazonEKSClusterAdminPolicy (cluster)")), "{without}");
    let mut edited = now.clone();
    let mut entries = edited.access_entries.iter_mut().flatten();
    entries.find(|entry| entry.principal == ALICE).unwrap().groups.insert("added".to_owned());
    assert_eq!(said(Some(&told), &edited), [more("group added")]);
    // it is not ours to undo
    run(&world, &undo(&world, &plan, &store).plan, &MemoryStore::default(), Phase::Verify);
    let left = decided(&world).entries;
    assert!(left.keys().map(String::as_str).eq([super::world::NODE, ALICE]), "{left:?}");
}

#[test]
fn an_entry_that_eks_made_otherwise_stops_the_run_before_any_entry_is_written() {
    let (snapshot, plan) = from_config_map();
    let behaviour = Behaviour { creator: Some(arn(ADMIN)), ..Behaviour::default() };
    let world = Simulator::from_snapshot(&snapshot, behaviour).unwrap();
    let finished = run(&world, &plan, &MemoryStore::default(), Phase::Verify);
    let Ending::Refused(refusals) = &finished.ending else { panic!("{:?}", finished.ending) };
    assert!(matches!(&refusals[..], [Refusal::NeedsNewPlan { step, .. }] if step.ends_with(ADMIN)));
    assert!(!decided(&world).entries.contains_key(DEV));
    assert_eq!(finished.applied, 1);
}

#[test]
fn an_equal_entry_that_appears_before_our_call_is_not_ours_to_undo() {
    let snapshot = snapshot(AuthenticationMode::ApiAndConfigMap, &[]);
    let bare = AccessEntry {
        groups: entry(ALICE, "", &["someone-else"], &[]).groups,
        ..AccessEntry::standard(arn(ALICE))
    };
    let plan = plan(&snapshot, vec![entry_step(Expected::Absent, Some(bare), false)]);
    let plan =
        eksodus::planner::Plan { nodes: Vec::new(), caller: eksodus::planner::CallerAccess::Unknown, ..plan }
            .sealed();
    let world = simulator(&snapshot);
    let change = Change::TouchEntry(Some(arn(ALICE)));
    world.set_faults([Fault::Change { at: at(Operation::CreateAccessEntry, 1), change }]);
    let store = MemoryStore::default();
    let finished = run(&world, &plan, &store, Phase::Entries);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    assert_eq!(progress(&store).steps().next().unwrap().1.calls[0].state, CallState::Already);
    assert_eq!(undo(&world, &plan, &store).plan.steps, []);
    assert_eq!(map_roles(super::world::AWS_AUTH), decided(&world).aws_auth.unwrap());
}

#[test]
fn a_write_that_was_taken_for_lost_after_a_crash_is_still_ours() {
    let (snapshot, plan) = in_dual_mode();
    let behaviour = Behaviour {
        client_tokens: false,
        visibility_delay: Duration::from_secs(130),
        ..Behaviour::default()
    };
    let world = Simulator::from_snapshot(&snapshot, behaviour).unwrap();
    let start = decided(&world);
    world.set_faults([Fault::HaltAfter { at: at(Operation::CreateAccessEntry, 2) }]);
    let store = MemoryStore::default();
    run(&world, &plan, &store, Phase::Verify);
    world.set_faults([]);
    let (finished, events) = run_telling(&world, &plan, &store, options(Phase::Verify));
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    assert!(events.iter().any(|event| matches!(event, Event::Settled { applied: false, .. })));
    let told = progress(&store);
    assert_eq!(told.step(&format!("entries/{DEV}")).unwrap().calls[0].state, CallState::Applied);
    run(&world, &undo(&world, &plan, &store).plan, &MemoryStore::default(), Phase::Verify);
    assert_eq!(decided(&world), restored(&start));
}

#[test]
fn a_deleted_entry_that_is_still_seen_is_not_taken_for_the_one_made_in_its_place() {
    let again = entry(AGAIN, "again", &["a"], &[]);
    let snapshot = snapshot(AuthenticationMode::ApiAndConfigMap, std::slice::from_ref(&again));
    let plan = plan(&snapshot, vec![entry_step(Expected::Entry(again.clone()), Some(again), true)]);
    let world = simulator(&snapshot);
    world.set_faults([
        Fault::Delay(Duration::from_secs(30)),
        Fault::Fail { at: at(Operation::CreateAccessEntry, 1) },
    ]);
    let finished = run(&world, &plan, &MemoryStore::default(), Phase::Entries);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    assert!(decided(&world).entries.contains_key(AGAIN));
}

#[test]
fn what_somebody_changes_while_the_mode_is_updated_stops_the_run_before_the_first_entry() {
    let (snapshot, whole) = from_config_map();
    let mut unpruned = whole.clone();
    unpruned.steps.retain(|step| step.phase != Phase::Prune);
    let without_dev = map_roles(super::world::AWS_AUTH.split("- {rolearn").next().unwrap());
    for plan in [whole, unpruned.sealed()] {
        let world = simulator(&snapshot);
        let change = Change::AwsAuth(Some(without_dev.clone()));
        world.set_faults([Fault::Change { at: at(Operation::DescribeUpdate, 2), change }]);
        let finished = run(&world, &plan, &MemoryStore::default(), Phase::Entries);
        let Ending::Refused(refusals) = &finished.ending else { panic!("{:?}", finished.ending) };
        assert!(
            matches!(
                &refusals[..],
                [Refusal::Changed { resource: Resource::AwsAuth, .. }] | [Refusal::Stale { .. }]
            ),
            "{refusals:?}"
        );
        let now = decided(&world);
        assert_eq!((now.mode, now.entries.len()), (AuthenticationMode::ApiAndConfigMap, 0));
    }
}

#[test]
fn whoever_is_interrupted_does_not_leave_an_entry_without_its_policy() {
    let (snapshot, plan) = from_config_map();
    let world = simulator(&snapshot);
    world.set_faults([Fault::Throttle { at: at(Operation::AssociateAccessPolicy, 1), last: 3 }]);
    let interrupted = || world.calls().iter().any(|call| call.operation == Operation::AssociateAccessPolicy);
    let options = Options { interrupted: &interrupted, at_once: 1, ..options(Phase::Entries) };
    let (finished, _) = run_telling(&world, &plan, &MemoryStore::default(), options);
    assert!(matches!(finished.ending, Ending::Interrupted), "{:?}", finished.ending);
    let entries = decided(&world).entries;
    assert_eq!(entries.values().map(|entry| entry.policies.len()).collect::<Vec<_>>(), [1]);
}
