//! Every call of a migration, broken in every way it can be, and each time resumed and rolled back.
//!
//! The score is taken from the simulated cluster and not from what the executor says of itself: `state` compares it with
//! what an undisturbed run leaves, `watch` looks after every call at who has access.

mod list;
mod state;
mod trial;
mod watch;

use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use super::stage::Stage;
use super::{LeftBehind, PreparedRehearsal, look_at_simulated};
use crate::executor::{Ending, Origin};
use crate::findings::RuleId;
use crate::planner::{Decisions, Phase, Plan};
use crate::session::{News, SessionError, Tell};
use crate::simulator::{Call, Fault, Simulator};

pub use watch::{LockOut, Right};

use state::Resources;
use trial::{Course, Trial};
use watch::Kept;

/// What is asked of [`PreparedRehearsal::all_faults`].
#[derive(Debug, Clone, Copy)]
pub struct AllFaults {
    /// The last phase to run; a rollback is tried up to where there is one.
    pub through: Phase,
    pub threads: usize,
    /// How many interruptions at most: of more a sample is tried, the same in each run.
    pub most: usize,
}

/// How a migration that was interrupted is brought to an end, once the fault is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Story {
    /// It is resumed; where that is refused, planned again.
    Resume,
    RollBack,
}

/// One fault, and what was done about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Interruption {
    pub fault: Fault,
    /// How late EKS shows what is written meanwhile.
    pub late: Option<Duration>,
    pub story: Story,
    /// The last phase of the run.
    pub through: Phase,
}

impl Interruption {
    /// All that is set.
    pub fn faults(&self) -> impl Iterator<Item = Fault> {
        std::iter::once(self.fault.clone()).chain(self.late.map(Fault::Delay))
    }
}

/// Where an interruption has led.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// To what an undisturbed run leaves; a new plan has nothing to do. `anew`: by another plan, made of what somebody else
    /// had changed.
    Planned {
        anew: bool,
    },
    /// To exactly the beginning, but for a mode that was changed and for what somebody else did.
    RolledBack,
    /// A guard refused it before anything was changed.
    Refused,
    /// It stopped because of what somebody else did, and only a person can tell what is right.
    Waits(Wait),
    Short(Shortfall),
}

/// What a person has to decide.
#[derive(Debug, Clone, PartialEq)]
pub enum Wait {
    /// A new plan needs a decision, by these rules.
    Decision { rules: Vec<RuleId> },
    /// No plan goes on from what somebody else left.
    Stopped { why: Vec<String> },
    /// The rollback leaves what somebody else changed, and what that needs.
    Left { what: Vec<LeftBehind> },
}

/// Why an interruption has not led where it should, with nobody else to answer for it.
#[derive(Debug, Clone, PartialEq)]
pub enum Shortfall {
    Stopped { why: Vec<String> },
    NotAsPlanned { what: Vec<String> },
    NotRolledBack { what: Vec<String> },
}

/// What came of all interruptions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Score {
    /// Of a run that nothing disturbs.
    pub calls: usize,
    /// Interruptions there are. Of a sample it is known only of those that were tried whether their fault strikes.
    pub listed: usize,
    /// Those that were tried.
    pub sampled: usize,
    /// Those whose fault struck: all that is counted below.
    pub interruptions: usize,
    pub planned: usize,
    pub planned_anew: usize,
    pub rolled_back: usize,
    pub refused: usize,
    pub waits: Vec<(Interruption, Wait)>,
    pub short: Vec<(Interruption, Shortfall)>,
    pub lock_outs: Vec<(Interruption, LockOut)>,
    /// Interruptions in which the run stopped between the calls that make an entry, and its principal waited for the resume
    /// or the rollback: EKS has no call that creates an entry with its policies.
    pub waited: usize,
    /// Of these, those in which nobody else was cluster administrator meanwhile.
    pub waited_alone: usize,
}

/// What [`PreparedRehearsal::all_faults`] came to.
#[derive(Debug)]
pub enum AllTried {
    Scored(Score),
    /// Without any fault the migration ends in this.
    NotDone(Ending),
    Interrupted,
}

/// What all threads share.
struct Ground<'g> {
    plan: &'g Plan,
    decisions: &'g Decisions,
    origin: Origin<'g>,
    kept: Arc<Kept>,
    start: Resources,
    /// The beginning, in dual mode.
    start_in_dual: Resources,
    forward: Undisturbed,
    back: Undisturbed,
}

/// A run without faults.
struct Undisturbed {
    through: Phase,
    calls: Vec<Call>,
    end: Resources,
    /// What a new plan would still do.
    left: Vec<String>,
}

impl Score {
    /// Nothing came out as it should not, as far as that is not somebody else's doing.
    pub fn is_good(&self) -> bool {
        self.short.is_empty() && self.lock_outs.is_empty()
    }

    pub fn ended_well(&self) -> usize {
        self.planned + self.planned_anew + self.rolled_back + self.refused
    }

    fn add(&mut self, trial: Trial) {
        let Trial { interruption, end, lock_outs, waited } = trial;
        self.interruptions += 1;
        match end {
            End::Planned { anew: false } => self.planned += 1,
            End::Planned { anew: true } => self.planned_anew += 1,
            End::RolledBack => self.rolled_back += 1,
            End::Refused => self.refused += 1,
            End::Waits(why) => self.waits.push((interruption.clone(), why)),
            End::Short(why) => self.short.push((interruption.clone(), why)),
        }
        self.lock_outs.extend(lock_outs.into_iter().map(|lock_out| (interruption.clone(), lock_out)));
        self.waited += usize::from(waited.is_some());
        self.waited_alone += usize::from(waited.is_some_and(|it| it.alone));
    }
}

