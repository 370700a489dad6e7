//! New entries are looked for in the list of all entries, whose pages follow one another: each is asked for with what the
//! one before has given. So all pages but the last are read while the last steps are still under way, and the last one when
//! all steps have ended. What is on none of them, because it came to be after its page was read, or because EKS lists it
//! later than it answers for it, is looked for in the list as a whole.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::future::poll_fn;
use std::task::{Poll, Waker};

use super::engine::Engine;
use super::read_back::not_seen;
use crate::calls::{Resource, ResourceState};
use crate::executor::Failure;
use crate::executor::ending::Stop;
use crate::observe::Observer;
use crate::planner::Step;
use crate::world::{Clock as _, World};

/// Entries on a page (EKS API, ListAccessEntries, maxResults).
const PAGE: usize = 100;

/// How many steps of a group have not ended.
#[derive(Default)]
pub(super) struct Remaining {
    steps: Cell<usize>,
    waiting: Cell<Option<Waker>>,
}

impl Remaining {
    pub fn set(&self, steps: usize) {
        self.steps.set(steps);
        if let Some(waiting) = self.waiting.take() {
            waiting.wake();
        }
    }

    /// Until there are no more than so many; for one who waits.
    async fn at_most(&self, steps: usize) {
        poll_fn(|context| {
            if self.steps.get() <= steps {
                return Poll::Ready(());
            }
            self.waiting.set(Some(context.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}

impl<W: World> Engine<'_, W> {
    /// The list of all entries, of which there will be so many, its last page after the last of the remaining steps has ended;
    /// empty where it has one page, or could not be read.
    pub async fn listed_meanwhile(&self, entries: usize, remaining: &Remaining) -> BTreeSet<String> {
        let pages = entries.div_ceil(PAGE);
        if pages < 2 {
            return BTreeSet::new();
        }
        let at_once = self.options.at_once.max(1);
        let mut listen = |_| ();
        let observer = Observer::new(self.world, &mut listen);
        // a page takes about as long as a call of each step that is under way
        let may_ask = async |page| remaining.at_most(pages.saturating_sub(page) * at_once).await;
        let listed = observer.principals_when(may_ask).await;
        listed.map(|listed| listed.into_iter().collect()).unwrap_or_default()
    }

    /// Waits until the list of all entries has the new ones.
    pub async fn are_listed(&self, created: &[&Step]) -> Result<(), Stop> {
        let look = async || {
            let listed = Observer::new(self.world, &mut |_| ()).principals().await;
            let listed: BTreeSet<String> = listed.map_err(Failure::Observe)?.into_iter().collect();
            let missing = created.iter().find_map(|step| match Resource::of(step) {
                Some(Resource::Entry(principal)) if !listed.contains(principal.as_str()) => {
                    Some((*step, Resource::Entry(principal)))
                }
                _ => None,
            });
            Ok(missing.map_or(Ok(()), Err))
        };
        let began = self.world.clock().elapsed();
        let event = |(_, missing): &(&Step, Resource), wait| self.waiting(missing, wait, began, None);
        let seed = created.first().map_or("", |step| &step.id);
        let read_back = self.options.patience.read_back;
        let listed = self.until(read_back, seed, || self.stop_if_interrupted(), event, look).await?;
        listed.map_err(|(step, resource)| {
            not_seen(step, resource, &ResourceState::after(step), &ResourceState::Entry(None))
        })
    }
}
