//! What is done at the same time, and what is not.

use std::cell::Cell;
use std::collections::BTreeSet;

use eksodus::executor::{Ending, Finished, Options, STEPS_AT_ONCE, execute};
use eksodus::journal::{Journal, MemoryStore, Record, Stamps, Store, read};
use eksodus::model::AuthenticationMode;
use eksodus::observe::{ObserveOptions, Observing, READS_AT_ONCE, observe, observe_with};
use eksodus::planner::{Action, Phase, Plan, Step};
use eksodus::simulator::{Fault, Operation, Simulator};
use eksodus::snapshot::Part;
use pollster::block_on;

use super::budget::{of_size, roomy};
use super::plans::{from_config_map, in_dual_mode};
use super::world::{
    ADMIN, behaviour, decided, header, is_write, journal, options, progress, restored, simulator, slow, undo,
};

/// A first run, or one that goes on.
pub fn run_in(world: &Simulator, plan: &Plan, store: &MemoryStore, options: Options<'_>) -> Finished {
    let mut journal = journal(plan, store);
    block_on(execute(world, plan, &mut journal, options, &mut ()))
}

/// Counts its writes.
#[derive(Clone, Default)]
struct Counting {
    inner: MemoryStore,
    writes: std::rc::Rc<Cell<usize>>,
}

impl Store for Counting {
    fn read(&mut self) -> std::io::Result<Vec<u8>> {
        self.inner.read()
    }
    fn append(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.writes.set(self.writes.get() + 1);
        self.inner.append(bytes)
    }
    fn truncate(&mut self, len: u64) -> std::io::Result<()> {
        self.inner.truncate(len)
    }
}

/// The most reads, or writes, that were under way at once.
fn most(simulator: &Simulator, writes: bool) -> usize {
    let mut calls = simulator.calls();
    calls.retain(|call| is_write(call.operation) == writes);
    let at = |moment| calls.iter().filter(|call| (call.begun..call.number).contains(&moment)).count();
    calls.iter().map(|call| at(call.begun)).max().unwrap_or_default()
}

/// Begin (`true`) and end of every write after the first so many calls, with what it is about.
fn writes(simulator: &Simulator, after: usize) -> Vec<(bool, String)> {
    let calls = simulator.calls().into_iter().skip(after).filter(|call| is_write(call.operation));
    let mut moments: Vec<_> = calls
        .flat_map(|call| [(call.begun, true, call.target.clone()), (call.number, false, call.target)])
        .collect();
    // a call that was answered before another began has the number that the other began after
    moments.sort_by_key(|(moment, begins, _)| (*moment, *begins));
    moments.into_iter().map(|(_, begins, about)| (begins, about)).collect()
}

pub const DUAL: AuthenticationMode = AuthenticationMode::ApiAndConfigMap;

#[test]
fn never_more_calls_are_under_way_than_the_limits_say_and_that_many_are() {
    let (snapshot, plan) = of_size(DUAL, 120, 20);
    for at_once in [1, 3, STEPS_AT_ONCE] {
        let simulator = slow(&snapshot, roomy());
        let options = Options { at_once, ..options(Phase::Verify) };
        let finished = run_in(&simulator, &plan, &MemoryStore::default(), options);
        assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
        let most = [false, true].map(|writes| most(&simulator, writes));
        assert_eq!(most, [READS_AT_ONCE, at_once]);
    }
}

#[test]
fn where_a_policy_may_not_be_associated_only_one_entry_is_without_it() {
    let (snapshot, plan) = of_size(DUAL, 60, 20);
    let simulator = slow(&snapshot, roomy());
    simulator.set_faults([Fault::Deny { action: "eks:AssociateAccessPolicy".to_owned() }]);
    let finished = run_in(&simulator, &plan, &MemoryStore::default(), options(Phase::Verify));
    assert!(matches!(finished.ending, Ending::Failed(_)), "{:?}", finished.ending);
    let calls = simulator.calls();
    let about = |operation| -> BTreeSet<&str> {
        let calls = calls.iter().filter(|call| call.operation == operation);
        calls.map(|call| call.target.as_str()).collect()
    };
    let has_policy = |step: &&Step| matches!(&step.action, Action::Entry { after: Some(after), .. } if !after.policies.is_empty());
    let with_policy = plan.steps.iter().filter(has_policy).filter_map(|step| match &step.action {
        Action::Entry { principal, .. } => Some(principal.as_str()),
        _ => None,
    });
    let with_policy: BTreeSet<&str> = with_policy.collect();
    let (created, associated) =
        (about(Operation::CreateAccessEntry), about(Operation::AssociateAccessPolicy));
    assert_eq!(associated.len(), 1);
    assert_eq!(created.intersection(&with_policy).copied().collect::<BTreeSet<_>>(), associated);
    // the others went on until it was known, and no longer
    assert!((2..=3 * STEPS_AT_ONCE).contains(&created.len()), "{created:?}");
}

