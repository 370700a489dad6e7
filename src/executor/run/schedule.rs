//! Which steps of a phase may be under way at the same time, and how they are.
//!
//! Most of a migration is entries, which have nothing to do with one another, so they are done a few at a time. What must
//! not be done at the same time is kept apart by [`in_order`], as groups that follow one another:
//!
//! - Bindings before the entries that need them, for what a group may do must be so before somebody is in it.
//! - The mode, `aws-auth` and the caller's own entry each by itself: everybody's access hangs on the first two, and on the
//!   third that anybody is left to put things right.
//! - A resource's second step after its first.
//!
//! The caller's own entry comes last, whatever the plan's order: what would go wrong has gone wrong with others before. A
//! plan that was made without knowing who carries it out may have it anywhere. A rollback goes the other way round.
//!
//! [`Engine::together`] does one group. A step that fails stops the others only between steps: a call is never dropped
//! under way, for nobody would know what came of it.

use std::collections::{BTreeSet, VecDeque};

use futures_util::stream::{FuturesUnordered, StreamExt};

use super::engine::Engine;
use super::guard::caller;
use super::step::StepEnd;
use crate::calls::{Resource, ResourceState};
use crate::executor::Event;
use crate::executor::ending::Stop;
use crate::journal::Record;
use crate::model::CanonicalArn;
use crate::planner::{Action, CallerAccess, Plan, Step};
use crate::snapshot::Snapshot;
use crate::world::World;

/// So few new entries are looked at one by one, with their policies; more are looked for in the list of all.
const FEW: usize = 2;

/// A step with its number in the plan, from 0.
pub(super) type Numbered<'p> = (usize, &'p Step);

/// What a step may be beside: others of its class, unless it is alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Binding,
    Entry,
    /// Everybody's access hangs on it, or the caller's.
    Alone,
}

/// The steps in the plan's order, the caller's own entry last, in groups whose steps do not depend on one another.
pub(super) fn in_order<'p>(plan: &Plan, steps: Vec<Numbered<'p>>, now: &Snapshot) -> Vec<Vec<Numbered<'p>>> {
    let mut callers: BTreeSet<CanonicalArn> = BTreeSet::new();
    callers.extend(caller(plan, now).map(|arn| CanonicalArn::of(&arn)));
    if let CallerAccess::Principal { arn: _, principal } = &plan.caller {
        callers.insert(CanonicalArn::of_principal(principal));
    }
    let is_own = |step: &Step| match &step.action {
        Action::Entry { principal, .. } => callers.contains(&CanonicalArn::of_principal(principal)),
        _ => false,
    };
    let class = |step: &Step| match &step.action {
        Action::Entry { .. } if !is_own(step) => Class::Entry,
        Action::Binding { .. } => Class::Binding,
        Action::Entry { .. } | Action::Mode { .. } | Action::AwsAuth { .. } => Class::Alone,
    };
    let is_last = |(_, step): &Numbered<'p>| plan.undoes.is_none() && is_own(step);
    let (own, others): (Vec<_>, Vec<_>) = steps.into_iter().partition(is_last);
    let mut groups: Vec<Vec<Numbered<'p>>> = Vec::new();
    let (mut last, mut resources) = (Class::Alone, BTreeSet::new());
    for (number, step) in others.into_iter().chain(own) {
        let this = class(step);
        let again = Resource::of(step).is_some_and(|resource| !resources.insert(resource));
        match groups.last_mut() {
            Some(group) if this == last && this != Class::Alone && !again => group.push((number, step)),
            _ => {
                resources = Resource::of(step).into_iter().collect();
                groups.push(vec![(number, step)]);
            }
        }
        last = this;
    }
    groups
}

/// Puts the first entry with a policy before the others, to go alone: where a policy may not be associated, one principal
/// is left with an entry without it, and not as many as are under way together.
fn send_scout(steps: &mut VecDeque<Numbered<'_>>) -> bool {
    let has_policy = |step: &Step| matches!(&step.action, Action::Entry { after: Some(after), .. } if !after.policies.is_empty());
    let found = steps.iter().position(|(_, step)| has_policy(step)).and_then(|at| steps.remove(at));
    let is_there = found.is_some();
    found.into_iter().for_each(|step| steps.push_front(step));
    is_there
}

impl<W: World> Engine<'_, W> {
    /// Does the steps, a few at a time. After a failure or when interrupted no other is begun; those that are under way
    /// come to their end.
    pub async fn together<'p>(&self, steps: Vec<Numbered<'p>>, now: &Snapshot) -> Result<(), Stop> {
        let mut waiting = VecDeque::from(steps);
        let mut scout = send_scout(&mut waiting);
        let mut running = FuturesUnordered::new();
        let (mut stop, mut created, mut under_way) = (None, Vec::new(), 0);
        // a step, or the write of what steps have left
        let work = async |step: Option<Numbered<'p>>| match step {
            Some((number, step)) => (Some((number, step)), self.step(number, step, now).await),
            None => (None, self.flush().await.map(|()| StepEnd::Done).map_err(Stop::from)),
        };
        let mut has_left = false;
        loop {
            let at_once = if scout { 1 } else { self.options.at_once.max(1) };
            while stop.is_none() && under_way < at_once {
                let Some(step) = waiting.pop_front() else { break };
                match self.stop_if_interrupted() {
                    Ok(()) => {
                        running.push(work(Some(step)));
                        under_way += 1;
                    }
                    Err(interrupted) => stop = Some(interrupted),
                }
            }
            if std::mem::take(&mut has_left) {
                running.push(work(None));
            }
            let Some((step, came_to)) = running.next().await else { break };
            under_way -= usize::from(step.is_some());
            scout = false;
            match (step, came_to) {
                (_, Ok(StepEnd::Done)) => {}
                (step, Ok(StepEnd::Created)) => {
                    created.extend(step);
                    has_left = true;
                }
                // what failed is worth more than that somebody asked to stop
                (_, Err(other)) => {
                    has_left = true;
                    if matches!(stop, None | Some(Stop::Interrupted)) {
                        stop = Some(other);
                    }
                }
            }
        }
        if let Some(stop) = stop {
            return Err(stop);
        }
        created.sort_by_key(|(number, _)| *number);
        self.are_there(&created.into_iter().map(|(_, step)| step).collect::<Vec<_>>()).await
    }

    /// Waits until the new entries are seen; their steps are done then.
    async fn are_there(&self, created: &[&Step]) -> Result<(), Stop> {
        if created.len() <= FEW {
            for step in created {
                self.read_back(step, &ResourceState::after(step)).await?;
            }
        } else {
            self.are_listed(created).await?;
        }
        // queued before the first of them is written, so that all are one write
        let records = created.iter().map(|step| self.write(Record::Done { step: step.id.clone() }));
        for written in futures_util::future::join_all(records).await {
            written?;
        }
        for step in created {
            self.tell(Event::StepDone { step: step.id.clone() });
        }
        Ok(())
    }
}
