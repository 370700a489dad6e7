//! What must hold before a run changes anything: the plan is whole, nothing in it waits for a decision, and the world is
//! the one that it was made for.
//!
//! What the plan itself says comes first, for it costs no call. The first run compares the world with the plan's own
//! fingerprint and has the planner make the plan again; from then on the cluster changes by our own calls, so it leaves a
//! baseline in the journal, of all that the plan does not touch, and later runs are held against that and the journal.

use std::collections::BTreeSet;

use super::engine::Engine;
use super::origin::is_genuine;
use super::step::{is_unobserved, unexpected};
use super::untouched::untouched;
use crate::calls::{Resource, transitions_of};
use crate::executor::ending::Stop;
use crate::executor::{Failure, Refusal};
use crate::journal::{Progress, Record};
use crate::model::CanonicalArn;
use crate::observe::state_in;
use crate::planner::{Action, Fingerprint, Plan, Step, fingerprint};
use crate::snapshot::{Part, Snapshot};
use crate::world::World;

impl<W: World> Engine<'_, W> {
    /// The world still is what the plan saw, but for what this journal tells; nothing is changed before that.
    pub async fn gate(&self) -> Result<(), Stop> {
        self.journal.borrow().is_of(&self.plan.digest).map_err(Failure::Journal)?;
        self.is_whole()?;
        let plan = self.plan;
        let Some(planned) = &plan.cluster else { return Err(Refusal::NoCluster.into()) };
        let blockers: Vec<_> = plan.blockers(self.options.through).cloned().collect();
        if !blockers.is_empty() {
            return Err(Stop::Blocked(blockers));
        }
        if !self.options.allow_irreversible
            && let Some(step) = self.open_steps().find(|step| step.phase.is_irreversible())
        {
            return Err(Refusal::Irreversible { phase: step.phase }.into());
        }

        let now = self.now().await?;
        let found = now.cluster.as_ref().map(|cluster| &cluster.id);
        if let Some(found) = found.filter(|found| *found != planned) {
            return Err(Refusal::OtherCluster { planned: planned.clone(), found: found.clone() }.into());
        }
        match self.progress(|progress| progress.baseline().cloned()) {
            None => {
                is_unchanged(plan, &plan.fingerprint, &now, &fingerprint(&now, &plan.decisions))?;
                is_genuine(plan, self.options.origin, self.options.own_switch, &now)?;
                let untouched = fingerprint(&untouched(plan, &plan.fingerprint, &now), &plan.decisions);
                self.write(Record::Baseline { untouched }).await?;
            }
            Some(_) => {
                self.settle(&now).await?;
                self.rest_is_unchanged(&now)?;
            }
        }
        Ok(())
    }

    /// Nobody has changed since the first run began what this plan depends on and has not itself begun to change.
    pub fn rest_is_unchanged(&self, now: &Snapshot) -> Result<(), Stop> {
        self.not_begun_is_unchanged(now)?;
        let Some(baseline) = self.progress(|progress| progress.baseline().cloned()) else { return Ok(()) };
        let rest = untouched(self.plan, &baseline, now);
        is_unchanged(self.plan, &baseline, now, &fingerprint(&rest, &self.plan.decisions))
    }

    /// What the plan touches, and no run has begun with, is what the plan expects there.
    fn not_begun_is_unchanged(&self, now: &Snapshot) -> Result<(), Stop> {
        let mut seen: BTreeSet<Resource> = self.progress(|progress| {
            let begun = self.plan.steps.iter().filter(|step| progress.step(&step.id).is_some());
            begun.filter_map(Resource::of).collect()
        });
        let not_begun = self.plan.steps.iter().filter(|step| {
            !is_unobserved(step) && Resource::of(step).is_some_and(|resource| seen.insert(resource))
        });
        all_as_expected(not_begun, now)
    }

    /// Before the first entry is written: those that could not be listed when the plan was made allow it.
    pub fn unobserved_allow(&self, steps: &[&Step], now: &Snapshot) -> Result<(), Stop> {
        let has_begun = |step: &Step| self.progress(|progress| progress.step(&step.id).is_some());
        all_as_expected(steps.iter().copied().filter(|step| is_unobserved(step) && !has_begun(step)), now)
    }

    /// The steps that this run would still do.
    fn open_steps(&self) -> impl Iterator<Item = &Step> {
        let is_open = |step: &&Step| {
            self.options.includes(step.phase) && !self.progress(|progress| progress.is_done(&step.id))
        };
        self.plan.steps.iter().filter(is_open)
    }

    /// The plan is as it was made, every step can be done, and the journal tells of nothing else.
    fn is_whole(&self) -> Result<(), Stop> {
        let plan = self.plan;
        let computed = plan.computed_digest();
        if computed != plan.digest {
            return Err(Refusal::Edited { found: plan.digest.clone(), computed }.into());
        }
        let mut ids = BTreeSet::new();
        for step in &plan.steps {
            if !ids.insert(step.id.as_str()) {
                return Err(Failure::Plan(crate::calls::NoCalls::Twice { step: step.id.clone() }).into());
            }
            let transitions = transitions_of(step)?;
            let same = self.progress(|progress| {
                let progress = progress.step(&step.id).map_or(&[][..], |it| &it.calls);
                progress.len() <= transitions.len()
                    && progress
                        .iter()
                        .zip(&transitions)
                        .all(|(progress, transition)| progress.call == transition.call)
            });
            if !same {
                return Err(Failure::JournalAgainstPlan { step: step.id.clone() }.into());
            }
        }
        let other = |progress: &Progress| {
            progress.steps().map(|(id, _)| id).find(|id| !ids.contains(id)).map(str::to_owned)
        };
        match self.progress(other) {
            Some(step) => Err(Failure::JournalAgainstPlan { step }.into()),
            None => Ok(()),
        }
    }
}

