//! Which steps of a phase may be under way at the same time, and how they are.

use std::collections::{BTreeSet, VecDeque};

use futures_util::stream::{FuturesUnordered, StreamExt};

use super::engine::Engine;
use super::guard::caller;
use super::step::Stepped;
use crate::calls::{Resource, ResourceState};
use crate::executor::ending::Stop;
use crate::executor::{Event, Failure, Mismatch};
use crate::journal::Record;
use crate::model::CanonicalArn;
use crate::observe::Observer;
use crate::planner::{Action, CallerAccess, Step};
use crate::snapshot::Snapshot;
use crate::world::World;

/// So few new entries are looked at one by one, with their policies; more are looked for in the list of all.
const FEW: usize = 2;

/// A step with its number in the plan, from 0.
pub(crate) type Numbered<'p> = (usize, &'p Step);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Binding,
    Entry,
    /// Everybody's access hangs on it, or the caller's.
    Alone,
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
    /// The steps in the plan's order, in groups whose steps do not depend on one another.
    ///
    /// Bindings and entries never are in one group, for what a group of users may do must be so before its entries are;
    /// the caller's own entry, `aws-auth` and the mode each are one of their own; so is a thing's second step.
    ///
    /// The caller's own entry comes last, whatever the plan's order: of a plan that was made without knowing who carries it
    /// out, its own entry may stand anywhere. A rollback goes the other way round.
    pub(crate) fn in_order<'p>(&self, steps: Vec<Numbered<'p>>, now: &Snapshot) -> Vec<Vec<Numbered<'p>>> {
        let mut callers: BTreeSet<CanonicalArn> = BTreeSet::new();
        callers.extend(caller(self.plan, now).map(|arn| CanonicalArn::of(&arn)));
        if let CallerAccess::Principal { arn: _, principal } = &self.plan.caller {
            callers.insert(CanonicalArn::of_principal(principal));
        }
        let kind = |resource: &Option<Resource>| match resource {
            Some(Resource::Entry(principal)) if !callers.contains(&CanonicalArn::of_principal(principal)) => {
                Kind::Entry
            }
            Some(Resource::Binding { .. }) | None => Kind::Binding,
            Some(Resource::Entry(_) | Resource::Mode | Resource::AwsAuth) => Kind::Alone,
        };
        let is_own = |(_, step): &Numbered<'p>| match &step.action {
            Action::Entry { principal, .. } => callers.contains(&CanonicalArn::of_principal(principal)),
            _ => false,
        };
        let (mut own, mut ordered) = (Vec::new(), Vec::new());
        for step in steps {
            let is_last = self.plan.undoes.is_none() && is_own(&step);
            if is_last { own.push(step) } else { ordered.push(step) }
        }
        ordered.extend(own);
        let mut groups: Vec<Vec<Numbered<'p>>> = Vec::new();
        let (mut last, mut resources) = (Kind::Alone, BTreeSet::new());
        for (number, step) in ordered {
            let resource = Resource::of(step);
            let this = kind(&resource);
            let again = resource.is_some_and(|resource| !resources.insert(resource));
            match groups.last_mut() {
                Some(group) if this == last && this != Kind::Alone && !again => group.push((number, step)),
                _ => {
                    resources = Resource::of(step).into_iter().collect();
                    groups.push(vec![(number, step)]);
                }
            }
            last = this;
        }
        groups
    }

    /// Does the steps, a few at a time. After a failure or when interrupted no other is begun; those that are under way
    /// come to their end.
    pub(crate) async fn together<'p>(&self, steps: Vec<Numbered<'p>>, now: &Snapshot) -> Result<(), Stop> {
        let mut waiting = VecDeque::from(steps);
        let mut scout = send_scout(&mut waiting);
        let mut running = FuturesUnordered::new();
        let (mut stop, mut created, mut under_way) = (None, Vec::new(), 0);
        // a step, or the write of what steps have left
        let work = async |step: Option<Numbered<'p>>| match step {
            Some((number, step)) => (Some((number, step)), self.step(number, step, now).await),
            None => (None, self.flush().await.map(|()| Stepped::Done).map_err(Stop::from)),
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
                (_, Ok(Stepped::Done)) => {}
                (step, Ok(Stepped::Created)) => {
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
        let created: Vec<&Step> = created.into_iter().map(|(_, step)| step).collect();
        if created.len() <= FEW {
            for step in &created {
                self.read_back(step, &ResourceState::after(step)).await?;
            }
        } else {
            self.are_listed(&created).await?;
        }
        self.done(&created).await
    }

    /// Waits until the list of all entries has the new ones.
    async fn are_listed(&self, created: &[&Step]) -> Result<(), Stop> {
        let backoff = self.options.patience.read_back;
        let mut attempt = 0;
        loop {
            let listed = Observer::new(self.world, &mut |_| ()).principals().await;
            let listed: BTreeSet<String> = listed.map_err(Failure::Observe)?.into_iter().collect();
            let missing = created.iter().find_map(|step| match Resource::of(step) {
                Some(Resource::Entry(principal)) if !listed.contains(principal.as_str()) => {
                    Some((step, Resource::Entry(principal)))
                }
                _ => None,
            });
            let Some((step, resource)) = missing else { return Ok(()) };
            if attempt >= backoff.retries {
                return Err(Stop::Failed(Failure::NotSeen(Box::new(Mismatch {
                    step: step.id.clone(),
                    resource,
                    expected: ResourceState::after(step),
                    found: ResourceState::Entry(None),
                }))));
            }
            self.stop_if_interrupted()?;
            self.wait(&resource, backoff, attempt, &step.id).await;
            attempt += 1;
        }
    }

    async fn done(&self, steps: &[&Step]) -> Result<(), Stop> {
        let records = steps.iter().map(|step| self.write(Record::Done { step: step.id.clone() }));
        // queued before the first of them is written, so that all are one write
        for written in futures_util::future::join_all(records).await {
            written?;
        }
        for step in steps {
            self.tell(Event::StepDone { step: step.id.clone() });
        }
        Ok(())
    }
}
