use std::collections::BTreeSet;
use std::fmt;

use super::changed::{changed, entry_changed};
use super::run::guard::changed_identities;
use super::run::known::with_what_it_knew;
use super::wanted::entries;
use crate::calls::{Resource, ResourceState, transitions_of};
use crate::facts::{Facts, Liveness};
use crate::journal::Progress;
use crate::model::{AuthenticationMode, EntryType, PrincipalArn};
use crate::observe::state_in;
use crate::planner::{Action, CallerAccess, Expected, Phase, Plan, Step, plan};
use crate::snapshot::{Part, Snapshot};

/// Something that is not as the plan wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// An entry that no step of the plan has left behind.
    Target {
        principal: PrincipalArn,
        planned: Box<ResourceState>,
        found: Box<ResourceState>,
    },
    Step {
        step: String,
        resource: Resource,
        planned: Box<ResourceState>,
        found: Box<ResourceState>,
    },
    /// The entry is there, and authenticates nobody.
    Dead {
        principal: PrincipalArn,
        liveness: Liveness,
    },
    Node {
        role: PrincipalArn,
        needs: EntryType,
        found: Option<EntryType>,
    },
    CallerHasNoEntry {
        principal: PrincipalArn,
    },
    /// By a mapping that stays in `aws-auth` somebody authenticates who did not before.
    Line {
        step: String,
        arn: String,
    },
    /// A plan made now would still do this.
    StillToDo {
        step: String,
        resource: Resource,
    },
    /// Could not be looked at.
    Unknown {
        resource: Resource,
    },
}

impl Difference {
    /// What is not as it was to be; `None` where it is said who suffers from that.
    fn resource(&self) -> Option<Resource> {
        match self {
            Self::Step { resource, .. } | Self::StillToDo { resource, .. } | Self::Unknown { resource } => {
                Some(resource.clone())
            }
            Self::Target { principal, .. } | Self::Dead { principal, .. } => {
                Some(Resource::Entry(principal.clone()))
            }
            Self::Node { .. } | Self::CallerHasNoEntry { .. } | Self::Line { .. } => None,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target { principal, planned, found }
            | Self::Step { resource: Resource::Entry(principal), planned, found, step: _ } => {
                f.write_str(&entry_changed(principal, found, planned))
            }
            Self::Dead { principal, liveness } => {
                let kind = if principal.is_role() { "role" } else { "user" };
                let why = match liveness {
                    Liveness::Gone => format!("IAM has no such {kind} any more"),
                    Liveness::Recreated | Liveness::Live | Liveness::Assumed | Liveness::Unreadable => {
                        format!("the {kind} was recreated after the entry was made")
                    }
                };
                write!(f, "{principal} has no access by its entry, which is dead: {why}")
            }
            Self::Step { step, resource, planned, found } => {
                write!(f, "step {step}: {}", changed(resource, found, planned))
            }
            Self::Node { role, needs, found } => {
                let found = found.as_ref().map_or("none", EntryType::as_str);
                write!(f, "node role {role} needs an access entry of type {needs}, and has {found}")
            }
            Self::CallerHasNoEntry { principal } => write!(f, "the caller {principal} has no access entry"),
            Self::Line { step, arn } => {
                write!(
                    f,
                    "step {step}: {arn} authenticates as somebody else, or for the first time, by what stays of aws-auth"
                )
            }
            Self::StillToDo { step, resource: _ } => write!(f, "a new plan still has step {step}"),
            Self::Unknown { resource } => write!(f, "{resource} could not be observed"),
        }
    }
}

/// What differs from the plan, once the phases that `done` names are done; an empty list means success.
///
/// Of each resource what its step finds, or its target, or a new plan: one of them. Who suffers is said beside it.
///
/// `told`: what the journal of the plan's run tells. Without it an entry that the plan could not see, as in CONFIG_MAP mode,
/// is held against the plan alone.
pub fn verify(
    plan: &Plan,
    done: &dyn Fn(Phase) -> bool,
    told: Option<&Progress>,
    now: &Snapshot,
) -> Vec<Difference> {
    let facts = &Facts::of(now);
    let mut found = steps(plan, done, now);
    found.extend(entries(plan, done, told, facts));
    if done(Phase::Prune) {
        found.extend(lines(plan, now));
    }
    if done(Phase::Entries) {
        found.extend(nodes(plan, facts));
        found.extend(caller(plan, facts));
    }
    // what undoes a plan leads away from what a new plan would want
    if plan.undoes.is_none() {
        found.extend(still_to_do(plan, done, now));
    }
    let mut named = BTreeSet::new();
    found.retain(|it| it.resource().is_none_or(|resource| named.insert(resource)));
    found
}

