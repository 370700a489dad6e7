use std::collections::{BTreeMap, BTreeSet};

use super::Refusal;
use super::run::guard;
use crate::calls::{NoCalls, Resource, ResourceState, transitions_of};
use crate::facts::{Facts, Liveness};
use crate::findings::{Finding, NotUndone, Reason};
use crate::journal::{CallState, Progress, StepProgress};
use crate::model::{AccessEntry, CanonicalArn, ConfigMapParts, PrincipalArn};
use crate::observe::state_in;
use crate::planner::{
    Action, Decisions, Expected, Fingerprint, Outcome, Phase, Plan, Step, Summary, fingerprint,
};
use crate::rbac::SubjectKind;
use crate::snapshot::{Part, Snapshot};

/// A plan that undoes what a journal tells, and what it leaves as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollback {
    pub plan: Plan,
    /// Steps that are not undone, because somebody else changed their resource, or took away the mapping behind it, since; or
    /// because an entry that stays for such a reason needs them.
    pub refused: Vec<Refusal>,
}

/// Why there is no rollback at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoRollback {
    /// Lines must be back in `aws-auth` before their entries go.
    #[error("aws-auth was changed by somebody else since")]
    AwsAuth(#[source] Box<Refusal>),
    #[error("{resource} could not be observed")]
    Unknown { resource: Resource },
    #[error("the journal has step {step}, which is not in the plan")]
    OtherPlan { step: String },
    #[error(transparent)]
    Plan(#[from] NoCalls),
}

/// The inverse of what the journal says was done, last step first: from what is there now to what was there before.
///
/// Modes stay, for a change of them is irreversible; so does what was there before us.
///
/// # Errors
/// When undoing anything could lock somebody out, or the journal is not of this plan.
pub fn rollback_plan(plan: &Plan, progress: &Progress, now: &Snapshot) -> Result<Rollback, NoRollback> {
    let by_id: BTreeMap<&str, &Step> = plan.steps.iter().map(|step| (step.id.as_str(), step)).collect();
    let mut undo = Undo::of(plan, now);
    for (id, begun) in progress.steps().rev() {
        let step = by_id.get(id).copied();
        let step = step.ok_or_else(|| NoRollback::OtherPlan { step: id.to_owned() })?;
        if let Some(resource) = Resource::of(step)
            && !begun.calls.is_empty()
        {
            undo.step(step, resource, begun)?;
        }
    }
    Ok(undo.into_rollback())
}

/// What is undone so far, from the last step of the run towards its first.
///
/// The order carries the safety. Lines come back into `aws-auth` before the entries go that had replaced them, so whether
/// somebody would be left without either is asked of the states as they will be by then. Entries go before the bindings
/// that they needed, so a binding of an entry that had to stay stays, too.
///
/// A step is undone only if its resource still is as our calls left it, or as one without an outcome may have: anything
/// else is somebody's later change, and neither taken back nor overwritten.
struct Undo<'a> {
    plan: &'a Plan,
    now: &'a Snapshot,
    facts: Facts<'a>,
    /// What the resources will be once the steps so far are carried out.
    states: BTreeMap<Resource, ResourceState>,
    /// The effective mappings at the time when the first entry goes.
    mapped: Option<BTreeSet<CanonicalArn>>,
    /// Entries that are not undone.
    kept: Vec<(PrincipalArn, ResourceState)>,
    steps: Vec<Step>,
    refused: Vec<Refusal>,
    notices: Vec<Finding>,
}

impl<'a> Undo<'a> {
    fn of(plan: &'a Plan, now: &'a Snapshot) -> Self {
        Self {
            plan,
            now,
            facts: Facts::of(now),
            states: BTreeMap::new(),
            mapped: None,
            kept: Vec::new(),
            steps: Vec::new(),
            refused: Vec::new(),
            notices: Vec::new(),
        }
    }

    fn step(&mut self, step: &Step, resource: Resource, begun: &StepProgress) -> Result<(), NoRollback> {
        let known = self.states.get(&resource).cloned().or_else(|| state_in(self.now, &resource));
        let found = known.ok_or_else(|| NoRollback::Unknown { resource: resource.clone() })?;
        let wanted = as_it_can_be(self.wanted(step, begun), &found);
        if found == wanted {
            self.states.insert(resource, wanted);
            return Ok(());
        }
        if let ResourceState::Mode(mode) = found {
            // where it is about to change, nothing is undone
            if !guard::is_switching_to_api(self.now) {
                self.notices.push(notice(&step.id, NotUndone::Mode { mode }));
            }
            return Ok(());
        }
        let [left, late] = left_behind(step, begun)?;
        let is_ours = begun.calls.iter().any(|call| call.state == CallState::Applied || call.state.is_open());
        if !is_ours && found != late {
            // every call of ours failed, and none was late: whatever it is now is somebody else's
            return Ok(());
        }
        if found != left && found != late {
            let refusal = Refusal::ChangedSince {
                step: step.id.clone(),
                resource: resource.clone(),
                before: Box::new(left),
                after: Box::new(late),
                found: Box::new(found.clone()),
            };
            if resource == Resource::AwsAuth {
                return Err(NoRollback::AwsAuth(Box::new(refusal)));
            }
            self.keep(resource, found, refusal);
            return Ok(());
        }
        if let Some(refusal) = self.why_not(step, &resource, &found, &wanted) {
            self.keep(resource, found, refusal);
            return Ok(());
        }
        if let Some(action) = inverse(step, &resource, &found, &wanted) {
            self.steps.push(Step { id: format!("undo/{}", step.id), phase: Phase::Entries, action });
        }
        self.states.insert(resource, wanted);
        Ok(())
    }

