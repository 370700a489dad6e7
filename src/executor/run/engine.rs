//! A run from its gate to its last phase, and what all its parts share.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;

use super::known::knew_what_is_served;
use super::schedule::in_order;
use crate::calls::Resource;
use crate::executor::ending::Stop;
use crate::executor::{Ending, Event, Failure, Finished, Origin, Reporter};
use crate::journal::{GroupCommit, Journal, Progress, Record};
use crate::model::AuthenticationMode;
use crate::observe::{ObserveOptions, Patience, observe_with};
use crate::planner::{Phase, Plan, Step};
use crate::snapshot::{OwnSwitch, Snapshot};
use crate::world::{Clock as _, World};

/// Steps of phase `entries` under way at the same time; EKS does not publish its rates.
pub const STEPS_AT_ONCE: usize = 8;

/// How far a run goes and what it may do.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The last phase to run.
    pub through: Phase,
    /// Phases `dual-mode` and `api-mode` may be run.
    pub allow_irreversible: bool,
    pub prune: Pruning,
    pub patience: Patience,
    /// Steps of phase `entries` under way at the same time.
    pub at_once: usize,
    /// Asked before every step and call, and every second while waiting; `true` stops the run.
    pub interrupted: &'a dyn Fn() -> bool,
    /// Asked right before every write; `None`: nobody else can be at work.
    pub alone: Option<&'a dyn Alone>,
    /// What the first run holds the plan against.
    pub origin: Origin<'a>,
    /// When an earlier run changed the mode of this cluster, as its journal says.
    pub own_switch: Option<&'a OwnSwitch>,
    /// Entries that this run creates carry its id as a tag, where the caller may tag.
    pub tags: bool,
}

/// Whether this process still is the only one at work on the cluster.
pub trait Alone {
    /// Looks, where the last answer is too old; `false` stops the run before the write.
    fn is_alone(&self) -> LocalBoxFuture<'_, bool>;
}

/// What a run does to `aws-auth`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pruning {
    /// What the plan says: its covered lines go, or the whole ConfigMap does.
    #[default]
    AsPlanned,
    /// It keeps its lines on the way to `api-mode`, where it is not read any more.
    None,
}

impl Options<'_> {
    pub fn through(phase: Phase) -> Self {
        Self {
            through: phase,
            allow_irreversible: false,
            prune: Pruning::AsPlanned,
            patience: Patience::default(),
            at_once: STEPS_AT_ONCE,
            interrupted: &|| false,
            alone: None,
            origin: Origin::Planner,
            own_switch: None,
            tags: true,
        }
    }

    /// Whether the run comes to the steps of this phase.
    pub fn includes(&self, phase: Phase) -> bool {
        phase <= self.through && (self.prune != Pruning::None || phase != Phase::Prune)
    }
}

/// One run of a plan. Its steps share it, so that all that changes is behind a cell that is never held over an await.
///
/// Its methods stand where their story is:
///
/// | file | methods |
/// |---|---|
/// | here | `run`, `phase`; what all use: `now` and `forget`, `write`, `leave`, `flush`, `progress`, `tell`, `stop_…` |
/// | `gate` | `gate`; `unobserved_allow` and `rest_is_unchanged`, which are asked again later |
/// | `resume` | `settle` |
/// | `guard` | `guard` |
/// | `fresh` | `is_guarded`, `guard_again` |
/// | `schedule` | `together` |
/// | `step` | `step` |
/// | `read_back` | `look_at`, `read_back`, `side_of` |
/// | `listed` | `listed_meanwhile`, `are_listed` |
/// | `update` | `end_of_update`, `no_update_is_running` |
/// | `wait` | `until`, `until_seen`, `sleep`, `sleep_through` |
/// | `verified` | `verify` |
///
/// An [`Attempt`](super::attempt::Attempt), one call, is a value of its own.
pub(super) struct Engine<'a, W> {
    pub world: &'a W,
    pub plan: &'a Plan,
    pub options: Options<'a>,
    pub journal: RefCell<&'a mut Journal>,
    reporter: RefCell<&'a mut dyn Reporter>,
    group: GroupCommit,
    /// Whether the cluster had entries when it was last looked at, by this run or for the plan.
    has_entries: Cell<bool>,
    /// What was seen last, for as long as nothing was written and no time has passed since.
    last: RefCell<Option<Rc<Snapshot>>>,
    /// Steps of earlier runs of which [`Engine::settle`] has seen all that they were to leave behind.
    pub read_back_before: RefCell<BTreeSet<String>>,
    /// What this run has called about, by its steps.
    pub touched: RefCell<BTreeSet<Resource>>,
    /// What the guard of the phase under way has seen.
    pub guarded: RefCell<Option<Rc<Snapshot>>>,
    /// When its guard was last asked again, right before a call.
    pub asked: Cell<Option<Duration>>,
    /// Calls of this run that took effect, whether or not the journal could be written.
    pub applied: Cell<usize>,
    /// The caller may not tag entries.
    pub untagged: Cell<bool>,
    /// Steps that were told as begun, with those that earlier runs have done.
    pub numbered: Cell<usize>,
    /// When each step of this run began.
    pub started: RefCell<BTreeMap<String, Duration>>,
}

