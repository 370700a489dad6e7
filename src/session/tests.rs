//! What a program that embeds the library does, or a fleet for each of its clusters: no command line, no terminal.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use pollster::block_on;
use tempfile::TempDir;

use crate::executor::Event;
use crate::journal::{RunFolders, Runs, Stamps, Writer};
use crate::model::ClusterId;
use crate::planner::{Decisions, Phase};
use crate::session::*;
use crate::simulator::{Behaviour, Simulator};
use crate::snapshot::Snapshot;
use crate::world::{Clock as _, World};

struct Simulated<'s> {
    world: &'s Simulator,
    runs: PathBuf,
}

impl World for Simulated<'_> {
    type Eks = Simulator;
    type Iam = Simulator;
    type Sts = Simulator;
    type Kube = Simulator;
    type Clock = Simulator;

    fn eks(&self) -> &Simulator {
        self.world
    }

    fn iam(&self) -> &Simulator {
        self.world
    }

    fn sts(&self) -> &Simulator {
        self.world
    }

    fn kube(&self) -> &Simulator {
        self.world
    }

    fn clock(&self) -> &Simulator {
        self.world
    }
}

impl Cluster for Simulated<'_> {
    fn wait<F: Future>(&self, future: F) -> F::Output {
        block_on(future)
    }

    fn hold(self, _: &mut dyn Tell) -> Result<Self, SessionError> {
        Ok(self)
    }

    fn look(&self, _: &mut dyn Tell) -> Result<Snapshot, SessionError> {
        look_at_simulated(self.world)
    }

    fn aws_auth_text(&self) -> Result<Option<String>, SessionError> {
        Ok(self.world.to_snapshot().aws_auth.map(|manifest| manifest.source.text))
    }

    fn id(&self) -> Option<ClusterId> {
        self.world.to_snapshot().cluster.map(|cluster| cluster.id)
    }

    fn caller_arn(&self) -> Option<String> {
        None
    }

    fn live_name(&self) -> Option<&str> {
        None
    }

    fn runs(&self) -> Runs {
        RunFolders::below(self.runs.clone())
    }

    fn end(&self) -> Result<(), NotEnded> {
        Ok(())
    }
}

/// Agrees to everything, or to nothing.
struct Team {
    decisions: Decisions,
    agrees: bool,
    asked: usize,
    /// What was waited before each wait for what the cluster did not show.
    waits: Vec<Duration>,
}

impl Tell for Team {
    fn tell(&mut self, news: News<'_>) {
        if let News::Run(Event::Unseen { waited, .. }) = news {
            self.waits.push(*waited);
        }
    }
}

impl Talk for Team {
    type Error = SessionError;

    fn decisions(&mut self) -> Result<Decisions, SessionError> {
        Ok(self.decisions.clone())
    }

    fn agrees(&mut self, _: Question<'_>) -> Result<bool, SessionError> {
        self.asked += 1;
        Ok(self.agrees)
    }

    fn begin(&mut self) -> Result<Arc<AtomicBool>, SessionError> {
        Ok(Arc::default())
    }
}

struct Bench {
    world: Simulator,
    runs: TempDir,
    team: Team,
}

impl Bench {
    fn new() -> Self {
        let folder = Path::new("fixtures/quickstart");
        let decisions = std::fs::read_to_string(folder.join("eksodus.yaml")).unwrap();
        let decisions = Decisions::parse("eksodus.yaml", &decisions).unwrap();
        let snapshot = Snapshot::load(folder).unwrap();
        Self {
            world: Simulator::from_snapshot(&snapshot, Behaviour::default()).unwrap(),
            runs: tempfile::tempdir().unwrap(),
            team: Team { decisions, agrees: true, asked: 0, waits: Vec::new() },
        }
    }

    fn migrate(&mut self, migration: Migration) -> MigrationResult {
        let cluster = Simulated { world: &self.world, runs: self.runs.path().to_owned() };
        migrate(cluster, migration, &mut self.team).unwrap()
    }

    fn status(&mut self) -> Status {
        let cluster = Simulated { world: &self.world, runs: self.runs.path().to_owned() };
        status(&cluster, &mut self.team).unwrap()
    }

