use std::collections::BTreeSet;

use serde::Serialize;

use super::conflict::Conflict;
use super::count::{PhaseCount, counts};
use super::history::{Found, History, KnownRun};
use super::next::{Next, Seen};
use super::verify::{Compared, compare};
use super::{Cluster, News, SessionError, Talk, look};
use crate::executor::{Difference, Refusal};
use crate::facts::{Administrators, Facts};
use crate::journal::Progress;
use crate::model::{AuthenticationMode, ClusterId, EntryType, PrincipalArn, Update};
use crate::planner::{Outcome, Phase, Plan, plan};
use crate::rbac::SubjectKind;
use crate::snapshot::{ObservedEntry, Snapshot};

/// Where a migration stands: what the journals say beside what the cluster says, and what to do now.
#[derive(Debug)]
#[non_exhaustive]
pub struct Status {
    pub cluster: ClusterId,
    pub mode: AuthenticationMode,
    /// A change of the cluster that EKS is making, or that a run has begun and nobody saw the end of.
    pub update: Option<UpdateSeen>,
    /// `None`: not observable.
    pub entries: Option<usize>,
    /// Principals that have no access now, although a mapping gives them some.
    pub without_access: Vec<String>,
    /// In API mode, who can do everything by an entry that is not known to be dead; `None` in another mode, or where entries
    /// cannot be listed.
    pub administrators: Option<Vec<String>>,
    pub history: History,
    /// A plan made now.
    pub fresh: Plan,
    pub phases: Vec<Standing>,
    pub position: Position,
    /// What is not as the run in effect left it, as `verify` compares its plan.
    pub differences: Vec<Difference>,
    /// What the guards of its phases would refuse by now.
    pub refusals: Vec<Refusal>,
    /// What somebody else has changed, where that is in the way of the last run.
    pub conflicts: Vec<Conflict>,
    pub next: Next,
    /// Runs of this cluster that an earlier version kept elsewhere, as an error that says so.
    pub old_form: Option<SessionError>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateSeen {
    /// `None`: nobody told it.
    pub id: Option<String>,
    /// A run of ours began it.
    pub is_ours: bool,
    /// That run is the last one.
    #[serde(skip)]
    pub is_of_last: bool,
    /// Whether the cluster says so, too.
    pub is_in_progress: bool,
}

/// Where it stands, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// There is no run that did anything, and there is something to do.
    NotBegun,
    /// The last run stopped within this phase.
    Stopped {
        at: Phase,
    },
    /// The last run did all that it was to do, and this phase is next.
    Paused {
        next: Phase,
    },
    /// A rollback stopped before its end.
    RollbackStopped,
    RolledBack,
    /// Nothing is left to do, by a plan made now.
    Complete,
    /// The last run is done, and a plan made now has something else to do.
    Changed,
    /// What the last run did is not known.
    Unknown,
}

/// One phase, by the journal and by the cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    pub phase: Phase,
    /// What the journal of the run in effect tells; `None`: its plan has no such steps, or there is no such run.
    pub journal: Option<PhaseCount>,
    /// Steps that a plan made now has.
    pub left: usize,
    /// Of `left`, those that the plan of the run does not have.
    pub unplanned: usize,
    /// Steps that the journal does not have as done, and of which the cluster has nothing left to do: the run has begun them.
    pub unrecorded: usize,
    /// The same of which the run has not begun anything: they existed already, as what EKS makes by itself.
    pub existing: Vec<String>,
}

/// Says where the migration of a cluster stands. Nothing is changed.
///
/// # Errors
/// When the cluster cannot be seen, or its runs cannot be listed. A run that cannot be read is part of the answer.
pub fn status<T: Talk>(cluster: &impl Cluster, talk: &mut T) -> Result<Status, T::Error> {
    let mut now = look(cluster, talk)?;
    let id = now.cluster.as_ref().map(|cluster| cluster.id.clone()).ok_or(SessionError::NoCluster)?;
    let history = History::of(&cluster.runs(), &id)?;
    // what is left is told by what the run in effect was planned with
    now.evidence = in_effect(&history).and_then(|run| run.plan.evidence.clone());
    let fresh = plan(&now, &talk.decisions()?);
    now.evidence = None;
    talk.tell(News::Planned { plan: &fresh, to_read: false });
    Ok(of_seen(cluster, &now, fresh, id, history)?)
}

