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
use std::pin::pin;

use futures_util::future::{Either, select};
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::engine::Engine;
use super::guard::caller;
use super::listed::Remaining;
use super::step::StepEnd;
use crate::calls::{Resource, ResourceState};
use crate::executor::ending::Stop;
use crate::journal::Record;
use crate::model::CanonicalArn;
use crate::planner::{Action, CallerAccess, Expected, Plan, Step};
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

/// It leaves an entry with a policy.
fn has_policy(step: &Step) -> bool {
    matches!(&step.action, Action::Entry { after: Some(after), .. } if !after.policies.is_empty())
}

/// It makes an entry where there is none.
fn makes_entry(step: &Step) -> bool {
    match &step.action {
        Action::Entry { before: Expected::Absent | Expected::Unobserved, after, .. } => after.is_some(),
        Action::Entry { before: Expected::Entry(_), .. } => false,
        Action::Binding { .. } | Action::Mode { .. } | Action::AwsAuth { .. } => false,
    }
}

/// The steps of a group that have not begun.
///
/// The first entry with a policy goes before all others that have one: where a policy may not be associated, one principal is
/// left with an entry without it, and not as many as are under way together. Meanwhile entries are made that have none.
struct Waiting<'p> {
    steps: VecDeque<Numbered<'p>>,
    /// Whether it has begun, and has not ended.
    scout: Scout,
}

#[derive(PartialEq, Eq)]
enum Scout {
    NotSent,
    /// The number of its step.
    UnderWay(usize),
    Back,
}

impl<'p> Waiting<'p> {
    fn of(steps: Vec<Numbered<'p>>) -> Self {
        Self { steps: steps.into(), scout: Scout::NotSent }
    }

    /// The step to be begun next, if any may be begun now.
    fn next(&mut self) -> Option<Numbered<'p>> {
        if self.scout == Scout::NotSent {
            let first = self.steps.iter().position(|(_, step)| has_policy(step));
            let scout = first.and_then(|first| self.steps.remove(first));
            self.scout = scout.map_or(Scout::Back, |(number, _)| Scout::UnderWay(number));
            if scout.is_some() {
                return scout;
            }
        }
        match self.scout {
            Scout::UnderWay(_) => {
                let is_bare = |(_, step): &Numbered<'_>| makes_entry(step) && !has_policy(step);
                let other = self.steps.iter().position(is_bare)?;
                self.steps.remove(other)
            }
            Scout::NotSent | Scout::Back => self.steps.pop_front(),
        }
    }

    /// A step has ended.
    fn ended(&mut self, number: usize) {
        if self.scout == Scout::UnderWay(number) {
            self.scout = Scout::Back;
        }
    }
}

impl<W: World> Engine<'_, W> {
    /// Does the steps, a few at a time. After a failure or when interrupted no other is begun; those that are under way
    /// come to their end.
    pub async fn together(&self, steps: Vec<Numbered<'_>>, now: &Snapshot) -> Result<(), Stop> {
        let there = now.access_entries.as_deref().unwrap_or_default().len();
        let new = steps.iter().filter(|(_, step)| self.is_new(step)).count();
        let listed = if new > FEW { there + new } else { 0 };
        let remaining = Remaining::default();
        remaining.set(steps.len());
        let listing = pin!(self.listed_meanwhile(listed, &remaining));
        let (created, listed) = match select(pin!(self.each(steps, now, &remaining)), listing).await {
            Either::Left((created, listing)) => (created?, listing.await),
            Either::Right((listed, steps)) => (steps.await?, listed),
        };
        self.are_there(&created, &listed).await
    }

    /// It is to make an entry, and no run has begun with it.
    fn is_new(&self, step: &Step) -> bool {
        makes_entry(step) && self.progress(|progress| progress.step(&step.id).is_none())
    }

    /// The new entries, in the order of the plan.
    async fn each<'p>(
        &self,
        steps: Vec<Numbered<'p>>,
        now: &Snapshot,
        remaining: &Remaining,
    ) -> Result<Vec<&'p Step>, Stop> {
        let mut waiting = Waiting::of(steps);
        let mut running = FuturesUnordered::new();
        let (mut stop, mut created, mut under_way) = (None, Vec::new(), 0);
        // a step, or the write of what steps have left
        let work = async |step: Option<Numbered<'p>>| match step {
            Some((number, step)) => (Some((number, step)), self.step(step, now).await),
            None => (None, self.flush().await.map(|()| StepEnd::Done).map_err(Stop::from)),
        };
        let mut has_left = false;
        loop {
            while stop.is_none() && under_way < self.options.at_once.max(1) {
                let Some(step) = waiting.next() else { break };
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
            if let Some((number, _)) = step {
                under_way -= 1;
                waiting.ended(number);
                remaining.set(waiting.steps.len() + under_way);
            }
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
        Ok(created.into_iter().map(|(_, step)| step).collect())
    }

    /// Waits until the new entries are seen, unless they were `listed` already; their steps are done then.
    async fn are_there(&self, created: &[&Step], listed: &BTreeSet<String>) -> Result<(), Stop> {
        let is_listed = |step: &Step| matches!(&step.action, Action::Entry { principal, .. } if listed.contains(principal.as_str()));
        let unseen: Vec<&Step> = created.iter().copied().filter(|step| !is_listed(step)).collect();
        if created.len() <= FEW {
            for step in created {
                self.read_back(step, &ResourceState::after(step)).await?;
            }
        } else if !unseen.is_empty() {
            self.are_listed(&unseen).await?;
        }
        // queued before the first of them is written, so that all are one write
        let records = created.iter().map(|step| self.write(Record::Done { step: step.id.clone() }));
        for written in futures_util::future::join_all(records).await {
            written?;
        }
        for step in created {
            self.tell_done(step);
        }
        Ok(())
    }
}
