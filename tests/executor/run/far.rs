//! A journal that is far away: each of its writes takes a while, and may fail.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::error::Error;
use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::task::Poll;

use eksodus::executor::{Ending, Failure, Finished, Options, execute};
use eksodus::journal::{Journal, JournalError, MemoryStore, Stamps, Store, read};
use eksodus::planner::{Phase, Plan};
use eksodus::simulator::{At, Fault, Operation, Outcome, Simulator};
use futures_util::future::LocalBoxFuture;
use pollster::block_on;

use super::beside::DUAL;
use super::budget::{of_size, roomy};
use super::world::{decided, header, is_write, options, run, slow};

/// Calls that the world had seen when a write began, and when it had ended.
type Span = [usize; 2];

#[derive(Clone)]
struct Far {
    inner: MemoryStore,
    world: Rc<Simulator>,
    under_way: Rc<Cell<bool>>,
    spans: Rc<RefCell<Vec<Span>>>,
    /// Writes until one fails, before a byte of it is written.
    left: Rc<Cell<usize>>,
}

impl Far {
    fn of(world: &Rc<Simulator>, inner: &MemoryStore, left: usize) -> Self {
        let (under_way, spans) = (Rc::default(), Rc::default());
        Self {
            inner: inner.clone(),
            world: Rc::clone(world),
            under_way,
            spans,
            left: Rc::new(Cell::new(left)),
        }
    }
}

impl Store for Far {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        self.inner.read()
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.left.get().checked_sub(1) {
            Some(left) => {
                self.left.set(left);
                self.inner.append(bytes)
            }
            None => Err(io::Error::new(io::ErrorKind::TimedOut, "the bucket does not answer")),
        }
    }

    fn append_later<'s>(&'s mut self, bytes: &'s [u8]) -> LocalBoxFuture<'s, io::Result<()>> {
        Box::pin(async {
            assert!(!self.under_way.replace(true), "two writes at once");
            let begun = self.world.calls().len();
            let mut turns = 20;
            poll_fn(|context| match turns {
                0 => Poll::Ready(()),
                _ => {
                    turns -= 1;
                    context.waker().wake_by_ref();
                    Poll::Pending
                }
            })
            .await;
            self.spans.borrow_mut().push([begun, self.world.calls().len()]);
            self.under_way.set(false);
            self.append(bytes)
        })
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.inner.truncate(len)
    }
}

fn run_far(world: &Rc<Simulator>, plan: &Plan, far: &Far, options: Options<'_>) -> Option<Finished> {
    let store = Box::new(far.clone());
    let journal = match far.inner.bytes().is_empty() {
        true => Journal::create(store, header(plan), Stamps::default()),
        false => Journal::open(store, Stamps::default()),
    };
    let mut journal = journal.ok()?;
    Some(block_on(execute(world.as_ref(), plan, &mut journal, options, &mut ())))
}

/// Writes that took effect in the world.
fn took_effect(world: &Simulator) -> usize {
    let is_done =
        |outcome: &Outcome| matches!(outcome, Outcome::Done | Outcome::Broken { took_effect: true, .. });
    world.calls().iter().filter(|call| is_write(call.operation) && is_done(&call.outcome)).count()
}

#[test]
fn the_rest_goes_on_while_a_record_is_written_and_no_call_comes_before_its_record() {
    let (snapshot, plan) = of_size(DUAL, 60, 20);
    let (world, inner) = (Rc::new(slow(&snapshot, roomy())), MemoryStore::default());
    let far = Far::of(&world, &inner, usize::MAX);
    let finished = run_far(&world, &plan, &far, options(Phase::Verify)).unwrap();
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);

    // which write each record went with: one line break after the other
    let spans = far.spans.borrow();
    assert!(spans.iter().filter(|[begun, ended]| begun < ended).count() > 5, "nothing went on: {spans:?}");
    let text = String::from_utf8(inner.bytes()).unwrap();
    let calls = world.calls();
    let mut created: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, call) in calls.iter().enumerate() {
        if call.operation == Operation::CreateAccessEntry {
            created.insert(&call.target, index);
        }
    }
    // the world at the end of the first write that can have had the record: never after the call
    let mut written = Vec::new();
    let mut journal = Journal::open(Box::new(inner.clone()), Stamps::default()).unwrap();
    journal.close().unwrap();
    for line in text.lines().skip(1) {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        if line["call"]["kind"] == "create-entry" && line["kind"] == "intended" {
            let principal = line["call"]["entry"]["principal"].as_str().unwrap();
            written.push(principal.to_owned());
        }
    }
    assert_eq!(written.len(), created.len());
    // intentions are written in the order in which their calls are made, a write before its calls
    let ends: Vec<usize> = spans.iter().map(|[_, ended]| *ended).collect();
    for principal in &written {
        let call = created[principal.as_str()];
        assert!(ends.iter().any(|ended| *ended <= call), "{principal} before any write");
    }
}

#[test]
fn whatever_write_fails_every_call_is_counted_and_the_cause_is_told() {
    let (snapshot, plan) = of_size(DUAL, 24, 8);
    let end = {
        let world = slow(&snapshot, roomy());
        run(&world, &plan, &MemoryStore::default(), Phase::Verify);
        decided(&world)
    };
    let mut most = 0;
    for writes in 1..500 {
        let (world, inner) = (Rc::new(slow(&snapshot, roomy())), MemoryStore::default());
        let finished =
            run_far(&world, &plan, &Far::of(&world, &inner, writes), options(Phase::Verify)).unwrap();
        if matches!(finished.ending, Ending::Done) {
            assert!(writes > 10);
            break;
        }
        let what = format!("write {writes}");
        let Ending::Failed(Failure::Journal(error @ JournalError::Write(_))) = &finished.ending else {
            panic!("{what}: {:?}", finished.ending);
        };
        assert_eq!(error.source().unwrap().to_string(), "the bucket does not answer", "{what}");
        let told = took_effect(&world);
        assert_eq!((finished.applied, finished.applied_in_all), (told, told), "{what}");
        most = most.max(told - read(&inner.bytes()).unwrap().progress.applied());
        let resumed = run(&world, &plan, &inner, Phase::Verify);
        assert!(matches!(resumed.ending, Ending::Done), "{what}: {:?}", resumed.ending);
        assert_eq!(decided(&world), end, "{what}");
    }
    assert!(most > 1, "never was more than one call under way when a write failed");
}

#[test]
fn the_cause_is_told_when_a_resumed_run_cannot_write_what_became_of_several_calls() {
    let (snapshot, plan) = of_size(DUAL, 24, 8);
    let (world, inner) = (Rc::new(slow(&snapshot, roomy())), MemoryStore::default());
    let at = At { operation: Some(Operation::CreateAccessEntry), number: 12 };
    world.set_faults([Fault::HaltAfter { at }]);
    run_far(&world, &plan, &Far::of(&world, &inner, usize::MAX), options(Phase::Verify)).unwrap();
    world.set_faults([]);
    let in_doubt = read(&inner.bytes()).unwrap().progress.open();
    assert!(in_doubt > 1, "{in_doubt}");
    let before = took_effect(&world);
    let finished = run_far(&world, &plan, &Far::of(&world, &inner, 0), options(Phase::Verify)).unwrap();
    let Ending::Failed(Failure::Journal(error @ JournalError::Write(_))) = &finished.ending else {
        panic!("{:?}", finished.ending);
    };
    assert_eq!(error.source().unwrap().to_string(), "the bucket does not answer");
    assert_eq!(took_effect(&world), before, "nothing is called that cannot be written down");
}