fn of_seen(
    cluster: &impl Cluster,
    now: &Snapshot,
    fresh: Plan,
    id: ClusterId,
    history: History,
) -> Result<Status, SessionError> {
    let seen = Seen { cluster, id: &id, now, fresh: &fresh, history: &history };
    let (next, conflicts) = seen.next();
    let Compared { differences, refusals } = since_the_run(&history, now);
    Ok(Status {
        mode: fresh.mode.ok_or(SessionError::NoCluster)?,
        update: update(now, &history),
        entries: now.access_entries.as_ref().map(Vec::len),
        without_access: without_access(now, &fresh),
        administrators: administrators(now),
        phases: standings(&history, &fresh),
        position: position(&history, &fresh),
        differences,
        refusals,
        conflicts,
        next,
        old_form: History::no_old_form(&cluster.runs(), &id, |_| true).err(),
        cluster: id,
        history,
        fresh,
    })
}

/// What the run in effect left behind, held against the cluster: of the phases that it has done.
fn since_the_run(history: &History, now: &Snapshot) -> Compared {
    let Some(KnownRun { plan, reading, .. }) = in_effect(history) else { return Compared::default() };
    let progress = &reading.progress;
    let done = |phase| progress.has_done(plan, phase);
    let Some(through) = Phase::ALL.into_iter().rev().find(|phase| done(*phase)) else {
        return Compared::default();
    };
    compare(plan, &done, through, Some(progress), now)
}

fn update(now: &Snapshot, history: &History) -> Option<UpdateSeen> {
    let running = now.updates.iter().flatten().find(|update| update.is_running());
    let is_updating = now.cluster.as_ref().is_some_and(|cluster| cluster.status.is_updating());
    let is_in_progress = is_updating || running.is_some();
    let last = history.known().next_back().map(|run| &run.reading.progress);
    let began = |progress: &Progress| match running {
        Some(running) => {
            // the answer to a call may be lost, and its update with it; one at a time is in progress
            let unanswered = progress.may_be_updating_to().filter(|_| progress.update().is_none());
            let asks = running.params.get(Update::MODE);
            progress.updates().any(|update| update == running.id)
                || (unanswered.is_some() && asks.map(String::as_str) == unanswered.map(|mode| mode.as_str()))
        }
        None => progress.may_be_updating_to().is_some(),
    };
    let is_of_last = last.is_some_and(began);
    // a rollback does not end what the run before it has begun
    let all = history.known().map(|run| &run.reading.progress);
    let earlier = all.rev().find(|progress| is_in_progress && began(progress));
    let is_ours = is_of_last || earlier.is_some();
    let open = last.and_then(Progress::update).or_else(|| earlier?.update());
    let id = running.map(|update| update.id.as_str()).or(open).map(str::to_owned);
    (is_in_progress || id.is_some()).then_some(UpdateSeen { id, is_ours, is_of_last, is_in_progress })
}

/// EKS's own roles are none: nobody logs in as they.
fn administrators(now: &Snapshot) -> Option<Vec<String>> {
    let facts = Facts::of(now);
    if facts.mode != Some(AuthenticationMode::Api) || !facts.entries.observable {
        return None;
    }
    let administrators = Administrators::of(now.rbac.as_ref(), std::iter::empty());
    let live = facts.entries.iter().filter(|entry| !entry.liveness.is_dead());
    let all = live
        .filter(|fact| fact.writable().is_some_and(|entry| administrators.is_administrator(entry).is_some()));
    Some(all.map(|entry| entry.observed.principal.clone()).collect())
}