    /// What was there before us, unless that had been dead.
    fn wanted(&mut self, step: &Step, begun: &StepProgress) -> ResourceState {
        match without_ours(step, begun) {
            ResourceState::Entry(Some(dead)) if was_dead(step) => {
                self.notices.push(notice(dead.principal.as_str(), NotUndone::WasDead));
                ResourceState::Entry(None)
            }
            wanted => wanted,
        }
    }

    /// Why what is ours stays all the same.
    fn why_not(
        &mut self,
        step: &Step,
        resource: &Resource,
        found: &ResourceState,
        wanted: &ResourceState,
    ) -> Option<Refusal> {
        let id = || step.id.clone();
        match (resource, wanted) {
            (Resource::Entry(principal), ResourceState::Entry(Some(wanted))) if is_new(found, wanted) => {
                comes_alive(&step.id, principal, &self.facts)
            }
            (Resource::Entry(principal), ResourceState::Entry(None)) => {
                let mapped = self.mapped.get_or_insert_with(|| mapped_then(&self.states, self.now));
                let is_gone = moved_from_line(self.plan, principal) && !is_named(mapped, principal);
                is_gone.then(|| Refusal::LineGone { step: id(), principal: principal.clone() })
            }
            (Resource::Binding { .. }, _) => {
                let (principal, _) = self.kept.iter().find(|(_, entry)| is_bound(entry, found))?;
                Some(Refusal::BindingNeeded { step: id(), principal: principal.clone() })
            }
            _ => None,
        }
    }

    fn keep(&mut self, resource: Resource, found: ResourceState, why: Refusal) {
        if let Resource::Entry(principal) = resource {
            self.kept.push((principal, found));
        }
        self.refused.push(why);
    }

    fn into_rollback(self) -> Rollback {
        let Self { plan, now, steps, refused, mut notices, .. } = self;
        notices.extend(
            refused.iter().map(|refusal| notice("", NotUndone::Refused { prose: refusal.to_string() })),
        );
        let plan = Plan {
            format: plan.format.clone(),
            summary: Summary::default(),
            cluster: plan.cluster.clone(),
            mode: now.cluster.as_ref().map(|cluster| cluster.mode),
            caller: plan.caller.clone(),
            source: plan.source.clone(),
            fingerprint: of_undone(now, &plan.decisions),
            decisions: plan.decisions.clone(),
            own_switch: None,
            evidence: None,
            unknown: BTreeMap::new(),
            lines: Vec::new(),
            targets: Vec::new(),
            existing: Vec::new(),
            nodes: Vec::new(),
            notices,
            steps,
            parity: None,
            administrators: None,
            prune: None,
            undoes: Some(plan.digest.clone()),
            digest: String::new(),
        };
        Rollback { plan: plan.sealed(), refused }
    }
}

/// What our calls left of the resource; the second one if a call without an outcome has taken effect.
fn left_behind(step: &Step, progress: &StepProgress) -> Result<[ResourceState; 2], NoCalls> {
    let transitions = transitions_of(step)?;
    let good = progress.calls.iter().take_while(|call| call.state.is_good()).count();
    let left = match good.checked_sub(1).and_then(|last| transitions.get(last)) {
        Some(transition) => transition.after.clone(),
        None => ResourceState::before(step),
    };
    let late = match (progress.calls.get(good), transitions.get(good)) {
        (Some(_), Some(transition)) => transition.after.clone(),
        _ => left.clone(),
    };
    Ok([left, late])
}

/// The entry that the step replaced authenticated nobody: its principal had been deleted and created again.
fn was_dead(step: &Step) -> bool {
    matches!(&step.action, Action::Entry { before: Expected::Entry(_), recreate: true, .. })
}

/// Whether the entry would have to be created, and so be bound to whoever has its ARN today.
fn is_new(found: &ResourceState, wanted: &AccessEntry) -> bool {
    match found {
        ResourceState::Entry(Some(found)) => found.entry_type != wanted.entry_type,
        _ => true,
    }
}