/// Each step's resource is in the state that the step expects, or wants.
fn all_as_expected<'s>(steps: impl Iterator<Item = &'s Step>, now: &Snapshot) -> Result<(), Stop> {
    let refusals = steps.filter_map(|step| {
        let resource = Resource::of(step)?;
        let found = state_in(now, &resource)?;
        unexpected(step, resource, &found)
    });
    Stop::if_refused(refusals.collect())
}

fn is_unchanged(plan: &Plan, planned: &Fingerprint, now: &Snapshot, found: &Fingerprint) -> Result<(), Stop> {
    let mut changed = changed_sources(planned, found);
    // plans are often made by one role and applied by another
    changed.retain(|source| *source != Part::Caller || !is_a_bystander(plan, now));
    if changed.contains(&Part::AwsAuth) {
        // the mappings say which of these count: with other mappings they seem to have changed, too
        let told_by_lines = [Part::IamRoles, Part::IamUsers, Part::Rbac];
        changed.retain(|source| !told_by_lines.contains(source));
    }
    if changed.is_empty() { Ok(()) } else { Err(Refusal::Stale { changed }.into()) }
}

/// Whoever runs this is known, and the plan does nothing to their own entry, so that its order is right for them too.
fn is_a_bystander(plan: &Plan, now: &Snapshot) -> bool {
    let Some(caller) = &now.caller else { return false };
    let key = CanonicalArn::of(&caller.arn);
    let own = |step: &Step| matches!(&step.action, Action::Entry { principal, .. } if CanonicalArn::of_principal(principal) == key);
    !plan.steps.iter().any(own)
}

/// Sources that no longer are what they were; one that was not known before is left out.
///
/// So is IAM where this caller may not list it: a role that is gone EKS refuses by itself.
fn changed_sources(planned: &Fingerprint, found: &Fingerprint) -> Vec<Part> {
    let may_be_hidden = |source| matches!(source, Part::IamRoles | Part::IamUsers);
    let changed = planned.iter().filter(|(source, digest)| match found.get(source) {
        Some(found) => found != *digest,
        None => !may_be_hidden(**source),
    });
    changed.map(|(source, _)| *source).collect()
}
