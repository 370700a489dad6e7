use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::LocalBoxFuture;

use super::count::counts;
use super::history::{self, History};
use super::{Cluster, News, Reach, SessionError, Tell};
use crate::executor::{Alone, Ending, Event, Finished, Options, Origin, Reporter, execute};
use crate::journal::{Journal, KeptRun, NewRun, Progress, Reading, Stamps};
use crate::planner::Plan;
use crate::snapshot::OwnSwitch;

/// One run of a plan, with the journal open.
pub(super) struct Run {
    pub kept: KeptRun,
    journal: Journal,
    /// Made for this run, and worth nothing if the run does nothing.
    is_new: bool,
    /// It did nothing, and nothing is kept of it.
    pub is_gone: bool,
    /// Why it was stopped, when that was because it may not be the only one at work.
    pub lost: Option<String>,
    /// When an earlier run changed the mode of the cluster.
    pub own_switch: Option<OwnSwitch>,
}

impl Run {
    /// The first run of a plan, with `aws-auth` kept as it is now. `undoes`: the name of the run that it rolls back.
    pub fn begin(
        cluster: &impl Cluster,
        plan: &Plan,
        undoes: Option<&str>,
        stamps: Stamps,
    ) -> Result<Self, SessionError> {
        let id = plan.cluster.as_ref().ok_or(SessionError::NoCluster)?;
        let aws_auth = cluster.aws_auth_text()?;
        let text = plan.to_json();
        let kept = cluster.runs().create(&NewRun {
            cluster: id,
            plan_digest: &plan.digest,
            plan: &text,
            aws_auth: aws_auth.as_deref(),
            undoes,
            stamps: &stamps,
        })?;
        let journal = open(cluster, &kept, stamps)?;
        Ok(Self { kept, journal, is_new: true, is_gone: false, lost: None, own_switch: None })
    }

    /// An earlier run of the plan, found as [`LastRun::Begun`], to be resumed.
    pub fn resume(
        cluster: &impl Cluster,
        plan: &Plan,
        (kept, read): (KeptRun, Reading),
        stamps: Stamps,
        tell: &mut dyn Tell,
    ) -> Result<Self, SessionError> {
        let journal = open(cluster, &kept, stamps)?;
        let phases = counts(plan, &read.progress);
        tell.tell(News::Resuming { journal: &kept.journal_place(), phases: &phases, last: read.last() });
        if journal.torn() > 0 {
            tell.tell(News::Torn(journal.torn()));
        }
        Ok(Self { kept, journal, is_new: false, is_gone: false, lost: None, own_switch: None })
    }

    /// Does it; every call is on the disk before the journal says so. A first run holds the plan against its `origin`.
    pub fn execute(
        &mut self,
        cluster: &impl Cluster,
        plan: &Plan,
        origin: Origin<'_>,
        reach: Reach,
        interrupted: &AtomicBool,
        tell: &mut dyn Tell,
    ) -> Finished {
        self.own_switch = history::own_switch_of(cluster);
        let options = Options {
            own_switch: self.own_switch.as_ref(),
            interrupted: &|| interrupted.load(Ordering::Relaxed) || cluster.lost().is_some(),
            alone: Some(&HeldAlone(cluster)),
            origin,
            ..reach.options()
        };
        let mut reporter = Telling(tell);
        let finished = cluster.keep(execute(cluster, plan, &mut self.journal, options, &mut reporter));
        tell.tell(News::RunEnded);
        self.lost = cluster.lost().filter(|_| matches!(finished.ending, Ending::Interrupted));
        if let Err(error) = cluster.end() {
            tell.tell(News::NotEnded(&error));
        }
        if self.is_new && self.journal.progress().steps().next().is_none() {
            // nothing was begun: there is nothing to resume or to roll back
            self.is_gone = self.kept.remove().is_ok();
        } else if let Err(error) = self.journal.close() {
            tell.tell(News::JournalNotClosed(&error));
        }
        finished
    }

    /// What its journal says.
    pub fn progress(&self) -> &Progress {
        self.journal.progress()
    }
}

/// The newest run of a plan, as its place is found, without being held.
pub(super) enum LastRun {
    None,
    /// It came to no first record, so it did nothing.
    NotBegun(KeptRun),
    Begun(KeptRun, Reading),
}

impl LastRun {
    /// # Errors
    /// When a run of the plan cannot be read, or is of another plan, or is kept where an earlier version kept it.
    pub fn of(cluster: &impl Cluster, plan: &Plan) -> Result<Self, SessionError> {
        let id = plan.cluster.as_ref().ok_or(SessionError::NoCluster)?;
        let runs = cluster.runs();
        let mut not_begun = None;
        for kept in runs.list(id)?.into_iter().rev() {
            if !kept.is_named_after(&plan.digest) {
                continue;
            }
            match history::reading(&kept, id)? {
                Some((read, _)) if read.header.plan == plan.digest => return Ok(Self::Begun(kept, read)),
                Some((read, _)) => return Err(history::other_plan(&kept, &read, &plan.digest)),
                None => not_begun = not_begun.or(Some(kept)),
            }
        }
        if let Some(kept) = not_begun {
            return Ok(Self::NotBegun(kept));
        }
        History::no_old_form(&runs, id, |run| run.is_named_after(&plan.digest))?;
        Ok(Self::None)
    }

    /// Why there is nothing to resume.
    pub fn nothing(&self, cluster: &impl Cluster, plan: &Plan) -> SessionError {
        match (self, &plan.cluster) {
            (Self::NotBegun(kept), _) => SessionError::NotBegun { place: kept.journal_place() },
            (_, Some(id)) => SessionError::NothingToResume { place: cluster.runs().place_of(id) },
            (_, None) => SessionError::NoCluster,
        }
    }
}

/// Hands on what the engine reports.
pub(super) struct Telling<'t>(pub &'t mut dyn Tell);

impl Reporter for Telling<'_> {
    fn event(&mut self, event: &Event) {
        self.0.tell(News::Run(event));
    }
}

/// Lets the engine ask the cluster's lock.
struct HeldAlone<'c, C>(&'c C);

impl<C: Cluster> Alone for HeldAlone<'_, C> {
    fn is_alone(&self) -> LocalBoxFuture<'_, bool> {
        Box::pin(self.0.is_alone())
    }
}

fn open(cluster: &impl Cluster, run: &KeptRun, stamps: Stamps) -> Result<Journal, SessionError> {
    Journal::open(cluster.store(run)?, stamps)
        .map_err(|source| SessionError::Journal { place: run.journal_place(), source })
}

/// What a plan undoes: the newest run of the plan that it names, with its plan.
pub(super) fn undone_by(
    plan: &Plan,
    cluster: &impl Cluster,
) -> Result<Option<(Plan, Reading)>, SessionError> {
    let (Some(digest), Some(id)) = (&plan.undoes, &plan.cluster) else { return Ok(None) };
    for run in cluster.runs().list(id)?.into_iter().rev() {
        if !run.is_named_after(digest) {
            continue;
        }
        if let Some((read, _)) = history::reading(&run, id)?.filter(|(read, _)| read.header.plan == *digest) {
            return Ok(Some((history::kept_plan(&run)?, read)));
        }
    }
    Ok(None)
}

/// What the first run of a plan is held against.
pub(super) fn origin(undone: Option<&(Plan, Reading)>) -> Origin<'_> {
    undone.map_or(Origin::Planner, |(plan, read)| Origin::Rollback { plan, progress: &read.progress })
}
