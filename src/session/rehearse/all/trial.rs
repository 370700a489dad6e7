//! One interruption: a fresh cluster, a run that the fault strikes, and what is done about it.

use std::time::Duration;

use pollster::block_on;

use super::state::{Resources, Touched};
use super::watch::{self, LockOut, Waiting};
use super::{End, Ground, Interruption, Shortfall, Story, Wait, look_at_simulated};
use crate::eks::EksApi as _;
use crate::executor::{Difference, Ending, Origin, verify};
use crate::journal::Progress;
use crate::model::{AuthenticationMode, Update};
use crate::planner::{Decisions, Plan, Step, plan};
use crate::session::rehearse::stage::{LeftBehind, Stage, Undone};
use crate::session::{SessionError, reasons};
use crate::simulator::Simulator;
use crate::snapshot::{OwnSwitch, Snapshot};
use crate::world::Clock as _;

/// Longer than an update of the cluster takes, and than anything is seen late.
const SETTLED: Duration = Duration::from_secs(600);

pub(super) struct Trial {
    pub interruption: Interruption,
    pub end: End,
    pub lock_outs: Vec<LockOut>,
    /// The run stopped while somebody waited for the rest of their entry.
    pub waited: Option<Waiting>,
}

/// What is played.
pub(super) struct Course<'c, 'g> {
    pub ground: &'c Ground<'g>,
    /// The cluster as it was when the plan was made.
    pub base: &'c Simulator,
    pub interruption: &'c Interruption,
}

