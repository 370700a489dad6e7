//! The tag of the run on entries that it creates, and who may write at all.

use std::cell::Cell;

use eksodus::executor::{Alone, Ending, Options, verify};
use eksodus::journal::MemoryStore;
use eksodus::model::AuthenticationMode;
use eksodus::observe::observe;
use eksodus::planner::Phase;
use eksodus::simulator::{At, Fault, Operation, Simulator};
use futures_util::future::LocalBoxFuture;
use pollster::block_on;

use super::budget::{of_size, world};
use super::plans::from_config_map;
use super::world::{decided, header, is_write, options, run_back, run_planned, run_telling, simulator, undo};

const DUAL: AuthenticationMode = AuthenticationMode::ApiAndConfigMap;

fn marks(world: &Simulator) -> Vec<Option<String>> {
    let entries = world.to_snapshot().access_entries.unwrap();
    entries.iter().map(|entry| entry.created_by_run().map(str::to_owned)).collect()
}

fn deny() -> Fault {
    Fault::Deny { action: "eks:TagResource".to_owned() }
}

#[test]
fn entries_carry_the_run_that_created_them_and_nothing_minds() {
    let (snapshot, plan) = of_size(DUAL, 6, 2);
    let (world, store) = (world(&snapshot), MemoryStore::default());
    let start = decided(&world);
    let finished = run_planned(&world, &plan, &store, Phase::Prune);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    assert_eq!(marks(&world), vec![Some(header(&plan).run); 6]);

    let now = block_on(observe(&world)).unwrap();
    assert_eq!(verify(&plan, &|phase| phase <= Phase::Prune, None, &now), []);
    let again = eksodus::planner::plan(&now, &plan.decisions);
    assert!(again.steps.iter().all(|step| step.phase == Phase::ApiMode), "{:?}", again.steps);

    let back = undo(&world, &plan, &store).plan;
    let finished = run_back(&world, &back, (&plan, &store), &MemoryStore::default());
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    assert_eq!(decided(&world), start);
}

#[test]
fn who_may_not_tag_creates_them_without() {
    let (snapshot, plan) = of_size(DUAL, 6, 2);
    let (world, store) = (world(&snapshot), MemoryStore::default());
    world.set_faults([deny()]);
    let finished = run_planned(&world, &plan, &store, Phase::Prune);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    assert_eq!(marks(&world), vec![None; 6]);
    // asked once
    let creates = world.calls().iter().filter(|it| it.operation == Operation::CreateAccessEntry).count();
    assert_eq!(creates, 6 + 1);
}

#[test]
fn who_may_not_create_is_told_that_and_not_of_tags() {
    let (snapshot, plan) = of_size(DUAL, 6, 2);
    let world = world(&snapshot);
    world.set_faults([Fault::Deny { action: "eks:CreateAccessEntry".to_owned() }]);
    let finished = run_planned(&world, &plan, &MemoryStore::default(), Phase::Entries);
    let Ending::Failed(failure) = &finished.ending else { panic!("{:?}", finished.ending) };
    let why = std::error::Error::source(failure).unwrap().to_string();
    assert!(why.contains("eks:CreateAccessEntry"), "{why}");
    assert_eq!(finished.applied, 0);
}

#[test]
fn with_or_without_the_right_to_tag_a_run_that_dies_at_any_create_is_resumed() {
    let (snapshot, plan) = of_size(DUAL, 4, 2);
    for denied in [vec![], vec![deny()]] {
        for number in 1..=4 {
            for denied_later in [vec![], vec![deny()]] {
                let (world, store) = (world(&snapshot), MemoryStore::default());
                let at = At { operation: Some(Operation::CreateAccessEntry), number };
                world.set_faults(denied.iter().cloned().chain([Fault::HaltAfter { at }]));
                run_planned(&world, &plan, &store, Phase::Entries);
                world.set_faults(denied_later);
                let finished = run_planned(&world, &plan, &store, Phase::Entries);
                assert!(matches!(finished.ending, Ending::Done), "{number}: {:?}", finished.ending);
                assert_eq!(decided(&world).entries.len(), 4);
            }
        }
    }
}

/// Alone for so many writes.
struct AloneFor(Cell<usize>);

impl Alone for AloneFor {
    fn is_alone(&self) -> LocalBoxFuture<'_, bool> {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        Box::pin(async move { left > 0 })
    }
}

#[test]
fn who_is_not_alone_any_more_makes_no_further_write() {
    let (snapshot, plan) = from_config_map();
    for allowed in 0..12 {
        let world = simulator(&snapshot);
        let alone = AloneFor(Cell::new(allowed));
        let options = Options { alone: Some(&alone), ..options(Phase::Prune) };
        let (finished, _) = run_telling(&world, &plan, &MemoryStore::default(), options);
        let writes = world.calls().iter().filter(|call| is_write(call.operation)).count();
        assert_eq!(writes, allowed);
        assert!(matches!(finished.ending, Ending::Interrupted), "{:?}", finished.ending);
    }
}