    fn rollback(&mut self) -> RolledBack {
        self.rollback_of(None, Stamps::default())
    }

    fn rollback_of(&mut self, run: Option<PathBuf>, stamps: Stamps) -> RolledBack {
        let cluster = Simulated { world: &self.world, runs: self.runs.path().to_owned() };
        let request = RollbackRequest { run, act: true, lock: true, stamps };
        rollback(cluster, request, &mut self.team).unwrap()
    }
}

fn whole() -> Migration {
    Migration {
        accept: crate::parity::Permissions::default(),
        plan: None,
        through: Phase::Verify,
        allow_irreversible: true,
        prune: PruneWish::AsPlanned,
        start: Start::New,
        ask: true,
        lock: true,
        stamps: Stamps::default(),
    }
}

#[test]
fn a_migration_is_one_call_with_one_result() {
    let mut bench = Bench::new();
    let result = bench.migrate(whole());
    assert_eq!(result.conclusion, Conclusion::Done, "{result:#?}");
    assert_eq!(result.reached, Some(Phase::Entries));
    assert!(result.applied > 0 && result.can_undo && !result.in_doubt);
    assert!(Path::new(result.journal().unwrap()).is_file());
    assert_eq!(bench.team.asked, 1);
    let ahead = |next: &Next| match next {
        Next::Resume { plan, reach, why: WhyResume::Ahead(Phase::Prune), or_undo: false } => {
            (plan.clone(), *reach)
        }
        next => panic!("{next:?}"),
    };
    // a result and a status say the same, and it works
    let (plan, reach) = ahead(&result.next);
    assert_eq!(ahead(&bench.status().next), (plan.clone(), reach));
    let plan = crate::planner::Plan::parse(&std::fs::read_to_string(plan).unwrap()).unwrap();
    let resumed = bench.migrate(Migration {
        plan: Some(plan),
        through: reach.through,
        allow_irreversible: reach.irreversible,
        start: Start::MustResume,
        ..whole()
    });
    assert_eq!((resumed.conclusion, resumed.reached), (Conclusion::Done, Some(Phase::Prune)));
}

#[test]
fn nothing_is_begun_that_nobody_agreed_to() {
    let mut bench = Bench::new();
    bench.team.agrees = false;
    let result = bench.migrate(whole());
    assert_eq!(result.conclusion, Conclusion::Declined);
    assert!(result.run.is_none() && matches!(result.end, End::Declined));
    assert!(matches!(result.next, Next::Apply { first: Phase::DualMode, .. }), "{:?}", result.next);
    assert!(bench.status().history.runs.is_empty());
}

#[test]
fn findings_that_need_a_decision_are_counted_by_rule() {
    let mut bench = Bench::new();
    bench.team.decisions = Decisions::default();
    let result = bench.migrate(whole());
    assert_eq!((result.conclusion, result.steps[0]), (Conclusion::Blocked, 0));
    assert!(matches!(result.next, Next::Decide));
    assert!(!result.findings.is_empty() && bench.team.asked == 0);
}

#[test]
fn a_run_that_stopped_says_how_it_is_resumed_or_undone() {
    let mut bench = Bench::new();
    bench.world.set_faults(["deny:eks:AssociateAccessPolicy".parse().unwrap()]);
    let stopped = bench.migrate(whole());
    assert_eq!(stopped.conclusion, Conclusion::PartlyApplied, "{stopped:#?}");
    let is_stopped =
        |next: &Next| matches!(next, Next::Resume { why: WhyResume::Stopped, or_undo: true, .. });
    assert!(is_stopped(&stopped.next) && stopped.can_undo);
    assert!(is_stopped(&bench.status().next));
    bench.world.set_faults([]);
    let undone = bench.rollback();
    assert!(matches!(&undone, RolledBack::Over(MigrationResult { conclusion: Conclusion::Done, .. })));
    assert!(matches!(bench.rollback(), RolledBack::NothingToUndo));
}

/// A run that died at this call, on a cluster that shows for twenty seconds less than was written.
fn died(at: &str) -> Bench {
    let mut bench = Bench::new();
    bench.world.set_faults([at.parse().unwrap(), "delay:20s".parse().unwrap()]);
    let stopped = bench.migrate(whole());
    assert_eq!(stopped.conclusion, Conclusion::PartlyApplied, "{at}: {stopped:#?}");
    bench.world.set_faults([]);
    bench
}