/// Executes the plan, or resumes it where its journal ends.
///
/// What the journal tells of earlier runs is held against the world first; a journal without records is a first run.
///
/// Of a plan that creates `n` entries with `m` associations, phase `entries` makes `n + m` writes, one describe for
/// each entry that was there before, and reads of a number that does not grow with `n` but for the pages of lists.
pub async fn execute<W: World>(
    world: &W,
    plan: &Plan,
    journal: &mut Journal,
    options: Options<'_>,
    reporter: &mut dyn Reporter,
) -> Finished {
    let applied_before = journal.progress().applied();
    let engine = Engine {
        world,
        plan,
        options,
        journal: RefCell::new(journal),
        reporter: RefCell::new(reporter),
        group: GroupCommit::default(),
        has_entries: Cell::new(plan.mode.is_some_and(AuthenticationMode::has_entries)),
        last: RefCell::default(),
        read_back_before: RefCell::default(),
        touched: RefCell::default(),
        guarded: RefCell::default(),
        asked: Cell::default(),
        applied: Cell::default(),
        untagged: Cell::default(),
        numbered: Cell::default(),
        started: RefCell::default(),
    };
    let ending = match engine.run().await {
        Ok(()) => Ending::Done,
        Err(stop) => stop.into(),
    };
    engine.group.give_up(&engine.journal);
    let recorded = engine.progress(Progress::applied);
    // the journal may not have taken the last records
    let applied = recorded.saturating_sub(applied_before).max(engine.applied.get());
    let seen = engine.last.take();
    Finished { ending, applied, applied_in_all: recorded.max(applied_before + applied), seen }
}

impl<W: World> Engine<'_, W> {
    async fn run(&self) -> Result<(), Stop> {
        self.gate().await?;
        self.write(Record::Started {
            through: self.options.through,
            allow_irreversible: self.options.allow_irreversible,
        })
        .await?;
        self.numbered.set(self.progress(|progress| {
            let is_done = |step: &&Step| self.options.includes(step.phase) && progress.is_done(&step.id);
            self.plan.steps.iter().filter(is_done).count()
        }));
        for phase in Phase::ALL {
            if self.options.includes(phase) {
                self.phase(phase).await?;
            }
        }
        Ok(())
    }

    async fn phase(&self, phase: Phase) -> Result<(), Stop> {
        let steps = self.plan.steps.iter().enumerate().filter(|(_, step)| step.phase == phase);
        let open: Vec<(usize, &Step)> =
            self.progress(|progress| steps.filter(|(_, step)| !progress.is_done(&step.id)).collect());
        if open.is_empty() && phase != Phase::Verify {
            return Ok(());
        }
        let began = self.world.clock().elapsed();
        self.tell(Event::PhaseStarted { phase });
        if !open.is_empty() {
            let now = self.now().await?;
            let steps: Vec<&Step> = open.iter().map(|(_, step)| *step).collect();
            self.guard(phase, &steps, &now)?;
            *self.guarded.borrow_mut() = Some(Rc::clone(&now));
            self.asked.set(None);
            self.unobserved_allow(&steps, &now)?;
            // the phase before may have taken minutes
            self.rest_is_unchanged(&now)?;
            for together in in_order(self.plan, open, &now) {
                self.together(together, &now).await?;
            }
        }
        if matches!(phase, Phase::Verify | Phase::Prune | Phase::ApiMode) {
            self.verify(phase).await?;
        }
        self.tell(Event::PhaseDone { phase, took: self.since(began) });
        Ok(())
    }

    /// Everything there is, as it is now.
    pub async fn now(&self) -> Result<Rc<Snapshot>, Failure> {
        if let Some(last) = &*self.last.borrow() {
            return Ok(Rc::clone(last));
        }
        let options = ObserveOptions {
            expects_entries: self.has_entries.get(),
            api_resources: knew_what_is_served(self.plan),
            updates: self.plan.undoes.is_some(),
        };
        let seen = observe_with(self.world, options, &mut |_| ()).await.map_err(Failure::Observe)?.snapshot;
        self.has_entries.set(seen.access_entries.is_some());
        // the log that the plan was made with is not there to be read again
        let now = Rc::new(Snapshot { evidence: self.plan.evidence.clone(), ..seen });
        *self.last.borrow_mut() = Some(Rc::clone(&now));
        Ok(now)
    }

    /// What was seen is not to be relied on any more.
    pub fn forget(&self) {
        *self.last.borrow_mut() = None;
    }

    pub fn is_interrupted(&self) -> bool {
        (self.options.interrupted)()
    }

    /// Whether the next write may be sent.
    pub async fn stop_unless_alone(&self) -> Result<(), Stop> {
        match self.options.alone {
            Some(alone) if !alone.is_alone().await => Err(Stop::Interrupted),
            _ => Ok(()),
        }
    }

    pub fn stop_if_interrupted(&self) -> Result<(), Stop> {
        if self.is_interrupted() { Err(Stop::Interrupted) } else { Ok(()) }
    }

    pub async fn write(&self, record: Record) -> Result<(), Failure> {
        Ok(self.group.write(record, &self.journal).await?)
    }

    /// For the next write of the journal, which [`Engine::flush`] makes if nobody else does.
    pub fn leave(&self, record: Record) {
        self.group.leave(record);
    }

    pub async fn flush(&self) -> Result<(), Failure> {
        Ok(self.group.flush(&self.journal).await?)
    }

    /// What the journal tells so far.
    pub fn progress<T>(&self, look: impl FnOnce(&Progress) -> T) -> T {
        look(self.journal.borrow().progress())
    }

    pub fn tell(&self, event: Event) {
        self.reporter.borrow_mut().event(&event);
    }
}