/// Of mappings that EKS reads and that give something: those whose principal has an entry that is effective in their
/// place, and gives nothing. A run that stopped between a creation and its policy leaves such an entry behind.
fn without_access(now: &Snapshot, plan: &Plan) -> Vec<String> {
    let is_bound = |name: &str| {
        let bindings = now.rbac.iter().flat_map(|rbac| &rbac.bindings);
        let mut subjects = bindings.flat_map(|binding| &binding.subjects);
        subjects.any(|subject| subject.kind == SubjectKind::User && subject.name == name)
    };
    let gives_nothing = |entry: &ObservedEntry| {
        let ObservedEntry { entry_type, username, groups, policies, .. } = entry;
        // a username with a session in it may be bound by any of its sessions
        let may_be_bound = username.contains("{{") || is_bound(username);
        *entry_type == EntryType::Standard && groups.is_empty() && policies.is_empty() && !may_be_bound
    };
    let entries = now.access_entries.iter().flatten().filter(|entry| gives_nothing(entry));
    let keys: BTreeSet<(String, &str)> = entries
        .filter_map(|entry| {
            let principal = entry.principal.parse::<PrincipalArn>().ok()?;
            Some((principal.match_key(), entry.principal.as_str()))
        })
        .collect();
    let is_read = |outcome: &Outcome| {
        !matches!(
            outcome,
            Outcome::Superseded { .. }
                | Outcome::NeverMatches { .. }
                | Outcome::Dropped { .. }
                | Outcome::NotRead
        )
    };
    let mapped: BTreeSet<String> = plan
        .lines
        .iter()
        .filter(|line| is_read(&line.outcome) && !line.groups.is_empty())
        .map(|line| line.arn.to_lowercase())
        .collect();
    let without = keys.into_iter().filter(|(key, _)| mapped.contains(key));
    without.map(|(_, principal)| principal.to_owned()).collect()
}

impl KnownRun {
    pub(super) fn counts(&self) -> Vec<PhaseCount> {
        counts(&self.plan, &self.reading.progress)
    }

    /// Steps that are done, and all.
    pub(super) fn count(&self, phase: Phase) -> Option<[usize; 2]> {
        self.counts().into_iter().find(|it| it.phase == phase).map(|it| [it.done, it.steps])
    }

    /// The first phase with a step that is not done.
    pub(super) fn is_at(&self) -> Option<Phase> {
        self.counts().into_iter().find(|it| it.done < it.steps).map(|it| it.phase)
    }

    /// It ended within a phase.
    pub(super) fn is_stopped(&self) -> bool {
        let progress = &self.reading.progress;
        self.in_doubt() > 0
            || progress.steps().any(|(id, _)| !progress.is_done(id))
            || self.counts().iter().any(|it| 0 < it.done && it.done < it.steps)
    }
}

/// The newest run, unless it is a rollback.
pub(super) fn in_effect(history: &History) -> Option<&KnownRun> {
    history.known().next_back().filter(|newest| newest.plan.undoes.is_none())
}

/// The phases that change something, where there is anything to say of them.
fn standings(history: &History, fresh: &Plan) -> Vec<Standing> {
    let newest = in_effect(history);
    let counted = newest.map(KnownRun::counts).unwrap_or_default();
    let of = |phase| {
        let ids = |plan: &Plan| -> BTreeSet<String> {
            plan.steps.iter().filter(|step| step.phase == phase).map(|step| step.id.clone()).collect()
        };
        let left = ids(fresh);
        let planned = newest.map(|run| ids(&run.plan)).unwrap_or_default();
        let progress = newest.map(|run| &run.reading.progress);
        let is_done = |id: &String| progress.is_some_and(|progress| progress.is_done(id));
        let is_begun = |id: &&String| progress.is_some_and(|progress| progress.step(id).is_some());
        let settled = planned.iter().filter(|id| !is_done(id) && !left.contains(*id));
        let (unrecorded, existing): (Vec<&String>, Vec<&String>) = settled.partition(is_begun);
        Standing {
            phase,
            journal: counted.iter().find(|it| it.phase == phase).cloned(),
            left: left.len(),
            unplanned: if newest.is_some() { left.difference(&planned).count() } else { 0 },
            unrecorded: unrecorded.len(),
            existing: existing.into_iter().cloned().collect(),
        }
    };
    Phase::ALL.into_iter().map(of).filter(|it| it.journal.is_some() || it.left > 0).collect()
}

fn position(history: &History, fresh: &Plan) -> Position {
    if let Some(Found::Unknown { .. }) = history.runs.last() {
        return Position::Unknown;
    }
    let is_complete = fresh.steps.is_empty() && fresh.blockers(Phase::ApiMode).next().is_none();
    match history.known().next_back() {
        Some(run) if run.plan.undoes.is_some() && run.is_done() => Position::RolledBack,
        Some(run) if run.plan.undoes.is_some() => Position::RollbackStopped,
        Some(run) if run.is_stopped() && (run.in_doubt() > 0 || !is_complete) => {
            Position::Stopped { at: run.is_at().unwrap_or(Phase::Verify) }
        }
        _ if is_complete => Position::Complete,
        Some(run) => run.is_at().map_or(Position::Changed, |next| Position::Paused { next }),
        None => Position::NotBegun,
    }
}
