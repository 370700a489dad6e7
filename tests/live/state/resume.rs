//! A run that loses its machine is gone on with, or undone, from another one that has nothing but the bucket.

use std::cell::Cell;
use std::path::Path;

use eksodus::executor::{Ending, Failure, Options, Origin, execute, rollback_plan};
use eksodus::journal::{Journal, KeptRun, Stamps, read};
use eksodus::model::AuthenticationMode;
use eksodus::observe::observe;
use eksodus::planner::{Decisions, Phase, Plan, plan};
use eksodus::simulator::{Behaviour, Simulator};
use eksodus::snapshot::Snapshot;
use pollster::block_on;

use super::bucket::{Bucket, create};
use crate::servers::relay::{Act, Relay};

fn begin(bucket: &Bucket) -> (Snapshot, Simulator, KeptRun) {
    let folder = Path::new("fixtures/quickstart");
    let decisions = std::fs::read_to_string(folder.join("eksodus.yaml")).unwrap();
    let mut snapshot = Snapshot::load(folder).unwrap();
    // where everything that a run does can be undone
    snapshot.cluster.as_mut().unwrap().mode = AuthenticationMode::ApiAndConfigMap;
    snapshot.access_entries = Some(Vec::new());
    let world = Simulator::from_snapshot(&snapshot, Behaviour::default()).unwrap();
    let observed = block_on(observe(&world)).unwrap();
    let planned = plan(&observed, &Decisions::parse("eksodus.yaml", &decisions).unwrap());
    let id = planned.cluster.clone().unwrap();
    let run = create(&bucket.machine(), &id, &planned.digest, &planned.to_json(), None);
    (observed, world, run)
}

/// A machine that knows where the run is; its plan and journal come from the bucket.
fn elsewhere(bucket: &Bucket, run: &KeptRun) -> (Plan, Journal) {
    let found = bucket.machine().open(Path::new(&run.journal_place())).unwrap();
    (
        Plan::parse(&found.plan().unwrap()).unwrap(),
        Journal::open(found.store().unwrap(), Stamps::default()).unwrap(),
    )
}

/// Until it is asked for the `stop`th time whether to stop.
fn go_on(world: &Simulator, run: (Plan, Journal), stop: usize) -> Ending {
    go_on_from(world, run, stop, Origin::Planner)
}

fn go_on_from(
    world: &Simulator,
    (plan, mut journal): (Plan, Journal),
    stop: usize,
    origin: Origin<'_>,
) -> Ending {
    let asked = Cell::new(0);
    let interrupted = || {
        asked.set(asked.get() + 1);
        asked.get() > stop
    };
    let options = Options { interrupted: &interrupted, origin, ..Options::through(Phase::Prune) };
    block_on(execute(world, &plan, &mut journal, options, &mut ())).ending
}

#[test]
fn stopped_anywhere_it_is_gone_on_with_and_undone_from_another_machine() {
    let test = "stopped_anywhere_it_is_gone_on_with_and_undone_from_another_machine";
    let Some(bucket) = Bucket::new("resume", test) else { return };
    let (before, world, run) = begin(&bucket);
    let mut machines = 0;
    let ending = loop {
        machines += 1;
        match go_on(&world, elsewhere(&bucket, &run), 5 * machines) {
            Ending::Interrupted => assert!(machines < 100, "each comes further"),
            ending => break ending,
        }
    };
    assert!(matches!(ending, Ending::Done), "{ending:?}");
    assert!(machines > 2, "{machines}");
    let after = block_on(observe(&world)).unwrap();
    assert_ne!(after.access_entries, before.access_entries);

    let (plan, _) = elsewhere(&bucket, &run);
    let told = read(&run.journal_bytes().unwrap()).unwrap();
    let undo = rollback_plan(&plan, &told.progress, &after).unwrap().plan;
    let id = undo.cluster.clone().unwrap();
    let second = create(&bucket.machine(), &id, &undo.digest, &undo.to_json(), None);
    assert!(second.name().ends_with("-2"), "{}", second.name());
    let origin = Origin::Rollback { plan: &plan, progress: &told.progress };
    let ending = go_on_from(&world, elsewhere(&bucket, &second), usize::MAX, origin);
    assert!(matches!(ending, Ending::Done), "{ending:?}");
    let restored = block_on(observe(&world)).unwrap();
    assert_eq!(restored.access_entries, before.access_entries);
    let data = |snapshot: &Snapshot| snapshot.aws_auth.as_ref().unwrap().config_map.data.clone();
    assert_eq!(data(&restored), data(&before));
}

#[test]
fn without_the_bucket_no_call_is_made_and_with_it_the_run_ends() {
    let Some(mut bucket) = Bucket::new("cut", "without_the_bucket_no_call_is_made_and_with_it_the_run_ends")
    else {
        return;
    };
    let relay = Relay::start(bucket.port);
    bucket.port = relay.port;
    let (_, world, run) = begin(&bucket);
    for cut in [3, 5, 8] {
        let machine = elsewhere(&bucket, &run);
        let mut writes = 0;
        // from some write of the journal on nothing comes through
        relay.judge(move |asked| {
            writes += usize::from(asked.method == "PUT");
            if writes >= cut { Act::CutBefore } else { Act::Pass }
        });
        let ending = go_on(&world, machine, usize::MAX);
        assert!(matches!(ending, Ending::Failed(Failure::Journal(_))), "{ending:?}");
        relay.judge(|_| Act::Pass);
    }
    let ending = go_on(&world, elsewhere(&bucket, &run), usize::MAX);
    assert!(matches!(ending, Ending::Done), "{ending:?}");
}

#[test]
fn of_two_machines_that_go_on_with_one_run_one_stops_before_its_first_call() {
    let test = "of_two_machines_that_go_on_with_one_run_one_stops_before_its_first_call";
    let Some(bucket) = Bucket::new("both", test) else { return };
    let (_, world, run) = begin(&bucket);
    assert!(matches!(go_on(&world, elsewhere(&bucket, &run), 15), Ending::Interrupted));
    let late = elsewhere(&bucket, &run);
    // no more than that it has begun
    assert!(matches!(go_on(&world, elsewhere(&bucket, &run), 0), Ending::Interrupted));
    let left = block_on(observe(&world)).unwrap();
    let ending = go_on(&world, late, usize::MAX);
    let Ending::Failed(Failure::Journal(error)) = ending else { panic!("{ending:?}") };
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("another process wrote to this journal"), "{cause}");
    assert_eq!(block_on(observe(&world)).unwrap(), left);
}