impl Course<'_, '_> {
    /// `None`: the fault strikes nothing.
    pub fn run(&self) -> Result<Option<Trial>, SessionError> {
        let Self { ground, base, interruption } = self;
        let stage = Stage::new(base.fork(), ground.plan, ground.origin, interruption.through, &|| false);
        let seen = watch::on(&stage.world, &ground.kept);
        stage.world.set_faults(interruption.faults());
        let before = stage.world.answered();
        let ending = stage.run(&mut ())?.ending;
        if stage.world.strikes().is_empty() {
            return Ok(None);
        }
        stage.world.set_faults([]);
        let waited = seen.borrow().waiting.filter(|_| !matches!(ending, Ending::Done));
        let touched = seen.borrow().touched.clone();
        let wrote = |stage: &Stage<'_>| {
            let calls = stage.world.calls();
            calls.iter().skip(before).any(|call| call.operation.is_write() && call.outcome.took_effect())
        };
        let end = match interruption.story {
            Story::Resume => self.resumed(&stage, ending, &touched, &wrote)?,
            Story::RollBack => self.rolled_back(&stage, &ending, &touched, &wrote)?,
        };
        let lock_outs = std::mem::take(&mut seen.borrow_mut().lock_outs);
        Ok(Some(Trial { interruption: (*interruption).clone(), end, lock_outs, waited }))
    }

    fn resumed(
        &self,
        stage: &Stage<'_>,
        first: Ending,
        touched: &Touched,
        wrote: &dyn Fn(&Stage<'_>) -> bool,
    ) -> Result<End, SessionError> {
        let ending = if matches!(first, Ending::Done) { first } else { stage.run(&mut ())?.ending };
        if matches!(ending, Ending::Done) {
            return self.held_against_plan(stage, (stage.plan, &stage.progress()?), touched, false);
        }
        if matches!(ending, Ending::Refused(_)) && !wrote(stage) && self.is_untouched(stage, touched) {
            return Ok(End::Refused);
        }
        if touched.is_nothing() {
            return Ok(End::Short(Shortfall::Stopped { why: reasons(&ending) }));
        }
        if matches!(self.ground.origin, Origin::Unchecked) {
            // no planner has made this plan, and none makes it anew
            return Ok(End::Waits(Wait::Stopped { why: reasons(&ending) }));
        }
        // what somebody else has changed is planned for
        let anew = plan(&now(stage)?, self.ground.decisions);
        let rules: Vec<_> = anew.blockers(stage.through).map(|finding| finding.rule).collect();
        if !rules.is_empty() {
            return Ok(End::Waits(Wait::Decision { rules }));
        }
        let (finished, told) = stage.run_anew(&anew)?;
        match finished.ending {
            Ending::Done => self.held_against_plan(stage, (&anew, &told), touched, true),
            ending => Ok(End::Waits(Wait::Stopped { why: reasons(&ending) })),
        }
    }

    fn held_against_plan(
        &self,
        stage: &Stage<'_>,
        (plan, told): (&Plan, &Progress),
        touched: &Touched,
        anew: bool,
    ) -> Result<End, SessionError> {
        let wanted = self.ground.undisturbed(self.interruption.story);
        block_on(stage.world.sleep(SETTLED));
        let now_is = Resources::of(&stage.world);
        // a plan that was made anew is held against itself in what it may cut and bind otherwise
        let mut what = match anew {
            false => now_is.differs_from(&wanted.end, touched),
            true => now_is.differs_in_entries_from(&wanted.end, touched),
        };
        let through = stage.through;
        let found = verify(plan, &|phase| phase <= through, Some(told), &now(stage)?);
        let is_ours = |it: &&Difference| !touched.explains(it);
        what.extend(found.iter().filter(is_ours).map(ToString::to_string));
        let left = left_to_do(stage, self.ground.decisions)?;
        let left = left.into_iter().filter(|step| !wanted.left.contains(&step.id) && !touched.is_of(step));
        what.extend(left.map(|step| format!("a new plan has step {}", step.id)));
        Ok(match what.is_empty() {
            true => End::Planned { anew },
            false => End::Short(Shortfall::NotAsPlanned { what }),
        })
    }

    fn rolled_back(
        &self,
        stage: &Stage<'_>,
        first: &Ending,
        touched: &Touched,
        wrote: &dyn Fn(&Stage<'_>) -> bool,
    ) -> Result<End, SessionError> {
        if matches!(first, Ending::Refused(_)) && !wrote(stage) && self.is_untouched(stage, touched) {
            return Ok(End::Refused);
        }
        let Undone { ending, left } = stage.roll_back(&mut ())?;
        let is_theirs = |it: &LeftBehind| !matches!(it, LeftBehind::Step(_));
        if !touched.is_nothing() && !left.is_empty() && left.iter().all(is_theirs) {
            return Ok(End::Waits(Wait::Left { what: left }));
        }
        let mut what: Vec<String> = left.iter().map(LeftBehind::to_string).collect();
        what.extend(ending.iter().flat_map(reasons));
        if what.is_empty() {
            what = self.not_as_before(stage, touched);
        }
        Ok(match what.is_empty() {
            true => End::RolledBack,
            false => End::Short(Shortfall::NotRolledBack { what }),
        })
    }

    fn is_untouched(&self, stage: &Stage<'_>, touched: &Touched) -> bool {
        self.not_as_before(stage, touched).is_empty()
    }

    /// A mode that was changed stays, and with it what EKS makes of it.
    fn not_as_before(&self, stage: &Stage<'_>, touched: &Touched) -> Vec<String> {
        block_on(stage.world.sleep(SETTLED));
        let now = Resources::of(&stage.world);
        let Ground { start, start_in_dual, .. } = self.ground;
        let wanted = if now.mode == start.mode { start } else { start_in_dual };
        now.differs_from(wanted, touched)
    }
}

/// The steps that a new plan has, up to where the run went.
pub(super) fn left_to_do(stage: &Stage<'_>, decisions: &Decisions) -> Result<Vec<Step>, SessionError> {
    let steps = plan(&now(stage)?, decisions).steps.into_iter();
    Ok(steps.filter(|step| step.phase <= stage.through).collect())
}

/// All there is to know, and when this run changed the mode, as its journal would tell.
fn now(stage: &Stage<'_>) -> Result<Snapshot, SessionError> {
    let mut now = look_at_simulated(&stage.world)?;
    let had_entries = stage.plan.mode.is_some_and(AuthenticationMode::has_entries);
    if !had_entries && stage.world.mode().has_entries() {
        let of_mode = now.updates.iter().flatten().filter(|update| update.mode().is_some());
        let from = of_mode.filter_map(Update::created_at).min();
        now.own_switch = from.map(|from| OwnSwitch { from, to: from + jiff::SignedDuration::from_mins(10) });
    }
    Ok(now)
}

/// The cluster at its beginning, with no more done to it than to bring it into dual mode.
pub(super) fn in_dual_mode(base: &Simulator) -> Result<Simulator, SessionError> {
    let world = base.fork();
    world.set_faults([]);
    if world.mode() == AuthenticationMode::ConfigMap {
        let changed =
            block_on(world.update_authentication_mode(AuthenticationMode::ApiAndConfigMap, "in-dual-mode"));
        // where it is refused, no run changes it either
        if changed.is_ok() {
            block_on(world.sleep(SETTLED));
        }
    }
    Ok(world)
}
