//! A run that dies at any call or any journal write is resumed, or rolled back, to the same end as one that lived.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use eksodus::executor::{Ending, Failure, Finished, Options, Origin, Refusal, execute};
use eksodus::journal::{Header, Journal, JournalError, MemoryStore, Stamps, Store};
use eksodus::model::AuthenticationMode;
use eksodus::observe::running_update;
use eksodus::planner::{Decisions, Phase, Plan};
use eksodus::session::{AllFaults, AllTried, News, PreparedRehearsal, Tell};
use eksodus::simulator::{Operation, Outcome, Simulator};
use eksodus::snapshot::Snapshot;
use pollster::block_on;

use super::plans::{from_config_map, in_dual_mode};
use super::world::{
    Decided, behaviour, decided, header, is_write, options, progress, restored, run, run_telling, simulator,
    undo,
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

/// The mode cannot come back; everything else must, unless EKS is on its way to where nothing else gives access.
fn rolls_back(world: &Simulator, plan: &Plan, store: &MemoryStore, start: &Decided, what: &str) {
    world.set_faults([]);
    let rollback = undo(world, plan, store);
    assert_eq!(rollback.refused, [], "{what}");
    let before = decided(world);
    let is_switching = block_on(running_update(world, world)).unwrap().is_some();
    let finished = run(world, &rollback.plan, &MemoryStore::default(), Phase::Verify);
    let now = decided(world);
    if is_switching && before.mode.has_entries() {
        let Ending::Refused(refusals) = &finished.ending else { panic!("{what}: {:?}", finished.ending) };
        assert!(matches!(refusals[..], [Refusal::SwitchingToApi { .. }]), "{what}: {refusals:?}");
        assert_eq!(now, before, "{what}");
        return;
    }
    assert!(matches!(finished.ending, Ending::Done), "{what}: {:?}", finished.ending);
    assert_eq!(restored(&Decided { mode: start.mode, ..now }), restored(start), "{what}");
}

/// Quiet.
struct Nobody;

impl Tell for Nobody {
    fn tell(&mut self, _: News<'_>) {}
}

/// Every fault at every call, on plans with every kind of step; by the engine of `rehearse --all-faults`.
#[test]
fn a_run_that_is_interrupted_at_any_call_is_resumed_or_rolled_back() {
    for (snapshot, plan) in [from_config_map(), in_dual_mode()] {
        let (through, decisions) = (through(&plan), Decisions::default());
        let prepared =
            PreparedRehearsal::of_plan(&snapshot, behaviour(), plan, &decisions, Origin::Unchecked);
        let asked = AllFaults { through, threads: 2, most: 500 };
        let tried = prepared.all_faults(asked, &AtomicBool::new(false), &mut Nobody).unwrap();
        let AllTried::Scored(score) = tried else { panic!("{tried:?}") };
        assert_eq!((&score.short, &score.lock_outs), (&vec![], &vec![]), "{score:#?}");
        assert!(score.planned > 40 && score.rolled_back > 40 && score.waited > 0, "{score:#?}");
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
