//! What the guard of an irreversible or pruning call relies on, read again right before that call.
//!
//! The look at everything may be seconds old by then, on a cluster with thousands of entries. This one is short: the mode,
//! `aws-auth`, the caller, which entries there are, and the entries of the nodes, of the caller, and of as many other
//! administrators as it takes to find one.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::join3;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::engine::Engine;
use super::guard::{caller, node_roles, other_administrators};
use crate::calls::Call;
use crate::eks::{EksApi as _, StsApi as _};
use crate::executor::Failure;
use crate::executor::ending::Stop;
use crate::facts::Facts;
use crate::kube::KubeApi as _;
use crate::model::CanonicalArn;
use crate::observe::{ApiError, Observer, READS_AT_ONCE, entry_in, reading};
use crate::planner::{Phase, Step};
use crate::reader::Manifest;
use crate::snapshot::{ObservedEntry, Snapshot};
use crate::world::{Clock as _, World};

/// What was read so lately is not read again before the next try of a call.
const NEW: Duration = Duration::from_secs(2);

impl<W: World> Engine<'_, W> {
    /// A rollback writes back what was there: it takes nothing away that its own phase has not looked for.
    pub fn is_guarded(&self, call: &Call) -> bool {
        let takes_away = matches!(
            call,
            Call::UpdateMode { .. } | Call::ReplaceAwsAuth { .. } | Call::DeleteAwsAuth { .. }
        );
        takes_away && self.plan.undoes.is_none()
    }

    /// Asks the guard once more, of what was read only now.
    pub async fn guard_again(&self, step: &Step) -> Result<(), Stop> {
        let Some(seen) = self.guarded.borrow().clone() else { return Ok(()) };
        let began = self.world.clock().elapsed();
        if self.asked.get().is_some_and(|asked| began.saturating_sub(asked) < NEW) {
            return Ok(());
        }
        let now = self.fresh(&seen, step.phase).await.map_err(Failure::Observe)?;
        self.guard(step.phase, &[step], &now)?;
        self.rest_is_unchanged(&now)?;
        self.asked.set(Some(began));
        Ok(())
    }

    async fn fresh(&self, seen: &Rc<Snapshot>, phase: Phase) -> Result<Snapshot, ApiError> {
        let (world, mut now) = (self.world, Snapshot::clone(seen));
        let mut listen = |_| ();
        let observer = Observer::new(world, &mut listen);
        if now.access_entries.is_some() {
            // first, for its pages take longest
            let listed: BTreeSet<String> = observer.principals().await?.into_iter().collect();
            let known: BTreeSet<String> = principals_of(&now).collect();
            let mut wanted: BTreeSet<String> = listed.difference(&known).cloned().collect();
            wanted.extend(node_roles(self.plan, &Facts::of(&now)));
            if let Some(caller) = caller(self.plan, &now).map(|arn| CanonicalArn::of(&arn)) {
                wanted.extend(principals_of(&now).filter(|principal| CanonicalArn::of(principal) == caller));
            }
            if let Some(entries) = &mut now.access_entries {
                entries.retain(|entry| listed.contains(&entry.principal));
            }
            read_entries(&observer, &mut now, wanted).await?;
            if phase == Phase::ApiMode {
                self.find_administrator(&observer, &mut now).await?;
            }
        }
        // last, so that it is as new as can be
        let (cluster, aws_auth, caller) = join3(
            reading(world.clock(), async || world.eks().describe_cluster().await),
            reading(world.clock(), async || world.kube().get_aws_auth().await),
            reading(world.clock(), async || world.sts().get_caller_identity().await),
        )
        .await;
        now.cluster = Some(cluster?);
        let known = now.aws_auth.as_ref().map(|it| it.config_map.resource_version.clone());
        now.aws_auth = match aws_auth? {
            Some(found) if known.as_ref() == Some(&found.resource_version) => now.aws_auth,
            found => found.map(Manifest::from_config_map),
        };
        now.caller = match caller {
            Ok(caller) => Some(caller),
            Err(error) if error.is_denied() => now.caller,
            Err(error) => return Err(error),
        };
        Ok(now)
    }

    /// Reads other administrators' entries until one of them still is one.
    async fn find_administrator(
        &self,
        observer: &Observer<'_, W>,
        now: &mut Snapshot,
    ) -> Result<(), ApiError> {
        for principal in other_administrators(self.plan, &Facts::of(now)) {
            read_entries(observer, now, BTreeSet::from([principal.clone()])).await?;
            if other_administrators(self.plan, &Facts::of(now)).contains(&principal) {
                break;
            }
        }
        Ok(())
    }
}

fn principals_of(snapshot: &Snapshot) -> impl Iterator<Item = String> {
    snapshot.access_entries.iter().flatten().map(|entry| entry.principal.clone())
}

/// Puts these entries into the snapshot as they are now.
async fn read_entries<W: World>(
    observer: &Observer<'_, W>,
    snapshot: &mut Snapshot,
    principals: BTreeSet<String>,
) -> Result<(), ApiError> {
    let read: Vec<Option<ObservedEntry>> = stream::iter(&principals)
        .map(async |principal| {
            let known = entry_in(snapshot, principal);
            let takes_policies = known.is_some_and(|entry| entry.entry_type.takes_policies());
            observer.entry(principal, takes_policies).await
        })
        .buffered(READS_AT_ONCE)
        .try_collect()
        .await?;
    let Some(entries) = &mut snapshot.access_entries else { return Ok(()) };
    entries.retain(|entry| !principals.contains(&entry.principal));
    entries.extend(read.into_iter().flatten());
    entries.sort_by(|a, b| a.principal.cmp(&b.principal));
    Ok(())
}