/// Entries that carry the tag of a run of ours, and what else the migration has left.
fn left_of_ours(bench: &Bench) -> Vec<String> {
    block_on(bench.world.sleep(Duration::from_secs(600)));
    let (now, start) = (bench.world.to_snapshot(), Bench::new().world.to_snapshot());
    let entries = now.access_entries.into_iter().flatten();
    let ours = entries.filter(|entry| entry.tags.contains_key(crate::model::RUN_TAG));
    let mut left: Vec<String> = ours.map(|entry| entry.principal).collect();
    left.extend((now.rbac != start.rbac).then(|| "bindings".to_owned()));
    left
}

#[test]
fn a_rollback_right_after_a_stop_undoes_what_is_not_shown_yet() {
    for at in [
        "halt:eks:CreateAccessEntry:3",
        "halt-after:eks:CreateAccessEntry:2",
        "halt-after:eks:AssociateAccessPolicy:1",
    ] {
        let mut bench = died(at);
        let undone = bench.rollback();
        assert!(
            matches!(&undone, RolledBack::Over(MigrationResult { conclusion: Conclusion::Done, .. })),
            "{at}: {undone:#?}"
        );
        assert_eq!(left_of_ours(&bench), [""; 0], "{at}");
        assert!(!bench.team.waits.is_empty(), "{at}");
        assert!(matches!(bench.rollback(), RolledBack::NothingToUndo), "{at}");
    }
}

/// By a clock that says so of now, and by another machine or this one.
#[test]
fn the_wait_is_as_long_as_the_journal_is_young_and_never_longer_than_a_minute() {
    let by = |host: &str, now: &str| {
        let now: jiff::Timestamp = now.parse().unwrap();
        Stamps::new(Writer { host: host.to_owned(), ..Writer::default() }, move || now)
    };
    // the call was not made, and nothing but time tells
    let minute = Duration::from_secs(60);
    for (host, now, most) in [
        ("", "1970-01-01T00:00:00Z", minute),
        ("", "1970-01-01T00:06:00Z", Duration::ZERO),
        ("elsewhere", "1970-01-01T00:06:00Z", minute),
        ("elsewhere", "1970-01-01T00:16:00Z", Duration::ZERO),
        // a clock that is wrong
        ("", "1969-06-01T00:00:00Z", minute),
    ] {
        let mut bench = died("halt:eks:CreateAccessEntry:3");
        block_on(bench.world.sleep(Duration::from_secs(30)));
        let began = bench.world.elapsed();
        let undone = bench.rollback_of(None, by(host, now));
        assert!(matches!(undone, RolledBack::Over(_)), "{host} {now}: {undone:?}");
        let waited = bench.team.waits.last().copied();
        assert_eq!(waited.is_some(), !most.is_zero(), "{host} {now}");
        assert!(waited.is_none_or(|waited| waited < most), "{host} {now}: {waited:?}");
        assert!(bench.world.elapsed() - began < most + Duration::from_secs(30), "{host} {now}");
        assert_eq!(left_of_ours(&bench), [""; 0], "{host} {now}");
    }
}

#[test]
fn a_rollback_that_was_named_or_interrupted_waits_for_nothing_that_an_earlier_rollback_undid() {
    let mut bench = Bench::new();
    let done = bench.migrate(whole());
    let folder = Path::new(done.journal().unwrap()).parent().unwrap().to_owned();
    bench.world.set_faults(["halt:eks:DeleteAccessEntry:3".parse().unwrap()]);
    bench.rollback();
    bench.world.set_faults([]);
    bench.team.waits.clear();
    // of the call that the rollback has not made it is not known; of what it has undone it is
    let undone = bench.rollback_of(Some(folder), Stamps::default());
    assert!(
        matches!(&undone, RolledBack::Over(MigrationResult { conclusion: Conclusion::Done, .. })),
        "{undone:#?}"
    );
    assert_eq!(left_of_ours(&bench), [""; 0]);
}
