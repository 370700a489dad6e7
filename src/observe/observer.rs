use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use futures_util::future::{join, join3, join4, join5};
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::ApiError;
use super::arriving::Arriving;
use super::discovery::{Served, api_resources};
use super::limit::Limit;
use super::retry::reading_as;
use super::updates::updates;
use crate::eks::{AwsError, AwsErrorKind, EksApi as _, IamApi as _, IamPage, Page, StsApi as _};
use crate::kube::KubeApi as _;
use crate::model::{AccessScope, PolicyArn};
use crate::rbac::served::ApiResource;
use crate::reader::Manifest;
use crate::snapshot::{
    Cluster, FargateProfile, IamRole, IamUser, Listing, Nodegroup, ObservedEntry, Part, Snapshot,
};
use crate::world::World;

/// Reads under way at the same time. EKS does not publish its rates, so it is few; throttled ones are repeated later.
pub const READS_AT_ONCE: usize = 16;

/// The parts of a snapshot, API resources apart.
const SOURCES: usize = 11;

/// Of one list of EKS, which takes 3,000 access entries and fewer of the rest.
const MOST_OF_EKS: usize = 10_000;
/// Of one list of IAM, which has some 5,000 roles and as many users for each account; several accounts may follow one
/// another.
const MOST_OF_IAM: usize = 200_000;
const MOST_PAGES: usize = 1_000;
/// One behind the other, without an item. IAM may send a page that brings nothing.
const MOST_EMPTY: usize = 20;

/// How far an observation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observing {
    /// Parts of the snapshot that are read, or could not be.
    pub sources: usize,
    pub of_sources: usize,
    /// Access entries that are read.
    pub entries: usize,
    /// `None` until they are listed.
    pub of_entries: Option<usize>,
}

/// What was seen, and what was not.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    pub snapshot: Snapshot,
    /// In the order of [`Part`].
    pub unread: Vec<Unread>,
}

/// A part of the world that the caller may not read, and that is unknown for that reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    pub source: Part,
    pub why: ApiError,
}

/// How a cluster is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObserveOptions {
    /// It had access entries when it was last looked at: they are listed before its mode is told again. It changes no answer,
    /// only how soon it is there.
    pub expects_entries: bool,
    /// Which resources the API server serves is asked as well: two calls, and one for each version of an API group where the
    /// server is older than Kubernetes 1.27.
    pub api_resources: bool,
    /// Which updates EKS is making or has made is asked even if the cluster does not say yet that there is one.
    pub updates: bool,
}

impl Default for ObserveOptions {
    fn default() -> Self {
        Self { expects_entries: false, api_resources: true, updates: false }
    }
}

/// Everything, through the ports.
///
/// # Errors
/// Those of [`observe_with`].
pub async fn observe(world: &impl World) -> Result<Snapshot, ApiError> {
    Ok(observe_with(world, ObserveOptions::default(), &mut |_| ()).await?.snapshot)
}

