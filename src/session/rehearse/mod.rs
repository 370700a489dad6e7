//! The whole migration on a copy of a cluster in this process, broken on purpose if so asked.

mod aftermath;
mod all;
mod stage;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pollster::block_on;

use super::{Conclusion, News, SessionError, Talk, Tell};
use crate::executor::{Ending, Event, Finished, Origin, Reporter};
use crate::model::AuthenticationMode;
use crate::observe::observe;
use crate::planner::{Decisions, Phase, Plan, plan};
use crate::reader::Manifest;
use crate::simulator::{Behaviour, Fault, Simulator};
use crate::snapshot::Snapshot;
use crate::world::Clock as _;

pub use aftermath::{Aftermath, FaultReport, Struck};
pub use all::{AllFaults, AllTried, End, Interruption, LockOut, Right, Score, Shortfall, Story, Wait};
pub use stage::LeftBehind;

use aftermath::Recorder;
use stage::{Stage, Undone};

/// What is asked of a rehearsal.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    pub faults: Vec<Fault>,
    /// Everything is undone at the end, also when a fault stopped the run.
    pub undo: bool,
    /// The last phase to run.
    pub through: Phase,
}

/// What came of it.
#[derive(Debug)]
pub struct Rehearsed {
    pub conclusion: Conclusion,
    pub ending: Ending,
    pub through: Phase,
    /// Calls that took effect, in all of its runs.
    pub applied: usize,
    /// Each fault that was set, what it struck and what became of that.
    pub faults: Vec<FaultReport>,
    /// What stopped the first run, before it was resumed.
    pub stopped_by: Option<Ending>,
    /// What is still there after the rollback; `None` without one.
    pub left_behind: Option<Vec<LeftBehind>>,
    /// The authentication mode in the end, where the rehearsal has changed it.
    pub new_mode: Option<AuthenticationMode>,
    /// By the clock of the simulation.
    pub took: Duration,
}

/// A cluster to rehearse on, and the plan for it.
pub struct PreparedRehearsal<'s> {
    snapshot: &'s Snapshot,
    decisions: &'s Decisions,
    behaviour: Behaviour,
    origin: Origin<'s>,
    pub plan: Plan,
}

/// Everything through the ports, with `aws-auth` under its own name and with its own lines where its data are the same.
///
/// # Errors
/// When the simulated cluster cannot be observed.
pub fn look_at_simulated(world: &Simulator) -> Result<Snapshot, SessionError> {
    let mut now = block_on(observe(world)).map_err(SessionError::Observe)?;
    let written = world.to_snapshot().aws_auth;
    let data = |manifest: &Option<Manifest>| manifest.as_ref().map(|it| it.config_map.data.clone());
    if data(&written) == data(&now.aws_auth) {
        now.aws_auth = written;
    }
    Ok(now)
}

impl<'s> PreparedRehearsal<'s> {
    /// # Errors
    /// When the cluster cannot be simulated.
    pub fn of(snapshot: &'s Snapshot, decisions: &'s Decisions) -> Result<Self, SessionError> {
        let behaviour = Behaviour::default();
        let world = Simulator::from_snapshot(snapshot, behaviour.clone())?;
        let plan = plan(&look_at_simulated(&world)?, decisions);
        Ok(Self { snapshot, decisions, behaviour, origin: Origin::Planner, plan })
    }

    /// With a plan that is there already, on a cluster that behaves so.
    pub fn of_plan(
        snapshot: &'s Snapshot,
        behaviour: Behaviour,
        plan: Plan,
        decisions: &'s Decisions,
        origin: Origin<'s>,
    ) -> Self {
        Self { snapshot, decisions, behaviour, origin, plan }
    }

