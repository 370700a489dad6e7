//! What journals tell of a cluster, held against what it shows.
//!
//! EKS is eventually consistent: for some seconds after a write it may still show what was there before ("several seconds",
//! EKS user guide, "Create access entries"). Whoever undoes what is seen in that time leaves behind what is not. So while a
//! journal is young, a resource of which the cluster shows an earlier state than the journal tells is not believed: it is
//! looked at again, until it is as told or the journal is old. A call without an outcome may or may not have taken effect,
//! and of that only time tells.
//!
//! A state that none of our calls has left is somebody else's, and waiting does not change it. Kubernetes shows at once
//! what it has answered, so that of its objects only calls without an answer are waited for.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};

use super::event::{Event, Reporter};
use crate::calls::{NoCalls, Resource, ResourceState, transitions_of};
use crate::journal::Progress;
use crate::observe::{Patience, READS_AT_ONCE, look_at, state_in};
use crate::planner::{Plan, Step};
use crate::snapshot::Snapshot;
use crate::world::{Clock as _, World};

/// What journals tell of the resources that their calls were about. Of one that several runs had to do with the last one
/// counts.
#[derive(Debug, Default)]
pub struct Told {
    resources: BTreeMap<Resource, Tale>,
}

#[derive(Debug, Default)]
struct Tale {
    /// What was there before, and what each call left that took effect, in their order.
    states: Vec<ResourceState>,
    /// What the last call leaves, if it has taken effect, where it has no outcome.
    open: Option<ResourceState>,
    /// From when the journals were read.
    young_for: Duration,
}

/// A resource that the cluster may show too late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    pub resource: Resource,
    /// The last call about it has no outcome.
    pub in_doubt: bool,
}

impl Told {
    /// Adds the journal of a run, which is later than those before it. `young_for`: how long the cluster may still show less
    /// than it tells.
    ///
    /// # Errors
    /// When the plan has steps that cannot be done.
    pub fn add(&mut self, plan: &Plan, progress: &Progress, young_for: Duration) -> Result<(), NoCalls> {
        let by_id: BTreeMap<&str, &Step> = plan.steps.iter().map(|step| (step.id.as_str(), step)).collect();
        for (id, begun) in progress.steps().filter(|(_, begun)| !begun.calls.is_empty()) {
            let Some((step, resource)) = by_id.get(id).and_then(|step| Some((*step, Resource::of(step)?)))
            else {
                continue;
            };
            let tale = self.resources.entry(resource).or_default();
            tale.states.push(ResourceState::before(step));
            (tale.open, tale.young_for) = (None, young_for);
            for (call, transition) in begun.calls.iter().zip(transitions_of(step)?) {
                match call.state {
                    state if state.is_good() => tale.states.push(transition.after),
                    state if state.is_open() => tale.open = Some(transition.after),
                    // it was seen that nothing came of it
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Whether there is nothing to wait for, whatever the cluster shows.
    pub fn is_old(&self) -> bool {
        self.resources.values().all(|tale| tale.young_for.is_zero())
    }

    /// What this look at the cluster may have come too early for, so long after the journals were read.
    pub fn unseen(&self, now: &Snapshot, waited: Duration) -> Vec<Unseen> {
        let young = self.resources.iter().filter(|(_, tale)| tale.young_for > waited);
        let unseen = young.filter(|(resource, tale)| tale.is_unseen(resource, state_in(now, resource)));
        unseen.map(|(resource, tale)| tale.unseen(resource)).collect()
    }

    /// Looks at these until they are seen as told, or the journals are old, `waited` having passed before. What is seen
    /// then is for another look at everything to say.
    pub async fn wait_for<W: World>(
        &self,
        world: &W,
        mut unseen: Vec<Unseen>,
        waited: Duration,
        reporter: &mut dyn Reporter,
    ) {
        let (clock, backoff) = (world.clock(), Patience::default().read_back);
        let (began, mut slept, mut attempt) = (clock.elapsed(), Duration::ZERO, 0);
        while let Some(first) = unseen.first() {
            // looks take time, too
            let waited = waited + clock.elapsed().saturating_sub(began).max(slept);
            let young_for = unseen.iter().filter_map(|it| Some(self.resources.get(&it.resource)?.young_for));
            let left = young_for.max().unwrap_or_default().saturating_sub(waited);
            if left.is_zero() {
                return;
            }
            let wait = backoff.delay(attempt, "unseen").min(left);
            reporter.event(&Event::Unseen {
                resource: first.resource.clone(),
                others: unseen.len() - 1,
                in_doubt: first.in_doubt,
                wait,
                waited,
            });
            clock.sleep(wait).await;
            (slept, attempt) = (slept + wait, attempt + 1);
            let looks = stream::iter(unseen).map(async |it| {
                let found = look_at(world, &it.resource).await.ok();
                (it, found)
            });
            let found: Vec<_> = looks.buffered(READS_AT_ONCE).collect().await;
            let still = found.into_iter().filter(|(it, found)| {
                let tale = self.resources.get(&it.resource);
                tale.is_some_and(|tale| tale.is_unseen(&it.resource, found.clone()))
            });
            unseen = still.map(|(it, _)| it).collect();
        }
    }
}

impl Tale {
    /// `found`: `None` where it could not be observed.
    fn is_unseen(&self, resource: &Resource, found: Option<ResourceState>) -> bool {
        let of_eks = match resource {
            Resource::Entry(_) => true,
            // nothing undoes it, but as long as the old one is seen there are no entries to be seen
            Resource::Mode => self.open.is_none(),
            Resource::AwsAuth | Resource::Binding { .. } => false,
        };
        let is_waited_for = of_eks || (self.open.is_some() && *resource != Resource::Mode);
        let Some(found) = found else { return is_waited_for };
        let told = self.open.as_ref().or(self.states.last());
        is_waited_for && told != Some(&found) && self.states.contains(&found)
    }

    fn unseen(&self, resource: &Resource) -> Unseen {
        Unseen { resource: resource.clone(), in_doubt: self.open.is_some() }
    }
}