/// An entry that has to be created again is so without the tags that nobody but AWS can set.
fn as_it_can_be(wanted: ResourceState, found: &ResourceState) -> ResourceState {
    match wanted {
        ResourceState::Entry(Some(entry)) if is_new(found, &entry) => {
            let tags = entry.tags_to_create();
            ResourceState::entry(Some(AccessEntry { tags, ..entry }))
        }
        wanted => wanted,
    }
}

/// What was there belonged to a principal that is not the one of today: nobody gets its access back.
fn comes_alive(step: &str, principal: &PrincipalArn, facts: &Facts<'_>) -> Option<Refusal> {
    let (step, principal) = (step.to_owned(), principal.clone());
    if facts.iam.denies(&principal) && !principal.is_service_linked() {
        return Some(Refusal::PrincipalGone { step, principal });
    }
    let ours = facts.entries.of_principal(&principal);
    let is_recreated = ours.is_some_and(|entry| entry.liveness == Liveness::Recreated);
    is_recreated.then_some(Refusal::PrincipalRecreated { step, principal })
}

/// The resource as it would be without our calls: somebody else's, that came in between, stay.
fn without_ours(step: &Step, progress: &StepProgress) -> ResourceState {
    let others = progress.calls.iter().filter(|call| call.state == CallState::Already);
    others.fold(ResourceState::before(step), |value, call| value.with(&call.call).unwrap_or(value))
}

/// The effective mappings of `aws-auth` when entries go: it is put back before.
fn mapped_then(states: &BTreeMap<Resource, ResourceState>, now: &Snapshot) -> BTreeSet<CanonicalArn> {
    match states.get(&Resource::AwsAuth).cloned().or_else(|| state_in(now, &Resource::AwsAuth)) {
        Some(ResourceState::AwsAuth(Some(data))) => guard::effective(&data),
        _ => BTreeSet::new(),
    }
}

fn moved_from_line(plan: &Plan, principal: &PrincipalArn) -> bool {
    plan.lines.iter().any(|line| match &line.outcome {
        Outcome::Migrates { principal: moved } => moved == principal,
        Outcome::Expanded { principals, .. } => principals.contains(principal),
        _ => false,
    })
}

/// By itself, or by its account.
fn is_named(mapped: &BTreeSet<CanonicalArn>, principal: &PrincipalArn) -> bool {
    mapped.contains(&CanonicalArn::of_principal(principal)) || mapped.contains(principal.account().as_str())
}

/// Whether the binding may give the entry's principal something. A username may have a session in it, so that of a
/// binding of users nobody can tell.
fn is_bound(entry: &ResourceState, binding: &ResourceState) -> bool {
    let ResourceState::Binding(Some(binding)) = binding else { return false };
    let has_group = |name: &str| match entry {
        ResourceState::Entry(Some(entry)) => entry.groups.iter().any(|group| group.as_str() == name),
        // its groups are not ours to read
        ResourceState::OddEntry(_) => true,
        _ => false,
    };
    binding.subjects.iter().any(|subject| match subject.kind {
        SubjectKind::Group => has_group(&subject.name),
        SubjectKind::User => *entry != ResourceState::Entry(None),
        SubjectKind::ServiceAccount | SubjectKind::Other(_) => false,
    })
}

/// What was deleted is made again as a whole, with what the step knew of it.
fn inverse(
    step: &Step,
    resource: &Resource,
    found: &ResourceState,
    wanted: &ResourceState,
) -> Option<Action> {
    match (resource, found, wanted) {
        (Resource::Entry(principal), ResourceState::Entry(found), ResourceState::Entry(wanted)) => {
            Some(Action::Entry {
                principal: principal.clone(),
                before: found.clone().map_or(Expected::Absent, Expected::Entry),
                after: wanted.clone(),
                recreate: false,
            })
        }
        (Resource::Binding { .. }, ResourceState::Binding(found), ResourceState::Binding(wanted)) => {
            Some(Action::Binding { before: found.clone(), after: wanted.clone() })
        }
        (Resource::AwsAuth, ResourceState::AwsAuth(found), ResourceState::AwsAuth(wanted)) => {
            let parts = match &step.action {
                Action::AwsAuth { parts, .. } if found.is_none() || wanted.is_none() => parts.clone(),
                _ => ConfigMapParts::default(),
            };
            Some(Action::AwsAuth { before: found.clone(), after: wanted.clone(), parts })
        }
        _ => None,
    }
}

/// The sources that a rollback depends on.
fn of_undone(now: &Snapshot, decisions: &Decisions) -> Fingerprint {
    let depends =
        |source: &Part| matches!(source, Part::Cluster | Part::AwsAuth | Part::AccessEntries | Part::Rbac);
    fingerprint(now, decisions).into_iter().filter(|(source, _)| depends(source)).collect()
}

fn notice(subject: &str, why: NotUndone) -> Finding {
    Finding::new(None, subject, Reason::NotUndone { why })
}