/// Of all but entries.
fn steps(plan: &Plan, done: &dyn Fn(Phase) -> bool, now: &Snapshot) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut seen = BTreeSet::new();
    for step in plan.steps.iter().rev().filter(|step| done(step.phase)) {
        let Some(resource) = Resource::of(step) else { continue };
        if matches!(resource, Resource::Entry(_)) || !seen.insert(resource.clone()) {
            continue;
        }
        let after = ResourceState::after(step);
        match state_in(now, &resource) {
            None => differences.push(Difference::Unknown { resource }),
            Some(found) if found == after => {}
            // a later phase has begun already
            Some(ResourceState::Mode(mode))
                if leads_to(plan, mode) && ResourceState::Mode(mode) != ResourceState::before(step) => {}
            Some(found) => differences.push(Difference::Step {
                step: step.id.clone(),
                resource,
                planned: Box::new(after),
                found: Box::new(found),
            }),
        }
    }
    differences.reverse();
    differences
}

/// What the server reads now means what it meant before lines were cut.
fn lines(plan: &Plan, now: &Snapshot) -> Vec<Difference> {
    let found = now.aws_auth.as_ref().map(|manifest| &manifest.config_map.data);
    let pruned = plan.steps.iter().filter(|step| step.phase == Phase::Prune);
    let changed = pruned.flat_map(|step| match (&step.action, found) {
        (Action::AwsAuth { before: Some(before), after: Some(_), .. }, Some(found)) => {
            changed_identities(before, found)
                .into_iter()
                .map(|arn| Difference::Line { step: step.id.clone(), arn })
                .collect()
        }
        _ => Vec::new(),
    });
    changed.collect()
}

fn leads_to(plan: &Plan, mode: AuthenticationMode) -> bool {
    plan.steps.iter().any(|step| matches!(step.action, Action::Mode { to, .. } if to == mode))
}

/// The principals of which the plan could not see whether they have an entry: one that gives the same or more is left as
/// it is.
pub(super) fn may_adopt(plan: &Plan) -> BTreeSet<&PrincipalArn> {
    let unobserved = plan.steps.iter().filter_map(|step| match &step.action {
        Action::Entry { principal, before: Expected::Unobserved, .. } => Some(principal),
        _ => None,
    });
    unobserved.collect()
}

fn nodes(plan: &Plan, now: &Facts<'_>) -> Vec<Difference> {
    let wrong = plan.nodes.iter().filter(|node| node.covered).filter_map(|node| {
        let live = now.entries.of_principal(&node.role).filter(|entry| !entry.liveness.is_dead());
        let found = live.map(|entry| entry.observed.entry_type.clone());
        (found != node.gets).then(|| Difference::Node {
            role: node.role.clone(),
            needs: node.needs.clone(),
            found,
        })
    });
    wrong.collect()
}

fn caller(plan: &Plan, now: &Facts<'_>) -> Option<Difference> {
    let CallerAccess::Principal { arn: _, principal } = &plan.caller else { return None };
    if plan.undoes.is_some() {
        return None;
    }
    let has_entry = now.entries.of_principal(principal).is_some();
    (!has_entry).then(|| Difference::CallerHasNoEntry { principal: principal.clone() })
}

/// Made with what the plan knew: more knowledge would make another plan, not show that this one was not carried out.
fn still_to_do(planned: &Plan, done: &dyn Fn(Phase) -> bool, seen: &Snapshot) -> Vec<Difference> {
    let mut now = with_what_it_knew(planned, seen);
    now.own_switch.clone_from(&planned.own_switch);
    let adopted = may_adopt(planned);
    let unchecked_users = planned.fingerprint.contains_key(&Part::IamUsers) && now.iam_users.is_none();
    let aws_auth = state_in(seen, &Resource::AwsAuth);
    let prunes = |step: &Step| Resource::of(step) == Some(Resource::AwsAuth);
    let is_pruned = planned
        .steps
        .iter()
        .any(|step| prunes(step) && aws_auth.as_ref() == Some(&ResourceState::after(step)));
    let open = plan(&now, &planned.decisions).steps.into_iter().filter_map(|step| {
        let resource = Resource::of(&step)?;
        let (found, after) = (state_in(seen, &resource), ResourceState::after(&step));
        // what the plan did not know of may be as it wants it
        let is_so = found.as_ref() == Some(&after);
        let is_not_ours = match &step.action {
            // an adopted entry that gives more is left as it is; with less knowledge a user is who the mapping says, in its
            // spelling
            Action::Entry { principal, after: wanted, .. } => {
                let gives_more = found.is_some_and(|found| found.gives_at_least(&after));
                (adopted.contains(principal) && wanted.is_some() && gives_more)
                    || (unchecked_users && !principal.is_role())
            }
            // what has become prunable since, as by the entry that a service has made meanwhile
            Action::AwsAuth { .. } => is_pruned,
            Action::Mode { .. } | Action::Binding { .. } => false,
        };
        // an adopted entry may differ in its tags alone, which the new plan keeps
        let has_calls = transitions_of(&step).map_or(true, |transitions| !transitions.is_empty());
        let is_open = done(step.phase) && has_calls && !is_so && !is_not_ours;
        is_open.then_some(Difference::StillToDo { resource, step: step.id })
    });
    open.collect()
}