/// Everything, through the ports, [`READS_AT_ONCE`] at a time; `listen` is told of what is read so far.
///
/// Whatever the caller may not read stays unknown, but for the cluster, `aws-auth` and the entries. Each entry is
/// described once, and its policies are listed once if its type takes any.
///
/// # Errors
/// The first read, in a fixed order, that failed for another reason, after retries.
pub async fn observe_with(
    world: &impl World,
    options: ObserveOptions,
    listen: &mut dyn FnMut(Observing),
) -> Result<Observed, ApiError> {
    let observer = Observer::new(world, listen);
    let it = &observer;
    if options.api_resources {
        it.tell(|it| it.of_sources += 1);
    }
    let aws_auth = it.read(async || world.kube().get_aws_auth().await);
    let policies = it.pages("eks:ListAccessPolicies", async |next| {
        world.eks().list_access_policies(next.as_deref()).await
    });
    let rbac = it.read(async || world.kube().list_rbac().await);
    let namespaces = it.read(async || world.kube().list_namespaces().await);
    let caller = it.read(async || world.sts().get_caller_identity().await);
    let of_aws = join5(
        it.source(policies),
        it.source(it.nodegroups()),
        it.source(it.fargate_profiles()),
        it.source(it.roles()),
        it.source(it.users()),
    );
    let served = async {
        match options.api_resources {
            true => Some(it.source(api_resources(world.clock(), world.kube(), &it.limit)).await),
            false => None,
        }
    };
    let of_kubernetes = join4(it.source(aws_auth), it.source(rbac), it.source(namespaces), served);
    let rest = join3(of_aws, of_kubernetes, it.source(caller));
    let ((cluster, access_entries), (of_aws, of_kubernetes, caller)) =
        join(it.cluster_and_entries(options), rest).await;
    let (policies, nodegroups, fargate_profiles, roles, users) = of_aws;
    let (aws_auth, rbac, namespaces, served) = of_kubernetes;
    let cluster = cluster?;
    let asks_updates = options.updates || cluster.status.is_updating();
    // nothing of a plan depends on them: who may not read them does without
    let updates = if asks_updates { updates(world.clock(), world.eks()).await.ok() } else { None };
    let mut unread = Vec::new();
    let it = &mut unread;
    let snapshot = Snapshot {
        cluster: Some(cluster),
        updates,
        aws_auth: aws_auth?.map(Manifest::from_config_map),
        access_entries: access_entries?,
        access_policies: unless_denied(Part::AccessPolicies, policies, it)?,
        nodegroups: unless_denied(Part::Nodegroups, nodegroups, it)?,
        fargate_profiles: unless_denied(Part::FargateProfiles, fargate_profiles, it)?,
        iam_roles: unless_denied(Part::IamRoles, roles, it)?,
        iam_users: unless_denied(Part::IamUsers, users, it)?,
        rbac: unless_denied(Part::Rbac, rbac, it)?,
        namespaces: unless_denied(Part::Namespaces, namespaces, it)?,
        api_resources: served.and_then(|read| as_far_as_read(read, it)),
        identity_providers: None,
        caller: unless_denied(Part::Caller, caller, it)?,
        own_switch: None,
        evidence: None,
    };
    Ok(Observed { snapshot, unread })
}

