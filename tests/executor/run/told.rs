//! What a cluster shows, held against what journals tell: who is believed, and for how long.

use std::time::Duration;

use eksodus::calls::Resource;
use eksodus::executor::{Ending, Event, Rollback, Told, Unseen, rollback_plan};
use eksodus::journal::MemoryStore;
use eksodus::observe::observe;
use eksodus::planner::{Phase, Plan};
use eksodus::simulator::{At, Behaviour, Change, Fault, Operation, Simulator};
use eksodus::snapshot::Snapshot;
use eksodus::world::Clock as _;
use pollster::block_on;

use super::plans::{from_config_map, in_dual_mode};
use super::world::{
    AWS_AUTH, DEV, Decided, behaviour, decided, map_roles, options, progress, restored, run, run_telling,
    simulator, undo,
};
use crate::kit::cluster::arn;

const MINUTE: Duration = Duration::from_secs(60);

fn migrated(through: Phase) -> (Simulator, Plan, MemoryStore) {
    let (snapshot, plan) = from_config_map();
    let (world, store) = (simulator(&snapshot), MemoryStore::default());
    let finished = run(&world, &plan, &store, through);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    (world, plan, store)
}

/// A run that stopped there, on a cluster that shows what is written so many seconds late.
fn stopped(fault: &str, late: u64) -> (Simulator, Plan, MemoryStore) {
    let (snapshot, plan) = in_dual_mode();
    let (world, store) = (late_by(&snapshot, late), MemoryStore::default());
    world.set_faults([fault.parse().unwrap()]);
    run(&world, &plan, &store, Phase::Prune);
    world.set_faults([]);
    (world, plan, store)
}

fn late_by(snapshot: &Snapshot, seconds: u64) -> Simulator {
    let behaviour = Behaviour { visibility_delay: Duration::from_secs(seconds), ..behaviour() };
    Simulator::from_snapshot(snapshot, behaviour).unwrap()
}

/// As if nothing had been begun: a dead entry is not brought back, and is there still where the run did not come to it.
fn is_as_before(world: &Simulator, start: &Decided) -> bool {
    block_on(world.sleep(MINUTE));
    restored(&decided(world)) == restored(start)
}

fn told(plan: &Plan, store: &MemoryStore) -> Told {
    let mut told = Told::default();
    told.add(plan, &progress(store), MINUTE).unwrap();
    told
}

fn unseen(told: &Told, world: &Simulator, waited: Duration) -> Vec<Unseen> {
    told.unseen(&block_on(observe(world)).unwrap(), waited)
}

#[test]
fn an_earlier_state_is_not_believed_while_the_journal_is_young() {
    let (world, plan, store) = migrated(Phase::Verify);
    let told = told(&plan, &store);
    assert_eq!(unseen(&told, &world, Duration::ZERO), []);
    // as a reader sees it to whom the entry is not shown yet
    world.change(&Change::DeleteEntry(Some(arn(DEV))));
    let dev = Unseen { resource: Resource::Entry(arn(DEV)), in_doubt: false };
    assert_eq!(unseen(&told, &world, Duration::ZERO), std::slice::from_ref(&dev));
    assert_eq!(unseen(&told, &world, MINUTE - Duration::from_millis(1)), std::slice::from_ref(&dev));
    assert_eq!(unseen(&told, &world, MINUTE), []);
    let mut old = Told::default();
    old.add(&plan, &progress(&store), Duration::ZERO).unwrap();
    assert!(old.is_old() && !told.is_old());
    assert_eq!(unseen(&old, &world, Duration::ZERO), []);

    let (began, mut events) = (world.elapsed(), Vec::new());
    block_on(told.wait_for(&world, vec![dev], Duration::from_secs(15), &mut events));
    let took = world.elapsed() - began;
    assert!(took >= Duration::from_secs(45) && took < Duration::from_secs(47), "{took:?}");
    let waits = events.iter().map(|event| match event {
        Event::Unseen { resource, others: 0, in_doubt: false, wait, .. }
            if *resource == Resource::Entry(arn(DEV)) =>
        {
            *wait
        }
        other => panic!("{other:?}"),
    });
    assert!(waits.sum::<Duration>() <= Duration::from_secs(45));
}

#[test]
fn what_is_shown_in_time_ends_the_wait() {
    let (world, plan, store) = stopped("halt-after:eks:AssociateAccessPolicy:1", 10);
    let told = told(&plan, &store);
    let (began, waiting) = (world.elapsed(), unseen(&told, &world, Duration::ZERO));
    assert!(!waiting.is_empty());
    block_on(told.wait_for(&world, waiting, Duration::ZERO, &mut ()));
    let took = world.elapsed() - began;
    assert!(took >= Duration::from_secs(9) && took < Duration::from_secs(20), "{took:?}");
    assert_eq!(unseen(&told, &world, took), []);
}

#[test]
fn somebody_elses_state_is_believed_at_once() {
    let (world, plan, store) = migrated(Phase::Prune);
    let told = told(&plan, &store);
    world.change(&Change::TouchEntry(Some(arn(DEV))));
    assert_eq!(unseen(&told, &world, Duration::ZERO), []);
    // Kubernetes shows what it has answered: whoever put the mappings back is not us
    world.change(&Change::AwsAuth(Some(map_roles(AWS_AUTH))));
    assert_eq!(unseen(&told, &world, Duration::ZERO), []);
}

