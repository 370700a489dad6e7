//! What the access entry of each principal of a plan is to be, held against what is found: less is access that is lost,
//! more is access that nobody planned, and an entry that is dead gives nobody anything.
//!
//! An entry is to be what its last step leaves behind; without a step what its target says, or what the plan saw of an entry
//! that it leaves as it is. Of entries that the plan could not see the journal tells: one that was there already stays as the
//! run found it, and every other one was made by the run.

use std::collections::BTreeMap;

use super::verify::Difference;
use crate::calls::{Resource, ResourceState};
use crate::facts::Facts;
use crate::journal::Progress;
use crate::model::PrincipalArn;
use crate::observe::state_in;
use crate::planner::{Action, Expected, Phase, Plan, Step};

/// The entry that a principal is to have.
#[derive(Debug)]
struct Wanted<'p> {
    /// That leaves it behind.
    step: Option<&'p Step>,
    entry: ResourceState,
    how: How,
}

/// How near to what is wanted an entry must come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// With its tags.
    Equal,
    /// In all that decides about access.
    GivesTheSame,
    /// It was there before the run, and a journal of an earlier format does not tell what it gave.
    GivesAtLeast,
}

impl Wanted<'_> {
    fn is_met_by(&self, found: &ResourceState) -> bool {
        match self.how {
            How::Equal => *found == self.entry,
            How::GivesTheSame => found.gives_the_same(&self.entry),
            How::GivesAtLeast => found.gives_at_least(&self.entry),
        }
    }
}

/// The principals that the plan leads to an entry, or whose entry it leaves as it is although a mapping names them.
pub fn principals_of(plan: &Plan) -> impl Iterator<Item = &str> {
    let targets = plan.targets.iter().map(|target| target.entry.principal.as_str());
    let kept = plan.existing.iter().filter(|existing| existing.fate.is_kept_of_a_mapping());
    targets.chain(kept.map(|existing| existing.principal.as_str()))
}

/// How the entries of the plan's principals differ from what they are to be, by principal.
pub(super) fn entries(
    plan: &Plan,
    done: &dyn Fn(Phase) -> bool,
    told: Option<&Progress>,
    now: &Facts<'_>,
) -> Vec<Difference> {
    let differences = wanted(plan, done, told).into_iter().filter_map(|(principal, wanted)| {
        let found = match state_in(now.snapshot, &Resource::Entry(principal.clone())) {
            None => return Some(Difference::Unknown { resource: Resource::Entry(principal) }),
            Some(found) => found,
        };
        let is_wanted_alive = wanted.entry != ResourceState::Entry(None) && plan.undoes.is_none();
        if is_wanted_alive
            && let Some(entry) = now.entries.of_principal(&principal)
            && entry.liveness.is_dead()
        {
            return Some(Difference::Dead { principal, liveness: entry.liveness });
        }
        if wanted.is_met_by(&found) {
            return None;
        }
        let (planned, found) = (Box::new(wanted.entry), Box::new(found));
        Some(match wanted.step {
            Some(step) => Difference::Step {
                step: step.id.clone(),
                resource: Resource::Entry(principal),
                planned,
                found,
            },
            None => Difference::Target { principal, planned, found },
        })
    });
    differences.collect()
}

fn wanted<'p>(
    plan: &'p Plan,
    done: &dyn Fn(Phase) -> bool,
    told: Option<&Progress>,
) -> BTreeMap<PrincipalArn, Wanted<'p>> {
    let mut wanted = BTreeMap::new();
    if done(Phase::Entries) {
        let kept = plan.existing.iter().filter_map(|existing| existing.entry.as_ref());
        for entry in kept.chain(plan.targets.iter().map(|target| &target.entry)) {
            let state = ResourceState::entry(Some(entry.clone()));
            let it = Wanted { step: None, entry: state, how: How::GivesTheSame };
            wanted.insert(entry.principal.clone(), it);
        }
    }
    // the last step of a principal is the one that counts
    for step in plan.steps.iter().filter(|step| done(step.phase)) {
        if let Action::Entry { principal, before, .. } = &step.action {
            let told = told.filter(|_| *before == Expected::Unobserved);
            wanted.insert(principal.clone(), after(step, told));
        }
    }
    wanted
}

/// What the step leaves behind, as far as `told`, of an entry that the plan could not see.
fn after<'p>(step: &'p Step, told: Option<&Progress>) -> Wanted<'p> {
    let planned = ResourceState::after(step);
    let adopted = told.and_then(|progress| progress.step(&step.id)?.adopted.as_ref());
    let (entry, how) = match adopted {
        None => (planned, How::Equal),
        Some(None) => (planned, How::GivesAtLeast),
        Some(Some(found)) => (ResourceState::entry(Some(found.clone())), How::GivesTheSame),
    };
    Wanted { step: Some(step), entry, how }
}