fn unless_denied<T>(
    source: Part,
    read: Result<T, ApiError>,
    unread: &mut Vec<Unread>,
) -> Result<Option<T>, ApiError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(why) if why.is_denied() => {
            unread.push(Unread { source, why });
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Nothing of a migration depends on it, so that no failure is one of the observation.
fn as_far_as_read(served: Served, unread: &mut Vec<Unread>) -> Option<Listing<ApiResource>> {
    let Served { resources, why } = served;
    unread.extend(why.map(|why| Unread { source: Part::ApiResources, why }));
    resources
}

/// Reads a world, not too many things at once.
pub(crate) struct Observer<'a, W> {
    world: &'a W,
    limit: Limit,
    reads: Cell<usize>,
    so_far: RefCell<(Observing, &'a mut dyn FnMut(Observing))>,
}

impl<'a, W: World> Observer<'a, W> {
    pub fn new(world: &'a W, listen: &'a mut dyn FnMut(Observing)) -> Self {
        let so_far = Observing { sources: 0, of_sources: SOURCES, entries: 0, of_entries: None };
        Self {
            world,
            limit: Limit::of(READS_AT_ONCE),
            reads: Cell::new(0),
            so_far: RefCell::new((so_far, listen)),
        }
    }

    fn tell(&self, change: impl FnOnce(&mut Observing)) {
        let (so_far, listen) = &mut *self.so_far.borrow_mut();
        change(so_far);
        listen(*so_far);
    }

    async fn source<T>(&self, read: impl Future<Output = T>) -> T {
        let value = read.await;
        self.tell(|it| it.sources += 1);
        value
    }

    /// A throttled read keeps its place while it waits, so that fewer are made.
    async fn read<T, E: Into<ApiError>>(
        &self,
        read: impl AsyncFnMut() -> Result<T, E>,
    ) -> Result<T, ApiError> {
        let _permit = self.limit.permit().await;
        let number = self.reads.get();
        self.reads.set(number + 1);
        reading_as(self.world.clock(), &number.to_string(), read).await
    }

    /// The principals of all access entries, as EKS spells them.
    pub async fn principals(&self) -> Result<Vec<String>, ApiError> {
        let list = async |next: Option<String>| self.world.eks().list_access_entries(next.as_deref()).await;
        self.pages("eks:ListAccessEntries", list).await
    }

    /// The same; `may_ask` is waited for before each page, which are counted from 1.
    pub async fn principals_when(
        &self,
        mut may_ask: impl AsyncFnMut(usize),
    ) -> Result<Vec<String>, ApiError> {
        let mut page = 0;
        let list = async |next: Option<String>| {
            page += 1;
            may_ask(page).await;
            self.world.eks().list_access_entries(next.as_deref()).await
        };
        self.pages("eks:ListAccessEntries", list).await
    }

    /// The cluster, and its entries where its mode has any.
    async fn cluster_and_entries(
        &self,
        options: ObserveOptions,
    ) -> (Result<Cluster, ApiError>, Result<Option<Vec<ObservedEntry>>, ApiError>) {
        let describe = self.source(self.read(async || self.world.eks().describe_cluster().await));
        let (cluster, ahead) = match options.expects_entries {
            true => {
                let (cluster, entries) = join(describe, self.entries()).await;
                (cluster, Some(entries))
            }
            false => (describe.await, None),
        };
        let has_entries = cluster.as_ref().is_ok_and(|cluster| cluster.mode.has_entries());
        let entries = match ahead {
            _ if !has_entries => Ok(None),
            // refused in a mode that has none, and the mode has changed since
            None | Some(Err(ApiError::Aws(AwsError { kind: AwsErrorKind::InvalidRequest, .. }))) => {
                self.entries().await.map(Some)
            }
            Some(entries) => entries.map(Some),
        };
        self.tell(|it| it.sources += 1);
        (cluster, entries)
    }

    /// All access entries with their policies, sorted by principal. They are looked at while the list goes on.
    async fn entries(&self) -> Result<Vec<ObservedEntry>, ApiError> {
        let listed = Arriving::default();
        let list = async {
            let list = async |next: Option<String>| {
                let page = self.world.eks().list_access_entries(next.as_deref()).await?;
                listed.add(page.items.iter().cloned());
                Ok(page)
            };
            let principals = self.pages("eks:ListAccessEntries", list).await;
            listed.end();
            self.tell(|it| it.of_entries = principals.as_ref().ok().map(Vec::len));
            principals
        };
        let entry = async |principal: String| {
            let entry = self.entry(&principal, false).await;
            self.tell(|it| it.entries += 1);
            entry
        };
        let looks = listed.stream().map(entry).buffer_unordered(READS_AT_ONCE).try_collect();
        let (principals, entries): (_, Result<Vec<Option<ObservedEntry>>, _>) = join(list, looks).await;
        principals?;
        // one may go between the list and the look
        let mut entries: Vec<ObservedEntry> = entries?.into_iter().flatten().collect();
        entries.sort_by(|a, b| a.principal.cmp(&b.principal));
        Ok(entries)
    }

    /// One access entry with its policies; `None` when there is none. Of one that is known to take policies (`takes_policies`)
    /// both are asked for together.
    pub async fn entry(
        &self,
        principal: &str,
        takes_policies: bool,
    ) -> Result<Option<ObservedEntry>, ApiError> {
        let describe = self.read(async || self.world.eks().describe_access_entry(principal).await);
        let (described, policies) = match takes_policies {
            true => {
                let (described, policies) = join(describe, self.policies_of(principal)).await;
                (described, Some(policies))
            }
            false => (describe.await, None),
        };
        let Some(mut entry) = found(described)? else { return Ok(None) };
        if entry.entry_type.takes_policies() {
            let policies = match policies {
                Some(policies) => policies,
                None => self.policies_of(principal).await,
            };
            let Some(policies) = found(policies)? else { return Ok(None) };
            entry.policies = policies.into_iter().collect();
        }
        Ok(Some(entry))
    }

    async fn policies_of(&self, principal: &str) -> Result<Vec<(PolicyArn, AccessScope)>, ApiError> {
        let list = async |next: Option<String>| {
            self.world.eks().list_associated_access_policies(principal, next.as_deref()).await
        };
        self.pages("eks:ListAssociatedAccessPolicies", list).await
    }

    async fn nodegroups(&self) -> Result<Vec<Nodegroup>, ApiError> {
        let list = async |next: Option<String>| self.world.eks().list_nodegroups(next.as_deref()).await;
        let names = self.pages("eks:ListNodegroups", list).await?;
        let describe = async |name: String| {
            found(self.read(async || self.world.eks().describe_nodegroup(&name).await).await)
        };
        let found: Vec<_> = stream::iter(names).map(describe).buffered(READS_AT_ONCE).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn fargate_profiles(&self) -> Result<Vec<FargateProfile>, ApiError> {
        let list = async |next: Option<String>| self.world.eks().list_fargate_profiles(next.as_deref()).await;
        let names = self.pages("eks:ListFargateProfiles", list).await?;
        let describe = async |name: String| {
            found(self.read(async || self.world.eks().describe_fargate_profile(&name).await).await)
        };
        let found: Vec<_> = stream::iter(names).map(describe).buffered(READS_AT_ONCE).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// The roles of the caller's account, a thousand by a call.
    pub async fn roles(&self) -> Result<Listing<IamRole>, ApiError> {
        let list = async |next: Option<String>| self.world.iam().list_roles(next.as_deref()).await;
        self.listing("iam:ListRoles", list).await
    }

    pub async fn users(&self) -> Result<Listing<IamUser>, ApiError> {
        let list = async |next: Option<String>| self.world.iam().list_users(next.as_deref()).await;
        self.listing("iam:ListUsers", list).await
    }

    /// All of an IAM list, which is whole when each page says so.
    async fn listing<T>(
        &self,
        operation: &'static str,
        mut page: impl AsyncFnMut(Option<String>) -> Result<IamPage<T>, AwsError>,
    ) -> Result<Listing<T>, ApiError> {
        let mut complete = true;
        let items = self.pages(operation, async |next| {
            let IamPage { page, complete: whole } = page(next).await?;
            complete &= whole;
            Ok(page)
        });
        let items = items.await?;
        Ok(Listing { items, complete })
    }

    /// All pages of a list. It has an end: each token leads to a page that was not read yet, some pages bring something,
    /// and all of them together no more than there can be.
    async fn pages<T>(
        &self,
        operation: &'static str,
        mut page: impl AsyncFnMut(Option<String>) -> Result<Page<T>, AwsError>,
    ) -> Result<Vec<T>, ApiError> {
        let (mut all, mut next, mut seen) = (Vec::new(), None, BTreeSet::new());
        let most = if operation.starts_with("iam:") { MOST_OF_IAM } else { MOST_OF_EKS };
        let mut empty = 0;
        loop {
            let Page { items, next: following } = self.read(async || page(next.clone()).await).await?;
            empty = if items.is_empty() { empty + 1 } else { 0 };
            all.extend(items);
            if following.is_some() && (all.len() >= most || seen.len() >= MOST_PAGES || empty >= MOST_EMPTY) {
                let (items, pages) = (all.len(), seen.len() + 1);
                let message =
                    format!("the list does not end: {items} items in {pages} pages, and more to come");
                return Err(AwsError { operation, kind: AwsErrorKind::Unanswered, message }.into());
            }
            match following {
                Some(token) if seen.insert(token.clone()) => next = Some(token),
                Some(_) => {
                    let message = "the list returned the same page twice".to_owned();
                    return Err(AwsError { operation, kind: AwsErrorKind::Server, message }.into());
                }
                None => return Ok(all),
            }
        }
    }
}

fn found<T>(read: Result<T, ApiError>) -> Result<Option<T>, ApiError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}