impl PreparedRehearsal<'_> {
    /// Tries every call of the migration × every fault that can strike it, each resumed and rolled back.
    ///
    /// # Errors
    /// When the plan is of no cluster, or a simulated cluster cannot be observed.
    pub fn all_faults(
        &self,
        asked: AllFaults,
        interrupted: &AtomicBool,
        tell: &mut dyn Tell,
    ) -> Result<AllTried, SessionError> {
        if let Some(ending) = self.blocked(asked.through) {
            return Ok(AllTried::NotDone(ending));
        }
        let Self { decisions, origin, plan, .. } = self;
        let base = self.world()?;
        let undisturbed = |through| undisturbed(&base, plan, decisions, *origin, through);
        let (forward, end) = match undisturbed(asked.through)? {
            Ok(run) => run,
            Err(ending) => return Ok(AllTried::NotDone(ending)),
        };
        let (back, _) = match undisturbed(asked.through.min(Phase::Prune))? {
            Ok(run) => run,
            Err(ending) => return Ok(AllTried::NotDone(ending)),
        };
        let ground = Ground {
            plan,
            decisions,
            origin: *origin,
            kept: Arc::new(Kept::of(&base.to_snapshot(), &end.to_snapshot())),
            start: Resources::of(&base).with_dead_of(plan),
            start_in_dual: Resources::of(&trial::in_dual_mode(&base)?).with_dead_of(plan),
            forward,
            back,
        };
        let all = ground.interruptions();
        let listed = all.len();
        let chosen = list::sample(all, asked.most);
        let (calls, sampled) = (ground.forward.calls.len(), chosen.len());
        let mut score = Score { calls, listed, sampled, ..Score::default() };
        let Some(trials) = self.in_threads(&ground, &chosen, asked.threads, interrupted, tell)? else {
            return Ok(AllTried::Interrupted);
        };
        trials.into_iter().for_each(|trial| score.add(trial));
        Ok(AllTried::Scored(score))
    }

    /// In the order of the list, whichever thread was faster; `None` when it was interrupted.
    fn in_threads(
        &self,
        ground: &Ground<'_>,
        chosen: &[Interruption],
        threads: usize,
        interrupted: &AtomicBool,
        tell: &mut dyn Tell,
    ) -> Result<Option<Vec<Trial>>, SessionError> {
        let next = AtomicUsize::new(0);
        let (sender, received) = mpsc::channel();
        let work = |sender: mpsc::Sender<_>| {
            // a simulator stays on its thread
            let base = match self.world() {
                Ok(base) => base,
                Err(error) => return drop(sender.send((0, Err(error)))),
            };
            while !interrupted.load(Ordering::Relaxed) {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(interruption) = chosen.get(index) else { break };
                let trial = Course { ground, base: &base, interruption }.run();
                if sender.send((index, trial)).is_err() {
                    break;
                }
            }
        };
        let (work, mut trials) = (&work, Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..threads.clamp(1, chosen.len().max(1)) {
                let sender = sender.clone();
                scope.spawn(move || work(sender));
            }
            drop(sender);
            let mut failed = None;
            for (index, trial) in received {
                match trial {
                    Ok(trial) => trials.push((index, trial)),
                    Err(error) => failed = failed.or(Some(error)),
                }
                tell.tell(News::Tried { number: trials.len(), of: chosen.len() });
            }
            failed.map_or(Ok(()), Err)
        })?;
        tell.tell(News::RunEnded);
        if interrupted.load(Ordering::Relaxed) {
            return Ok(None);
        }
        trials.sort_by_key(|(index, _)| *index);
        Ok(Some(trials.into_iter().filter_map(|(_, trial)| trial).collect()))
    }
}

fn undisturbed(
    base: &Simulator,
    plan: &Plan,
    decisions: &Decisions,
    origin: Origin<'_>,
    through: Phase,
) -> Result<Result<(Undisturbed, Rc<Simulator>), Ending>, SessionError> {
    let stage = Stage::new(base.fork(), plan, origin, through, &|| false);
    let before = stage.world.answered();
    let finished = stage.run(&mut ())?;
    if !matches!(finished.ending, Ending::Done) {
        return Ok(Err(finished.ending));
    }
    let calls = stage.world.calls().split_off(before);
    let left = trial::left_to_do(&stage, decisions)?.into_iter().map(|step| step.id).collect();
    let end = Resources::of(&stage.world);
    Ok(Ok((Undisturbed { through, calls, end, left }, stage.world)))
}

impl Ground<'_> {
    fn interruptions(&self) -> Vec<Interruption> {
        let of = |story, run: &Undisturbed| {
            let through = run.through;
            let of = move |fault, late| Interruption { fault, late, story, through };
            list::faults(&run.calls).into_iter().flat_map(move |fault| {
                let late = list::ends_at_write(&fault).then(|| of(fault.clone(), Some(list::LATE)));
                std::iter::once(of(fault, None)).chain(late)
            })
        };
        of(Story::Resume, &self.forward).chain(of(Story::RollBack, &self.back)).collect()
    }

    fn undisturbed(&self, story: Story) -> &Undisturbed {
        match story {
            Story::Resume => &self.forward,
            Story::RollBack => &self.back,
        }
    }
}