/// Begin and end of the pages of the list of entries after the gate, and of the entries that are made.
fn pages_and_creates(simulator: &Simulator) -> [Vec<(usize, usize)>; 2] {
    [Operation::ListAccessEntries, Operation::CreateAccessEntry].map(|operation| {
        let calls = simulator.calls().into_iter().filter(|call| call.operation == operation);
        calls.map(|call| (call.begun, call.number)).collect()
    })
}

#[test]
fn the_list_is_read_while_the_last_entries_are_made_and_its_last_page_when_all_are() {
    let (snapshot, plan) = of_size(DUAL, 450, 40);
    let simulator = slow(&snapshot, roomy());
    let finished = run_in(&simulator, &plan, &MemoryStore::default(), options(Phase::Entries));
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let [pages, creates] = pages_and_creates(&simulator);
    // the gate's, which is empty, and five
    assert_eq!(pages.len(), 1 + 5);
    // the caller's own comes after all others were seen
    let (own, others) = creates.split_last().unwrap();
    let last = others.iter().map(|(_, end)| *end).max().unwrap();
    assert!(pages[1..5].iter().all(|(begin, _)| *begin < last), "{pages:?} {last}");
    assert!(pages[1].0 > others[350].0, "not sooner than it has to be: {pages:?}");
    assert!(pages[5].0 >= last && pages[5].1 <= own.0, "{pages:?} {last} {own:?}");
}

#[test]
fn an_entry_that_is_made_after_its_page_was_read_is_looked_for_in_the_whole_list() {
    let (snapshot, mut plan) = of_size(DUAL, 450, 1);
    // the simulator lists by name, so that the last ones belong to pages that were read already
    let entries = plan.steps.iter().filter(|step| step.phase == Phase::Entries).count();
    plan.steps[..entries].reverse();
    let plan = plan.sealed();
    let simulator = slow(&snapshot, roomy());
    let finished = run_in(&simulator, &plan, &MemoryStore::default(), options(Phase::Entries));
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let [pages, _] = pages_and_creates(&simulator);
    assert!((1 + 5 + 5..=1 + 5 + 6).contains(&pages.len()), "{pages:?}");
    assert_eq!(restored(&decided(&simulator)).entries.len(), 450);
}

#[test]
fn the_mode_is_told_again_while_the_entries_are_listed_and_counts() {
    for (mode, expected) in [(DUAL, true), (DUAL, false), (AuthenticationMode::ConfigMap, true)] {
        let (snapshot, _) = of_size(AuthenticationMode::ApiAndConfigMap, 5, 1);
        let mut snapshot = snapshot;
        snapshot.cluster.as_mut().unwrap().mode = mode;
        let simulator = slow(&snapshot, roomy());
        let expected = ObserveOptions { expects_entries: expected, ..ObserveOptions::default() };
        let seen = block_on(observe_with(&simulator, expected, &mut |_| ())).unwrap();
        assert_eq!(seen.snapshot.access_entries.is_some(), mode == DUAL, "{mode} {expected:?}");
        let calls = simulator.calls();
        let of = |operation| calls.iter().find(|call| call.operation == operation);
        let (cluster, list) =
            (of(Operation::DescribeCluster).unwrap(), of(Operation::ListAccessEntries).unwrap());
        assert_eq!(list.begun < cluster.number, expected.expects_entries, "{cluster} {list}");
    }
}

#[test]
fn what_is_written_at_the_same_time_shares_one_write_of_the_journal() {
    let (snapshot, plan) = of_size(DUAL, 160, 1);
    let writes = |at_once| {
        let (simulator, store) = (slow(&snapshot, roomy()), Counting::default());
        let mut journal = Journal::create(Box::new(store.clone()), header(&plan), Stamps::default()).unwrap();
        let options = Options { at_once, ..options(Phase::Entries) };
        let finished = block_on(execute(&simulator, &plan, &mut journal, options, &mut ()));
        assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
        (store.writes.get(), read(&store.inner.bytes()).unwrap().records.len())
    };
    let (alone, records) = writes(1);
    let (together, same) = writes(8);
    assert_eq!(records, same);
    assert!(together * 4 < alone, "{together} and {alone} writes of {records} records");
}

