use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::cluster::{is_of, look};
use super::history::History;
use super::next::After;
use super::run::{LastRun, Run, origin, undone_by};
use super::{Cluster, End, MigrationResult, News, Reach, SessionError, Talk, Tell, agree, preflight};
use crate::executor::{Origin, Pruning};
use crate::journal::{KeptRun, Reading, Stamps};
use crate::kube::{KubeApi as _, owners};
use crate::lint::lint_plan;
use crate::parity::Permissions;
use crate::planner::{Phase, Plan, Prune, plan};

/// What is asked of a migration.
#[derive(Debug, Clone)]
pub struct Migration {
    /// A saved plan; without it one is made of what is there.
    pub plan: Option<Plan>,
    /// The last phase to run.
    pub through: Phase,
    /// The phases `dual-mode` and `api-mode` may be run.
    pub allow_irreversible: bool,
    pub prune: PruneWish,
    /// Exactly so many lost and gained permissions are accepted, besides those that decisions accept.
    pub accept: Permissions,
    pub start: Start,
    /// What needs agreement is asked; otherwise all was agreed to before.
    pub ask: bool,
    /// Other operators are kept away from a live cluster.
    pub lock: bool,
    /// For the records of the journal; the caller is filled in.
    pub stamps: Stamps,
}

/// Whether a run of a saved plan that was begun before is resumed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Start {
    /// Where there is one, and it was not rolled back since.
    #[default]
    Resume,
    /// It has to be there.
    MustResume,
    /// Another one is begun in any case.
    New,
}

/// What phase `prune` is to take out of `aws-auth`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PruneWish {
    /// What the decisions, or the saved plan, say.
    #[default]
    AsPlanned,
    /// Nothing: the phase is left out.
    Nothing,
    /// This, and a saved plan must be of the same mind.
    This(Prune),
}

/// Migrates one cluster, or as much of it as was asked for.
///
/// # Errors
/// When there is no result: what is needed for it cannot be read or written, or contradicts itself.
pub fn migrate<C: Cluster, T: Talk>(
    cluster: C,
    migration: Migration,
    talk: &mut T,
) -> Result<MigrationResult, T::Error> {
    let Migration { plan, through, allow_irreversible, prune, accept, start, ask, lock, stamps } = migration;
    let is_saved = plan.is_some();
    let plan = match plan {
        Some(plan) => plan,
        None => planned_now(&cluster, prune, talk)?,
    };
    talk.tell(News::Planned { plan: &plan, to_read: !is_saved });
    is_of(&cluster, &plan)?;
    let unsound = lint_plan(&plan);
    if !unsound.is_empty() {
        return Ok(MigrationResult::unsound(&plan, through, unsound));
    }
    if plan.blockers(through).next().is_some() {
        return Ok(MigrationResult::blocked(&plan, through));
    }
    let reach = Reach { through, irreversible: allow_irreversible, pruning: pruning(prune, &plan)?, accept };
    let found = plan.unaccepted(through, &stamps.today());
    if found != accept {
        return Ok(MigrationResult::not_begun(&plan, reach, End::NotAccepted { found, accepted: accept }));
    }
    tell_owners(&cluster, &plan, reach, talk);
    let lock = cluster.live_name().is_some() && lock;
    if !preflight::passes(&cluster, &plan, through, lock, lock && !ask, talk)? {
        return Ok(MigrationResult::not_begun(&plan, reach, End::NotPermitted));
    }
    if ask && !agree::is_agreed(&cluster, &plan, reach, is_saved, start, talk)? {
        return Ok(MigrationResult::not_begun(&plan, reach, End::Declined));
    }
    let cluster = cluster.hold(talk)?;
    let stamps = stamps.by_caller(cluster.caller_arn());
    // not before: whoever waits for another operator may leave at once
    let interrupted = talk.begin()?;
    // before a run of its own is begun
    let undone = undone_by(&plan, &cluster)?;
    let run = match to_resume(&cluster, &plan, start, is_saved)? {
        Some(last) => Run::resume(&cluster, &plan, last, stamps, talk)?,
        None => Run::begin(&cluster, &plan, None, stamps)?,
    };
    Ok(carry_out(&cluster, run, &plan, origin(undone.as_ref()), reach, &interrupted, talk))
}

/// Executes the run, and concludes.
pub(super) fn carry_out(
    cluster: &impl Cluster,
    mut run: Run,
    plan: &Plan,
    origin: Origin<'_>,
    reach: Reach,
    interrupted: &Arc<AtomicBool>,
    tell: &mut dyn Tell,
) -> MigrationResult {
    let finished = run.execute(cluster, plan, origin, reach, interrupted, tell);
    let after = After::of(cluster, &run, plan, &finished, reach);
    MigrationResult::of(&run, plan, finished, reach, after)
}

/// The run to be resumed; `None`: one is begun.
fn to_resume(
    cluster: &impl Cluster,
    plan: &Plan,
    start: Start,
    is_saved: bool,
) -> Result<Option<(KeptRun, Reading)>, SessionError> {
    // a plan that was made now is of a cluster that no run of it has changed
    if start == Start::New || (start == Start::Resume && !is_saved) {
        return Ok(None);
    }
    match LastRun::of(cluster, plan)? {
        LastRun::Begun(kept, _) if start == Start::Resume && is_rolled_back(cluster, plan, &kept)? => {
            Ok(None)
        }
        LastRun::Begun(kept, read) => Ok(Some((kept, read))),
        nothing if start == Start::MustResume => Err(nothing.nothing(cluster, plan)),
        LastRun::None | LastRun::NotBegun(_) => Ok(None),
    }
}

/// It was undone to the end: what it did can be done again.
fn is_rolled_back(cluster: &impl Cluster, plan: &Plan, run: &KeptRun) -> Result<bool, SessionError> {
    let Some(id) = &plan.cluster else { return Ok(false) };
    let runs = cluster.runs();
    if !runs.list(id)?.iter().any(|it| it.number() > run.number()) {
        return Ok(false);
    }
    Ok(History::of(&runs, id)?.undone().contains(&run.place()))
}

fn planned_now<T: Talk>(cluster: &impl Cluster, prune: PruneWish, talk: &mut T) -> Result<Plan, T::Error> {
    let seen = look(cluster, talk)?;
    let mut decisions = talk.decisions()?;
    if let PruneWish::This(prune) = prune {
        decisions.prune = prune;
    }
    Ok(plan(&seen, &decisions))
}

/// A saved plan says what goes; it can only be left out.
fn pruning(wish: PruneWish, plan: &Plan) -> Result<Pruning, SessionError> {
    match wish {
        PruneWish::Nothing => Ok(Pruning::None),
        PruneWish::This(wanted) if wanted != plan.decisions.prune => {
            Err(SessionError::OtherPrune { planned: plan.decisions.prune })
        }
        PruneWish::This(_) | PruneWish::AsPlanned => Ok(Pruning::AsPlanned),
    }
}

/// Whatever put the mappings there may put them back.
fn tell_owners(cluster: &impl Cluster, plan: &Plan, reach: Reach, tell: &mut dyn Tell) {
    let cuts = |phase| phase == Phase::Prune && reach.options().includes(phase);
    if !plan.steps.iter().any(|step| cuts(step.phase)) {
        return;
    }
    // what cannot be read now is told by the run itself
    let Ok(Some(config_map)) = cluster.wait(cluster.kube().get_aws_auth()) else { return };
    owners(&config_map).iter().for_each(|owner| tell.tell(News::Owner(owner)));
}
