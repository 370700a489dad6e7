use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pollster::block_on;

use super::run::Telling;
use super::{Conclusion, News, SessionError, Talk, Tell, reasons};
use crate::executor::{Ending, Finished, Options, Origin, Rollback, execute, rollback_plan};
use crate::journal::{Header, Journal, JournalError, MemoryStore, Stamps};
use crate::observe::observe;
use crate::planner::{Decisions, Phase, Plan, plan};
use crate::reader::Manifest;
use crate::simulator::{Behaviour, Fault, Simulator};
use crate::snapshot::Snapshot;
use crate::world::Clock as _;

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
    pub plan: Plan,
    pub through: Phase,
    /// Calls that took effect, in all of its runs.
    pub applied: usize,
    /// What a fault stopped before the run was resumed.
    pub stopped_by: Vec<String>,
    /// What is still there after the rollback; `None` without one.
    pub left_behind: Option<Vec<String>>,
    /// By the clock of the simulation.
    pub took: Duration,
}

/// One migration on one simulated cluster.
struct Stage<'r> {
    world: Simulator,
    plan: Plan,
    store: MemoryStore,
    through: Phase,
    interrupted: &'r AtomicBool,
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

/// Runs the whole migration on a copy of a cluster in this process, broken on purpose if so asked.
///
/// # Errors
/// When the cluster cannot be simulated, or the plan is of none.
pub fn rehearse<T: Talk>(
    snapshot: &Snapshot,
    decisions: &Decisions,
    rehearsal: Rehearsal,
    talk: &mut T,
) -> Result<Rehearsed, T::Error> {
    let Rehearsal { faults, undo, through } = rehearsal;
    let world = Simulator::from_snapshot(snapshot, Behaviour::default()).map_err(SessionError::from)?;
    let plan = plan(&look_at_simulated(&world)?, decisions);
    talk.tell(News::Planned { plan: &plan, to_read: false });
    let blockers: Vec<_> = plan.blockers(through).cloned().collect();
    if !blockers.is_empty() {
        return Ok(Rehearsed {
            conclusion: Conclusion::Blocked,
            ending: Ending::Blocked(blockers),
            plan,
            through,
            applied: 0,
            stopped_by: Vec::new(),
            left_behind: None,
            took: Duration::ZERO,
        });
    }
    let interrupted: Arc<AtomicBool> = talk.begin()?;
    let stage = Stage { world, plan, store: MemoryStore::default(), through, interrupted: &interrupted };
    Ok(stage.play(faults, undo, talk)?)
}

impl Stage<'_> {
    fn play(self, faults: Vec<Fault>, undo: bool, tell: &mut dyn Tell) -> Result<Rehearsed, SessionError> {
        self.world.set_faults(faults);
        let id = self.plan.cluster.clone().ok_or(SessionError::NoCluster)?;
        let header = Header::new(&self.plan.digest, id, "rehearsal");
        let mut journal =
            Journal::create(Box::new(self.store.clone()), header, Stamps::default()).map_err(in_memory)?;
        let mut finished = self.execute(&self.plan, Origin::Planner, &mut journal, tell);
        // what was broken on purpose is mended, as it would be before anybody resumes
        self.world.set_faults([]);
        let mut stopped_by = Vec::new();
        if !undo && matches!(finished.ending, Ending::Failed(_)) {
            stopped_by = reasons(&finished.ending);
            tell.tell(News::Stopped(&finished.ending));
            drop(journal);
            journal = Journal::open(Box::new(self.store.clone()), Stamps::default()).map_err(in_memory)?;
            finished = self.execute(&self.plan, Origin::Planner, &mut journal, tell);
        }
        tell.tell(News::Rehearsed(&finished.ending));
        let left_behind = undo.then(|| self.undo(&journal, tell)).transpose()?;
        Ok(Rehearsed {
            conclusion: self.conclusion(&finished, journal.progress().has_open(), left_behind.as_deref()),
            through: self.through,
            applied: finished.applied_in_all,
            ending: finished.ending,
            stopped_by,
            left_behind,
            took: self.world.elapsed(),
            plan: self.plan,
        })
    }

    fn conclusion(&self, finished: &Finished, in_doubt: bool, left_behind: Option<&[String]>) -> Conclusion {
        // what was resumed after a fault is the same run to whoever rehearses
        let all = finished.applied_in_all;
        let conclusion = Conclusion::of(&finished.ending, [all, all], in_doubt);
        match left_behind {
            None => conclusion,
            Some([_, ..]) => Conclusion::PartlyApplied,
            // a mode that was changed stays so: what was begun was not undone
            Some([]) if conclusion != Conclusion::Done && self.has_changed_mode() => {
                Conclusion::PartlyApplied
            }
            // nothing of it lasts, whatever stopped it
            Some([]) => Conclusion::of(&finished.ending, [0, 0], false),
        }
    }

    fn has_changed_mode(&self) -> bool {
        let now = self.world.to_snapshot().cluster.map(|cluster| cluster.mode);
        now != self.plan.mode
    }

    fn execute(
        &self,
        plan: &Plan,
        origin: Origin<'_>,
        journal: &mut Journal,
        tell: &mut dyn Tell,
    ) -> Finished {
        let options = Options {
            allow_irreversible: true,
            origin,
            interrupted: &|| self.interrupted.load(Ordering::Relaxed),
            ..Options::through(self.through)
        };
        let finished = block_on(execute(&self.world, plan, journal, options, &mut Telling(tell)));
        tell.tell(News::RunEnded);
        finished
    }

    /// Undoes what the journal tells, and says what is left of it.
    fn undo(&self, journal: &Journal, tell: &mut dyn Tell) -> Result<Vec<String>, SessionError> {
        tell.tell(News::RollingBack);
        let Rollback { plan, refused: _ } = self.rollback(journal)?;
        let id = plan.cluster.clone().ok_or(SessionError::NoCluster)?;
        let header = Header::new(&plan.digest, id, "rehearsal-rollback");
        let mut second = Journal::create(Box::new(MemoryStore::default()), header, Stamps::default())
            .map_err(in_memory)?;
        let origin = Origin::Rollback { plan: &self.plan, progress: journal.progress() };
        let finished = self.execute(&plan, origin, &mut second, tell);
        let mut left = reasons(&finished.ending);
        let Rollback { plan, refused } = self.rollback(journal)?;
        left.extend(plan.steps.into_iter().map(|step| step.id));
        left.extend(refused.iter().map(ToString::to_string));
        Ok(left)
    }

    fn rollback(&self, journal: &Journal) -> Result<Rollback, SessionError> {
        let now = look_at_simulated(&self.world)?;
        Ok(rollback_plan(&self.plan, journal.progress(), &now)?)
    }
}

fn in_memory(source: JournalError) -> SessionError {
    SessionError::Journal { place: "the rehearsal's journal".into(), source }
}
