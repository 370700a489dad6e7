//! A run that dies at any call or any journal write is resumed, or rolled back, to the same end as one that lived.

use std::cell::Cell;
use std::io;
use std::rc::Rc;

use eksodus::executor::{Ending, Failure, Finished, Options, execute};
use eksodus::journal::{Header, Journal, JournalError, MemoryStore, Stamps, Store};
use eksodus::model::AuthenticationMode;
use eksodus::planner::{Phase, Plan};
use eksodus::simulator::{At, Fault, Operation, Outcome, Simulator};
use eksodus::snapshot::Snapshot;
use pollster::block_on;

use super::plans::{from_config_map, in_dual_mode};
use super::world::{
    Decided, decided, header, is_write, options, progress, restored, run, run_telling, simulator, undo,
};

/// A disk that fails at one write: before any byte of it, in the middle, or after all of them.
#[derive(Clone)]
struct Faulty {
    inner: MemoryStore,
    left: Rc<Cell<usize>>,
    how: Part,
}

#[derive(Debug, Clone, Copy)]
enum Part {
    Nothing,
    Half,
    All,
}

impl Store for Faulty {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        self.inner.read()
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.left.get().checked_sub(1) {
            Some(left) => {
                self.left.set(left);
                self.inner.append(bytes)
            }
            None => {
                let written = match self.how {
                    Part::Nothing => 0,
                    Part::Half => bytes.len() / 2,
                    Part::All => bytes.len(),
                };
                self.inner.append(&bytes[..written])?;
                Err(io::ErrorKind::StorageFull.into())
            }
        }
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.inner.truncate(len)
    }
}

fn through(plan: &Plan) -> Phase {
    plan.steps.last().unwrap().phase
}

fn whole_run(snapshot: &Snapshot, plan: &Plan) -> Decided {
    let world = simulator(snapshot);
    let finished = run(&world, plan, &MemoryStore::default(), through(plan));
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    decided(&world)
}

fn resumes(world: &Simulator, plan: &Plan, store: &MemoryStore, end: &Decided, what: &str) {
    world.set_faults([]);
    let finished = run(world, plan, store, through(plan));
    assert!(matches!(finished.ending, Ending::Done), "{what}: {:?}", finished.ending);
    assert_eq!(decided(world), *end, "{what}");
}

/// The mode cannot come back; everything else must.
fn rolls_back(world: &Simulator, plan: &Plan, store: &MemoryStore, start: &Decided, what: &str) {
    world.set_faults([]);
    let rollback = undo(world, plan, store);
    assert_eq!(rollback.refused, [], "{what}");
    let finished = run(world, &rollback.plan, &MemoryStore::default(), Phase::Verify);
    assert!(matches!(finished.ending, Ending::Done), "{what}: {:?}", finished.ending);
    let now = decided(world);
    assert_eq!(restored(&Decided { mode: start.mode, ..now }), restored(start), "{what}");
}

/// The numbers of the calls that change something, in a run without faults.
fn writes(snapshot: &Snapshot, plan: &Plan, through: Phase) -> Vec<u32> {
    let world = simulator(snapshot);
    run(&world, plan, &MemoryStore::default(), through);
    let calls = (1..).zip(world.calls());
    let writes: Vec<u32> =
        calls.filter(|(_, call)| is_write(call.operation)).map(|(number, _)| number).collect();
    assert!(writes.len() > 10);
    writes
}

/// The world and the journal after a run that a fault has killed.
fn killed(snapshot: &Snapshot, plan: &Plan, fault: &Fault, through: Phase) -> (Simulator, MemoryStore) {
    let world = simulator(snapshot);
    let store = MemoryStore::default();
    world.set_faults([fault.clone()]);
    let finished = run(&world, plan, &store, through);
    assert!(matches!(finished.ending, Ending::Failed(_)), "{fault:?}: {:?}", finished.ending);
    (world, store)
}

#[test]
fn a_run_that_dies_before_or_after_any_call_is_resumed() {
    for (snapshot, plan) in [from_config_map(), in_dual_mode()] {
        let end = whole_run(&snapshot, &plan);
        for number in writes(&snapshot, &plan, through(&plan)) {
            let at = At { operation: None, number };
            for fault in [Fault::Halt { at }, Fault::HaltAfter { at }] {
                let (world, store) = killed(&snapshot, &plan, &fault, through(&plan));
                resumes(&world, &plan, &store, &end, &format!("{fault:?}"));
            }
        }
    }
}

