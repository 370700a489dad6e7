use std::collections::BTreeSet;

use serde::Serialize;

use super::history::{History, KnownRun};
use super::next::{Next, Seen};
use super::{Cluster, News, SessionError, Talk, look};
use crate::model::{AuthenticationMode, ClusterId, EntryType, PrincipalArn};
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
    pub history: History,
    /// A plan made now.
    pub fresh: Plan,
    pub phases: Vec<Standing>,
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
    /// Whether the cluster says so, too.
    pub is_in_progress: bool,
}

/// One phase, by the journal and by the cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    pub phase: Phase,
    /// Steps of the newest plan that its journal says are done, and how many it has; `None`: no plan that is in effect has any.
    pub journal: Option<[usize; 2]>,
    /// A call of it may have taken effect, and nobody looked.
    pub in_doubt: bool,
    /// Steps that a plan made now has.
    pub left: usize,
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
    Ok(Status {
        mode: fresh.mode.ok_or(SessionError::NoCluster)?,
        update: update(now, &history),
        entries: now.access_entries.as_ref().map(Vec::len),
        without_access: without_access(now, &fresh),
        phases: standings(&history, &fresh),
        next: seen.next(),
        old_form: History::no_old_form(&cluster.runs(), &id, |_| true).err(),
        cluster: id,
        history,
        fresh,
    })
}

fn update(now: &Snapshot, history: &History) -> Option<UpdateSeen> {
    let running = now.updates.iter().flatten().find(|update| update.is_running());
    let is_updating = now.cluster.as_ref().is_some_and(|cluster| cluster.status.0 == "UPDATING");
    let is_in_progress = is_updating || running.is_some();
    let ours = history.known().next_back().and_then(|run| run.reading.progress.update());
    let running = running.map(|update| update.id.as_str());
    let is_ours = ours.is_some() && running.is_none_or(|running| Some(running) == ours);
    let id = running.or(ours).map(str::to_owned);
    (is_in_progress || id.is_some()).then_some(UpdateSeen { id, is_ours, is_in_progress })
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
    /// Steps that are done, and all.
    pub(super) fn count(&self, phase: Phase) -> Option<[usize; 2]> {
        let steps: Vec<_> = self.plan.steps.iter().filter(|step| step.phase == phase).collect();
        let done = steps.iter().filter(|step| self.reading.progress.is_done(&step.id)).count();
        (!steps.is_empty()).then_some([done, steps.len()])
    }

    fn is_in_doubt_in(&self, phase: Phase) -> bool {
        let progress = &self.reading.progress;
        let is_open =
            |id: &str| progress.step(id).is_some_and(|it| it.calls.iter().any(|it| it.state.is_open()));
        self.plan.steps.iter().any(|step| step.phase == phase && is_open(&step.id))
    }

    /// The first phase with a step that is not done.
    pub(super) fn is_at(&self) -> Option<Phase> {
        let open = |phase: &Phase| self.count(*phase).is_some_and(|[done, of]| done < of);
        Phase::ALL.into_iter().find(open)
    }

    /// It ended within a phase.
    pub(super) fn is_stopped(&self) -> bool {
        let progress = &self.reading.progress;
        let within = |phase| self.count(phase).is_some_and(|[done, of]| 0 < done && done < of);
        self.in_doubt() > 0
            || progress.steps().any(|(id, _)| !progress.is_done(id))
            || Phase::ALL.into_iter().any(within)
    }
}

/// The newest run, unless it is a rollback.
pub(super) fn in_effect(history: &History) -> Option<&KnownRun> {
    history.known().next_back().filter(|newest| newest.plan.undoes.is_none())
}

/// The phases that change something, where there is anything to say of them.
fn standings(history: &History, fresh: &Plan) -> Vec<Standing> {
    let newest = in_effect(history);
    let of = |phase| Standing {
        phase,
        journal: newest.and_then(|run| run.count(phase)),
        in_doubt: newest.is_some_and(|run| run.is_in_doubt_in(phase)),
        left: fresh.steps.iter().filter(|step| step.phase == phase).count(),
    };
    Phase::ALL.into_iter().map(of).filter(|it| it.journal.is_some() || it.left > 0).collect()
}