#[test]
fn of_a_call_without_an_outcome_only_its_effect_or_time_tells() {
    for (fault, took_effect) in
        [("halt:kube:ReplaceAwsAuth:1", false), ("halt-after:kube:ReplaceAwsAuth:1", true)]
    {
        let (world, plan, store) = stopped(fault, 0);
        assert!(progress(&store).has_open());
        let told = told(&plan, &store);
        let in_doubt = Unseen { resource: Resource::AwsAuth, in_doubt: true };
        let expected = if took_effect { Vec::new() } else { vec![in_doubt] };
        assert_eq!(unseen(&told, &world, Duration::ZERO), expected, "{fault}");
        assert_eq!(unseen(&told, &world, MINUTE), [], "{fault}");
    }
}

#[test]
fn of_several_runs_the_last_that_had_to_do_with_a_resource_counts() {
    let (world, plan, store) = migrated(Phase::Verify);
    let (back, undoing) = (undo(&world, &plan, &store).plan, MemoryStore::default());
    run(&world, &back, &undoing, Phase::Verify);
    let mut told = told(&plan, &store);
    assert!(!unseen(&told, &world, Duration::ZERO).is_empty());
    told.add(&back, &progress(&undoing), MINUTE).unwrap();
    assert_eq!(unseen(&told, &world, Duration::ZERO), []);
}

/// What a session does: looks until everything is shown, and then undoes it.
fn roll_back(world: &Simulator, plan: &Plan, store: &MemoryStore) -> Rollback {
    let told = told(plan, store);
    let began = world.elapsed();
    loop {
        let (now, waited) = (block_on(observe(world)).unwrap(), world.elapsed() - began);
        let unseen = told.unseen(&now, waited);
        if unseen.is_empty() {
            return rollback_plan(plan, &progress(store), &now).unwrap();
        }
        block_on(told.wait_for(world, unseen, waited, &mut ()));
    }
}

/// Whatever EKS shows late, and wherever the run stopped: at each call, before it and after it.
#[test]
fn a_rollback_at_once_leaves_nothing_of_a_run_that_stopped_anywhere() {
    let (snapshot, plan) = in_dual_mode();
    let whole = {
        let world = simulator(&snapshot);
        run(&world, &plan, &MemoryStore::default(), Phase::Prune);
        world.calls().len()
    };
    for late in [7, 20, 45] {
        let mut unshown = 0;
        for number in 1..=u32::try_from(whole).unwrap() {
            for after in [false, true] {
                let at = At { operation: None, number };
                let fault = if after { Fault::HaltAfter { at } } else { Fault::Halt { at } };
                let (world, plan, store) = stopped(&fault.to_string(), late);
                unshown += usize::from(!unseen(&told(&plan, &store), &world, Duration::ZERO).is_empty());
                let what = format!("{fault}, {late} seconds late");
                undone_at_once(&world, &plan, &store, &what);
                assert!(
                    is_as_before(&world, &decided(&simulator(&snapshot))),
                    "{what}: {:?}",
                    decided(&world)
                );
            }
        }
        assert!(unshown > 20, "{late}: {unshown}");
    }
}

fn undone_at_once(world: &Simulator, plan: &Plan, store: &MemoryStore, what: &str) {
    let Rollback { plan: back, refused } = roll_back(world, plan, store);
    assert_eq!(refused, [], "{what}");
    let (finished, _) = run_telling(world, &back, &MemoryStore::default(), options(Phase::Verify));
    assert!(matches!(finished.ending, Ending::Done), "{what}: {:?}", finished.ending);
}

/// A resume that came too early for what it looked at must not settle it as failed: no rollback would undo it.
#[test]
fn a_resume_does_not_write_down_that_nothing_came_of_a_call_before_that_can_be_told() {
    let start = decided(&simulator(&in_dual_mode().0));
    let writes = [
        (Operation::CreateAccessEntry, 4),
        (Operation::AssociateAccessPolicy, 3),
        (Operation::DeleteAccessEntry, 2),
        (Operation::UpdateAccessEntry, 1),
        (Operation::ReplaceAwsAuth, 0),
    ];
    for (operation, last) in writes {
        for number in 1..=last {
            let (world, plan, store) = stopped(&format!("halt-after:{operation}:{number}"), 25);
            let open = progress(&store).open();
            assert!(open > 0, "{operation} {number}");
            // the next run looks at what became of it, and dies before it changes anything itself
            let halt = |(write, _)| Fault::Halt { at: At { operation: Some(write), number: 1 } };
            world.set_faults(writes.map(halt));
            let (finished, events) = run_telling(&world, &plan, &store, options(Phase::Prune));
            let what = format!("{operation} {number}: {:?}", finished.ending);
            let settled = events.iter().filter_map(|event| match event {
                Event::Settled { applied, .. } => Some(*applied),
                _ => None,
            });
            let settled: Vec<bool> = settled.collect();
            assert!(settled.len() == open && settled.contains(&true), "{what}: {settled:?}");
            world.set_faults([]);
            undone_at_once(&world, &plan, &store, &what);
            assert!(is_as_before(&world, &start), "{what}: {:?}", decided(&world));
        }
    }
}