    /// Runs the migration once.
    ///
    /// # Errors
    /// When the plan is of no cluster, or the simulated cluster cannot be observed.
    pub fn rehearse<T: Talk>(&self, rehearsal: Rehearsal, talk: &mut T) -> Result<Rehearsed, T::Error> {
        let Rehearsal { faults, undo, through } = rehearsal;
        talk.tell(News::Planned { plan: &self.plan, to_read: false });
        if let Some(ending) = self.blocked(through) {
            return Ok(Rehearsed {
                conclusion: Conclusion::Blocked,
                ending,
                through,
                applied: 0,
                faults: Vec::new(),
                stopped_by: None,
                left_behind: None,
                new_mode: None,
                took: Duration::ZERO,
            });
        }
        let flag: Arc<AtomicBool> = talk.begin()?;
        let interrupted = || flag.load(Ordering::Relaxed);
        let stage = Stage::new(self.world()?, &self.plan, self.origin, through, &interrupted);
        Ok(play(&stage, faults, undo, talk)?)
    }

    fn blocked(&self, through: Phase) -> Option<Ending> {
        let blockers: Vec<_> = self.plan.blockers(through).cloned().collect();
        (!blockers.is_empty()).then_some(Ending::Blocked(blockers))
    }

    /// As it was when the plan was made.
    fn world(&self) -> Result<Simulator, SessionError> {
        let world = Simulator::from_snapshot(self.snapshot, self.behaviour.clone())?;
        look_at_simulated(&world)?;
        Ok(world)
    }
}

fn play(
    stage: &Stage<'_>,
    faults: Vec<Fault>,
    undo: bool,
    tell: &mut dyn Tell,
) -> Result<Rehearsed, SessionError> {
    let world = &stage.world;
    world.set_faults(faults.clone());
    let mut recorder = Recorder::new(stage, &faults, tell);
    let mut finished = stage.run(&mut recorder)?;
    let mut first = recorder.into_first(&finished.ending);
    tell.tell(News::RunEnded);
    // what was broken on purpose is fixed, as it would be before anybody resumes
    world.set_faults([]);
    let mut stopped_by = None;
    if !undo && matches!(finished.ending, Ending::Failed(_)) {
        tell.tell(News::Stopped(&finished.ending));
        let again = stage.run(&mut Telling(tell))?;
        tell.tell(News::RunEnded);
        first.resumed(&again.ending);
        stopped_by = Some(std::mem::replace(&mut finished, again).ending);
    }
    tell.tell(News::Rehearsed(&finished.ending));
    let left_behind = match undo {
        true => {
            tell.tell(News::RollingBack);
            let Undone { ending: _, left } = stage.roll_back(&mut Telling(tell))?;
            tell.tell(News::RunEnded);
            Some(left)
        }
        false => None,
    };
    let new_mode = Some(world.mode()).filter(|mode| Some(*mode) != stage.plan.mode);
    Ok(Rehearsed {
        conclusion: conclusion(&finished, stage.is_in_doubt()?, left_behind.as_deref(), new_mode.is_some()),
        through: stage.through,
        applied: finished.applied_in_all,
        faults: first.reports,
        ending: finished.ending,
        stopped_by,
        left_behind,
        new_mode,
        took: world.elapsed(),
    })
}

fn conclusion(
    finished: &Finished,
    in_doubt: bool,
    left_behind: Option<&[LeftBehind]>,
    has_changed_mode: bool,
) -> Conclusion {
    // what was resumed after a fault is the same run to whoever rehearses
    let all = finished.applied_in_all;
    let conclusion = Conclusion::of(&finished.ending, [all, all], in_doubt);
    match left_behind {
        None => conclusion,
        Some([_, ..]) => Conclusion::PartlyApplied,
        // a mode that was changed stays so: what was begun was not undone
        Some([]) if conclusion != Conclusion::Done && has_changed_mode => Conclusion::PartlyApplied,
        // nothing of it lasts, whatever stopped it
        Some([]) => Conclusion::of(&finished.ending, [0, 0], false),
    }
}

/// Hands on what the engine reports.
struct Telling<'t>(&'t mut dyn Tell);

impl Reporter for Telling<'_> {
    fn event(&mut self, event: &Event) {
        self.0.tell(News::Run(event));
    }
}
