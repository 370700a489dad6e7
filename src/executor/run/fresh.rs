//! What the guard of an irreversible or pruning call relies on, read again right before that call.
//!
//! The look at everything may be seconds old by then, on a cluster with thousands of entries. This one is short: the mode,
//! `aws-auth`, the caller, which entries there are, who IAM knows, and the entries of the nodes, of the caller, of whoever
//! is somebody else in IAM since, and of as many other administrators as it takes to find one.
//!
//! IAM is asked by its lists, a thousand principals a call, and not by a GetRole for each: they are a handful of calls,
//! however many mappings there are, show those that are gone as well, and need no right that the look did not need.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{join, join3};
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::engine::Engine;
use super::guard::{caller, node_roles, other_administrators};
use crate::calls::Call;
use crate::eks::{EksApi as _, StsApi as _};
use crate::executor::ending::Stop;
use crate::executor::{Failure, Refusal};
use crate::facts::Facts;
use crate::kube::KubeApi as _;
use crate::model::{CanonicalArn, PrincipalArn};
use crate::observe::{ApiError, Observer, READS_AT_ONCE, entry_in, reading};
use crate::planner::{Phase, Plan, Step};
use crate::reader::Manifest;
use crate::snapshot::{ObservedEntry, Part, Snapshot};
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
        let elapsed = || self.world.clock().elapsed();
        if self.asked.get().is_some_and(|asked| elapsed().saturating_sub(asked) < NEW) {
            return Ok(());
        }
        let Fresh { now, hidden } = self.fresh(&seen, step.phase).await.map_err(Failure::Observe)?;
        if !hidden.is_empty() {
            // what the look proved may not be so any more, and nothing tells
            return Err(Refusal::IamHidden { hidden }.into());
        }
        self.guard(step.phase, &[step], &now)?;
        self.rest_is_unchanged(&now)?;
        // not since it began: where reads are throttled they take longer than that, and would come before every try, to be
        // throttled together with it
        self.asked.set(Some(elapsed()));
        Ok(())
    }

    async fn fresh(&self, seen: &Rc<Snapshot>, phase: Phase) -> Result<Fresh, ApiError> {
        let (world, mut now) = (self.world, Snapshot::clone(seen));
        let (mut hidden, mut listen) = (Vec::new(), |_| ());
        let observer = Observer::new(world, &mut listen);
        if now.access_entries.is_some() {
            // first, for their pages take longest
            let (listed, unread) = join(observer.principals(), self.read_iam(&observer, &mut now)).await;
            let listed: BTreeSet<String> = listed?.into_iter().collect();
            hidden = unread?;
            let known: BTreeSet<String> = principals_of(&now).collect();
            let mut wanted: BTreeSet<String> = listed.difference(&known).cloned().collect();
            wanted.extend(node_roles(self.plan, &Facts::of(&now)));
            if let Some(caller) = caller(self.plan, &now).map(|arn| CanonicalArn::of(&arn)) {
                wanted.extend(principals_of(&now).filter(|principal| CanonicalArn::of(principal) == caller));
            }
            // an entry that was made again for them is not the one that was seen
            wanted.extend(others_since(seen, &now).filter(|principal| known.contains(principal)));
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
        Ok(Fresh { now, hidden })
    }

    /// Who IAM knows, of the kinds of principals that access hangs on and as far as the look could tell; what may not be
    /// listed any more.
    async fn read_iam(&self, observer: &Observer<'_, W>, now: &mut Snapshot) -> Result<Vec<Part>, ApiError> {
        let asks_roles = now.iam_roles.is_some() && concerns(self.plan, now, PrincipalArn::is_role);
        let asks_users = now.iam_users.is_some() && concerns(self.plan, now, |arn| !arn.is_role());
        let roles = async { if asks_roles { Some(observer.roles().await) } else { None } };
        let users = async { if asks_users { Some(observer.users().await) } else { None } };
        let (roles, users) = join(roles, users).await;
        let mut hidden = Vec::new();
        match roles {
            None => {}
            Some(Ok(roles)) => now.iam_roles = Some(roles),
            Some(Err(error)) if error.is_denied() => hidden.push(Part::IamRoles),
            Some(Err(error)) => return Err(error),
        }
        match users {
            None => {}
            Some(Ok(users)) => now.iam_users = Some(users),
            Some(Err(error)) if error.is_denied() => hidden.push(Part::IamUsers),
            Some(Err(error)) => return Err(error),
        }
        Ok(hidden)
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

/// What was read right before a call.
struct Fresh {
    now: Snapshot,
    /// Lists of IAM that could be read when the phase began, and may not be now.
    hidden: Vec<Part>,
}

/// Whether somebody of this kind has an entry, or a mapping.
fn concerns(plan: &Plan, now: &Snapshot, is_of_kind: impl Fn(&PrincipalArn) -> bool) -> bool {
    let mapped = plan.lines.iter().map(|line| line.arn.as_str());
    let with_entry = now.access_entries.iter().flatten().map(|entry| entry.principal.as_str());
    mapped.chain(with_entry).any(|arn| arn.parse().is_ok_and(|arn| is_of_kind(&arn)))
}

/// Those who are not in IAM as they were: deleted, made, or both.
fn others_since(seen: &Snapshot, now: &Snapshot) -> impl Iterator<Item = String> {
    let [before, after] = [seen, now].map(|snapshot| {
        let roles = snapshot.iam_roles.iter().flat_map(|list| &list.items);
        let users = snapshot.iam_users.iter().flat_map(|list| &list.items);
        let roles = roles.map(|it| (it.arn.as_str(), (it.id.as_str(), it.created.as_str())));
        let users = users.map(|it| (it.arn.as_str(), (it.id.as_str(), it.created.as_str())));
        roles.chain(users).collect::<BTreeMap<_, _>>()
    });
    let arns: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    let others = arns.into_iter().filter(|arn| before.get(arn) != after.get(arn));
    others.map(str::to_owned).collect::<Vec<_>>().into_iter()
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