#[test]
fn the_caller_comes_last_and_alone_and_a_principal_gets_its_policies_at_once() {
    let (snapshot, plan) = of_size(DUAL, 40, 12);
    let simulator = slow(&snapshot, roomy());
    let store = MemoryStore::default();
    let finished = run_in(&simulator, &plan, &store, options(Phase::Entries));
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);

    let writes = writes(&simulator, 0);
    let first_own = writes.iter().position(|(_, about)| about == ADMIN).unwrap();
    assert!(writes[first_own..].iter().all(|(_, about)| about == ADMIN));
    assert_eq!(writes[first_own..].len(), 4);
    let mut under_way: BTreeSet<&str> = BTreeSet::new();
    for (begins, about) in writes.iter() {
        let was_free = if *begins { under_way.insert(about) } else { under_way.remove(about.as_str()) };
        assert!(was_free, "{about} twice at once");
    }

    let records = read(&store.bytes()).unwrap().records;
    let own = format!("entries/{ADMIN}");
    let begins = |it: &Record| matches!(it, Record::Intended { step, .. } if *step == own);
    let at = records.iter().position(begins).unwrap();
    let done = records[..at].iter().filter(|it| matches!(it, Record::Done { .. })).count();
    assert_eq!(done, 39, "all others are read back before");

    // between a creation and its association nothing else of the same step, and few of others
    let calls: Vec<_> = simulator
        .calls()
        .into_iter()
        .filter(|call| {
            [Operation::CreateAccessEntry, Operation::AssociateAccessPolicy].contains(&call.operation)
        })
        .collect();
    for (at, call) in calls.iter().enumerate() {
        if call.operation == Operation::AssociateAccessPolicy {
            let created = calls[..at].iter().rposition(|it| it.target == call.target).unwrap();
            assert!(at - created <= STEPS_AT_ONCE, "{call}");
        }
    }
}

#[test]
fn bindings_are_there_before_the_entries_that_need_them() {
    let (snapshot, plan) = from_config_map();
    let simulator = slow(&snapshot, behaviour());
    let finished = run_in(&simulator, &plan, &MemoryStore::default(), options(Phase::Entries));
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let writes = writes(&simulator, 0);
    let about: Vec<&str> = writes.iter().map(|(_, about)| about.as_str()).collect();
    assert_eq!(about[..2], ["API_AND_CONFIG_MAP"; 2]);
    assert!(about[2..4].iter().all(|about| about.ends_with("/eksodus-developers")), "{writes:?}");
}

#[test]
fn a_rollback_brings_the_lines_back_alone_and_first_and_ends_where_it_began() {
    for (snapshot, plan) in [in_dual_mode(), of_size(DUAL, 30, 5)] {
        let simulator = slow(&snapshot, roomy());
        let start = decided(&simulator);
        let store = MemoryStore::default();
        let finished = run_in(&simulator, &plan, &store, options(Phase::Prune));
        assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
        let back = undo(&simulator, &plan, &store).plan;
        let before = simulator.calls().len();
        let finished = run_in(&simulator, &back, &MemoryStore::default(), options(Phase::Verify));
        assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
        assert_eq!(decided(&simulator), restored(&start));
        let writes = writes(&simulator, before);
        assert!(writes[..2].iter().all(|(_, about)| about == "configmap/kube-system/aws-auth"), "{writes:?}");
    }
}

#[test]
fn after_a_failure_no_step_is_begun_and_those_under_way_are_written_down() {
    let (snapshot, plan) = of_size(DUAL, 60, 0);
    let simulator = slow(&snapshot, roomy());
    simulator.set_faults([Fault::Throttle {
        at: eksodus::simulator::At { operation: Some(Operation::CreateAccessEntry), number: 20 },
        last: 20 + 400,
    }]);
    let store = MemoryStore::default();
    let finished = run_in(&simulator, &plan, &store, options(Phase::Entries));
    assert!(matches!(finished.ending, Ending::Failed(_)), "{:?}", finished.ending);
    let told = progress(&store);
    assert!(!told.has_open());
    let begun = told.steps().count();
    assert!(begun <= 19 + 2 * STEPS_AT_ONCE, "{begun}");
    assert_eq!(told.applied(), decided(&simulator).entries.len());
}

