use std::fmt;
use std::rc::Rc;

use pollster::block_on;

use super::look_at_simulated;
use crate::executor::{Ending, Finished, NoRollback, Options, Origin, Refusal, Reporter, Rollback, Told};
use crate::executor::{execute, rollback_plan};
use crate::journal::{Header, Journal, JournalError, MemoryStore, Progress, Reading, Stamps, Writer, read};
use crate::observe::SHOWN;
use crate::planner::{Phase, Plan};
use crate::session::shown::until_shown;
use crate::session::{SessionError, in_one_line};
use crate::simulator::Simulator;
use crate::snapshot::Snapshot;
use crate::world::Clock as _;

/// One plan on one simulated cluster, with its journal: begun, resumed, rolled back.
pub(super) struct Stage<'p> {
    /// Its clock dates the journals.
    pub world: Rc<Simulator>,
    pub plan: &'p Plan,
    pub origin: Origin<'p>,
    pub through: Phase,
    pub interrupted: &'p dyn Fn() -> bool,
    journal: MemoryStore,
}

/// What a rollback came to.
pub(super) struct Undone {
    /// `None`: it was not begun.
    pub ending: Option<Ending>,
    pub left: Vec<LeftBehind>,
}

/// What is still there after a rollback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftBehind {
    /// There is no rollback, and why.
    NoRollback(NoRollback),
    /// A step that is still to be undone.
    Step(String),
    /// A step that is not undone, and why.
    Refused(Refusal),
}

impl<'p> Stage<'p> {
    pub fn new(
        world: Simulator,
        plan: &'p Plan,
        origin: Origin<'p>,
        through: Phase,
        interrupted: &'p dyn Fn() -> bool,
    ) -> Self {
        Self { world: Rc::new(world), plan, origin, through, interrupted, journal: MemoryStore::default() }
    }

    /// Begins the plan, or resumes it where its journal ends.
    pub fn run(&self, reporter: &mut dyn Reporter) -> Result<Finished, SessionError> {
        self.execute(self.plan, self.origin, &self.journal, self.through, reporter)
    }

    /// Another plan, from the beginning, and what its journal tells.
    pub fn run_anew(&self, plan: &Plan) -> Result<(Finished, Progress), SessionError> {
        let journal = MemoryStore::default();
        let finished = self.execute(plan, self.origin, &journal, self.through, &mut ())?;
        Ok((finished, read(&journal.bytes()).map_err(in_memory)?.progress))
    }

    /// A call without an outcome is there.
    pub fn is_in_doubt(&self) -> Result<bool, SessionError> {
        Ok(self.progress()?.has_open())
    }

    /// Undoes what the journal tells, and says what is left of it.
    pub fn roll_back(&self, reporter: &mut dyn Reporter) -> Result<Undone, SessionError> {
        let progress = self.progress()?;
        let now = self.shown(reporter)?;
        let back = match rollback_plan(self.plan, &progress, &now) {
            Ok(back) => back,
            Err(why) => return Ok(Undone { ending: None, left: vec![LeftBehind::NoRollback(why)] }),
        };
        let origin = match self.origin {
            Origin::Unchecked => Origin::Unchecked,
            _ => Origin::Rollback { plan: self.plan, progress: &progress },
        };
        let finished = self.execute(&back.plan, origin, &MemoryStore::default(), Phase::Verify, reporter)?;
        let left = match rollback_plan(self.plan, &progress, &look_at_simulated(&self.world)?) {
            Err(why) => vec![LeftBehind::NoRollback(why)],
            Ok(Rollback { plan, refused }) => {
                let steps = plan.steps.into_iter().map(|step| LeftBehind::Step(step.id));
                steps.chain(refused.into_iter().map(LeftBehind::Refused)).collect()
            }
        };
        Ok(Undone { ending: Some(finished.ending), left })
    }

    /// The cluster, once it shows what the journal tells.
    fn shown(&self, reporter: &mut dyn Reporter) -> Result<Snapshot, SessionError> {
        let reading = self.reading()?;
        let (world, mut told) = (&*self.world, Told::default());
        let young_for = reading.unseen_for(SHOWN, &self.stamps().stamp());
        told.add(self.plan, &reading.progress, young_for).map_err(NoRollback::Plan)?;
        let wait = |unseen, waited| block_on(told.wait_for(world, unseen, waited, &mut *reporter));
        until_shown(&told, world, look_at_simulated(world)?, wait, || look_at_simulated(world))
    }

    /// What the journal tells.
    pub fn progress(&self) -> Result<Progress, SessionError> {
        Ok(self.reading()?.progress)
    }

    fn reading(&self) -> Result<Reading, SessionError> {
        read(&self.journal.bytes()).map_err(in_memory)
    }

    fn stamps(&self) -> Stamps {
        let world = Rc::clone(&self.world);
        Stamps::new(Writer::default(), move || world.now())
    }

    fn execute(
        &self,
        plan: &Plan,
        origin: Origin<'_>,
        store: &MemoryStore,
        through: Phase,
        reporter: &mut dyn Reporter,
    ) -> Result<Finished, SessionError> {
        let boxed = Box::new(store.clone());
        let journal = match store.bytes().is_empty() {
            true => {
                let id = plan.cluster.clone().ok_or(SessionError::NoCluster)?;
                Journal::create(boxed, Header::new(&plan.digest, id, "rehearsal"), self.stamps())
            }
            false => Journal::open(boxed, self.stamps()),
        };
        let mut journal = journal.map_err(in_memory)?;
        let own_switch = plan.own_switch.as_ref();
        let options = Options {
            allow_irreversible: true,
            origin,
            own_switch,
            interrupted: self.interrupted,
            ..Options::through(through)
        };
        Ok(block_on(execute(&*self.world, plan, &mut journal, options, reporter)))
    }
}

impl fmt::Display for LeftBehind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRollback(why) => f.write_str(&in_one_line(why)),
            Self::Step(step) => f.write_str(step),
            Self::Refused(refusal) => write!(f, "{refusal}"),
        }
    }
}

fn in_memory(source: JournalError) -> SessionError {
    SessionError::Journal { place: "the rehearsal's journal".into(), source }
}