#[test]
fn a_run_that_dies_before_or_after_any_call_is_rolled_back() {
    for (snapshot, plan) in [from_config_map(), in_dual_mode()] {
        let start = decided(&simulator(&snapshot));
        for number in writes(&snapshot, &plan, Phase::Prune) {
            let at = At { operation: None, number };
            for fault in [Fault::Halt { at }, Fault::HaltAfter { at }] {
                let (world, store) = killed(&snapshot, &plan, &fault, Phase::Prune);
                rolls_back(&world, &plan, &store, &start, &format!("{fault:?}"));
            }
        }
    }
}

fn with_disk(world: &Simulator, plan: &Plan, disk: &Faulty, options: Options<'_>) -> Option<Finished> {
    let mut journal = match Journal::create(Box::new(disk.clone()), header(plan), Stamps::default()) {
        Ok(journal) => journal,
        Err(JournalError::Write(_)) => return None,
        Err(error) => panic!("{error:?}"),
    };
    Some(block_on(execute(world, plan, &mut journal, options, &mut ())))
}

#[test]
fn a_disk_that_fills_up_at_any_write_stops_the_run_and_nothing_is_lost() {
    for (snapshot, plan) in [from_config_map(), in_dual_mode()] {
        let end = whole_run(&snapshot, &plan);
        for how in [Part::Nothing, Part::Half, Part::All] {
            // the other two differ from half a record in what is read back, so a sample of them will do
            let every = if matches!(how, Part::Half) { 1 } else { 4 };
            for writes in (0..500).step_by(every) {
                let what = format!("{how:?} of write {writes}");
                let fail = |world: &Simulator, store: &MemoryStore| {
                    let disk = Faulty { inner: store.clone(), left: Rc::new(Cell::new(writes)), how };
                    with_disk(world, &plan, &disk, options(through(&plan)))
                };
                let world = simulator(&snapshot);
                let store = MemoryStore::default();
                match fail(&world, &store) {
                    Some(Finished { ending: Ending::Done, .. }) => break,
                    Some(finished) => {
                        let broken = matches!(
                            &finished.ending,
                            Ending::Failed(Failure::Journal(JournalError::Write(_)))
                        );
                        assert!(broken, "{what}: {:?}", finished.ending);
                        // also those that the journal could not be told of
                        let calls = world.calls();
                        let done = calls.iter().filter(|call| {
                            call.operation != Operation::UpdateClusterConfig
                                && is_write(call.operation)
                                && call.outcome == Outcome::Done
                        });
                        assert!(done.count() <= finished.applied, "{what}: {finished:?}");
                    }
                    // not even the first record: nothing may have been called
                    None => assert!(world.calls().is_empty(), "{what}"),
                }
                let other = simulator(&snapshot);
                let other_store = MemoryStore::default();
                let start = decided(&other);
                fail(&other, &other_store);
                resumes(&world, &plan, &store, &end, &what);
                if other_store.bytes().contains(&b'\n') && decided(&other).mode != AuthenticationMode::Api {
                    rolls_back(&other, &plan, &other_store, &start, &what);
                }
            }
        }
    }
}

#[test]
fn a_run_stops_between_any_two_calls_when_asked_to() {
    let (snapshot, plan) = in_dual_mode();
    let end = whole_run(&snapshot, &plan);
    for calls in 0..500 {
        let world = simulator(&snapshot);
        let store = MemoryStore::default();
        let asked = Cell::new(0);
        let interrupted = || {
            asked.set(asked.get() + 1);
            asked.get() > calls
        };
        let (finished, _) = run_telling(
            &world,
            &plan,
            &store,
            Options { interrupted: &interrupted, ..options(through(&plan)) },
        );
        if matches!(finished.ending, Ending::Done) {
            assert!(calls > plan.steps.len());
            break;
        }
        assert!(matches!(finished.ending, Ending::Interrupted), "{:?}", finished.ending);
        assert!(!progress(&store).has_open());
        resumes(&world, &plan, &store, &end, &format!("after {calls}"));
    }
}

#[test]
fn a_journal_of_another_plan_is_refused_before_any_call() {
    let (snapshot, plan) = in_dual_mode();
    let world = simulator(&snapshot);
    let other = Header { plan: "ffff".to_owned(), ..header(&plan) };
    let mut journal = Journal::create(Box::new(MemoryStore::default()), other, Stamps::default()).unwrap();
    let finished = block_on(execute(&world, &plan, &mut journal, options(Phase::Prune), &mut ()));
    assert!(matches!(finished.ending, Ending::Failed(Failure::Journal(JournalError::OtherPlan { .. }))));
    assert!(world.calls().is_empty());
}