#[test]
fn an_interrupted_run_ends_the_steps_under_way() {
    let (snapshot, plan) = of_size(DUAL, 60, 60);
    let simulator = slow(&snapshot, roomy());
    let store = MemoryStore::default();
    let asked = Cell::new(0);
    let interrupted = || {
        asked.set(asked.get() + 1);
        asked.get() > 40
    };
    let options = Options { interrupted: &interrupted, ..options(Phase::Verify) };
    let finished = run_in(&simulator, &plan, &store, options);
    assert!(matches!(finished.ending, Ending::Interrupted), "{:?}", finished.ending);
    assert!(!progress(&store).has_open());
    let entries = decided(&simulator).entries;
    assert!(!entries.is_empty() && entries.len() < 60);
    assert!(entries.values().all(|entry| entry.policies.len() == 1), "one is left without its policy");
}

#[test]
fn observing_tells_how_far_it_is_and_what_it_may_not_read() {
    let (snapshot, _) = in_dual_mode();
    let world = simulator(&snapshot);
    let mut told: Vec<Observing> = Vec::new();
    let seen =
        block_on(observe_with(&world, ObserveOptions::default(), &mut |so_far| told.push(so_far))).unwrap();
    assert_eq!((&seen.snapshot, seen.unread.len()), (&block_on(observe(&world)).unwrap(), 0));
    let last = told.last().unwrap();
    assert_eq!((last.sources, last.of_sources), (12, 12));
    assert_eq!((last.entries, last.of_entries), (6, Some(6)));
    assert!(told.is_sorted_by_key(|it| (it.sources, it.entries)));

    let denied = ["iam:ListUsers", "eks:ListFargateProfiles"];
    world.set_faults(denied.map(|action| Fault::Deny { action: action.to_owned() }));
    let seen = block_on(observe_with(&world, ObserveOptions::default(), &mut |_| ())).unwrap();
    let sources: Vec<Part> = seen.unread.iter().map(|it| it.source).collect();
    assert_eq!(sources, [Part::FargateProfiles, Part::IamUsers]);
    assert!(seen.unread[0].why.to_string().starts_with("eks:ListFargateProfiles"));
}

#[test]
fn an_error_of_several_is_the_same_one_each_time() {
    let (snapshot, _) = in_dual_mode();
    let world = slow(&snapshot, behaviour());
    let denied = ["eks:ListAccessEntries", "aws-auth", "eks:DescribeAccessEntry"];
    world.set_faults(denied.map(|action| Fault::Deny { action: action.to_owned() }));
    let errors: BTreeSet<String> =
        (0..3).map(|_| block_on(observe(&world)).unwrap_err().to_string()).collect();
    assert_eq!(errors.len(), 1);
}

#[test]
fn a_run_that_dies_while_calls_overlap_is_resumed_and_rolled_back() {
    let (snapshot, plan) = of_size(DUAL, 10, 2);
    let whole = slow(&snapshot, roomy());
    let finished = run_in(&whole, &plan, &MemoryStore::default(), options(Phase::Prune));
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let calls = (1..).zip(whole.calls()).filter(|(_, call)| is_write(call.operation));
    let writes: Vec<u32> = calls.map(|(number, _)| number).collect();
    assert_eq!(writes.len(), 10 + 2 + 1);
    for number in writes {
        let at = eksodus::simulator::At { operation: None, number };
        for fault in [Fault::Halt { at }, Fault::HaltAfter { at }, Fault::LostAnswer { at }] {
            let killed = || {
                let (simulator, store) = (slow(&snapshot, roomy()), MemoryStore::default());
                simulator.set_faults([fault.clone()]);
                let start = decided(&simulator);
                run_in(&simulator, &plan, &store, options(Phase::Prune));
                simulator.set_faults([]);
                (simulator, store, start)
            };
            let (simulator, store, _) = killed();
            for _ in 0..2 {
                let finished = run_in(&simulator, &plan, &store, options(Phase::Prune));
                assert!(matches!(finished.ending, Ending::Done), "{fault:?}: {:?}", finished.ending);
                assert_eq!(decided(&simulator), decided(&whole), "{fault:?}");
            }
            assert_eq!(progress(&store).applied(), 10 + 2 + 1, "{fault:?}");

            let (simulator, store, start) = killed();
            let back = undo(&simulator, &plan, &store).plan;
            let finished = run_in(&simulator, &back, &MemoryStore::default(), options(Phase::Verify));
            assert!(matches!(finished.ending, Ending::Done), "{fault:?}: {:?}", finished.ending);
            assert_eq!(decided(&simulator), start, "{fault:?}");
        }
    }
}
