use std::collections::BTreeMap;

use super::Iam;
use crate::model::{AccessEntry, AuthenticationMode, CanonicalArn, PrincipalArn};
use crate::snapshot::{ObservedEntry, Snapshot};

/// Whether an access entry still authenticates the principal that its ARN names.
///
/// An entry is bound to its principal's unique id, which no API returns; times tell (facts of the EKS API: AccessEntry,
/// "principalArn").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Liveness {
    /// IAM lists the principal, and it is older than the entry.
    Live,
    /// Nothing says otherwise, but IAM was not looked at for this principal.
    Assumed,
    /// IAM lists the principal, and one of the two times cannot be read.
    Unreadable,
    /// The principal was deleted and created again since: the entry authenticates nobody.
    Recreated,
    /// IAM has no such principal: the entry authenticates nobody.
    Gone,
}

impl Liveness {
    /// The entry authenticates nobody.
    pub const fn is_dead(self) -> bool {
        matches!(self, Self::Recreated | Self::Gone)
    }

    /// The entry is known to authenticate its principal.
    pub const fn is_proven(self) -> bool {
        matches!(self, Self::Live)
    }
}

/// An access entry and what is known of it.
#[derive(Debug, Clone)]
pub struct EntryFact<'s> {
    pub observed: &'s ObservedEntry,
    /// `None` for `:root` and what else EKS accepts that is no role or user.
    pub principal: Option<PrincipalArn>,
    /// As a value that could be written again; `None` when it breaks a rule that EKS has for customers.
    pub entry: Option<AccessEntry>,
    pub key: CanonicalArn,
    pub liveness: Liveness,
}

impl EntryFact<'_> {
    /// EKS made it and keeps it: entries of service-linked roles and of the reserved `eks:` usernames (EKS user guide,
    /// "cluster insights").
    pub fn is_eks_owned(&self) -> bool {
        self.observed.username.starts_with("eks:")
            || self.principal.as_ref().is_some_and(PrincipalArn::is_service_linked)
    }

    /// As a value, if customers may change it.
    pub fn writable(&self) -> Option<&AccessEntry> {
        self.entry.as_ref().filter(|_| !self.is_eks_owned())
    }
}

/// The access entries of a cluster, by principal.
pub struct Entries<'s> {
    /// In the snapshot's order.
    all: Vec<EntryFact<'s>>,
    by_key: BTreeMap<CanonicalArn, Vec<usize>>,
    /// They could be listed: absence means that there is none.
    pub observable: bool,
}

impl<'s> Entries<'s> {
    pub fn of(snapshot: &'s Snapshot, iam: &Iam<'_>) -> Self {
        let mode = snapshot.cluster.as_ref().map(|cluster| cluster.mode);
        let observable =
            snapshot.access_entries.is_some() && mode.is_none_or(AuthenticationMode::has_entries);
        let observed = snapshot.access_entries.iter().flatten().filter(|_| observable);
        let all: Vec<EntryFact<'s>> = observed.map(|observed| fact(observed, iam)).collect();
        let mut by_key = BTreeMap::<CanonicalArn, Vec<usize>>::new();
        for (index, entry) in all.iter().enumerate() {
            by_key.entry(entry.key.clone()).or_default().push(index);
        }
        Self { all, by_key, observable }
    }

    pub fn iter(&self) -> impl Iterator<Item = &EntryFact<'s>> {
        self.all.iter()
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The entry of exactly this ARN, path and all.
    pub fn of_principal(&self, principal: &PrincipalArn) -> Option<&EntryFact<'s>> {
        self.of_key(&CanonicalArn::of_principal(principal))
            .find(|entry| entry.observed.principal == principal.as_str())
    }

    /// The entries that name a principal, whatever the path; more than one where it was created again with another path.
    pub fn of_key(&self, key: &CanonicalArn) -> impl Iterator<Item = &EntryFact<'s>> {
        self.by_key.get(key).into_iter().flatten().filter_map(|index| self.all.get(*index))
    }

    /// The entry that authenticates the principal.
    pub fn live(&self, key: &CanonicalArn) -> Option<&EntryFact<'s>> {
        // one that is known to be alive before one that only nothing speaks against
        self.of_key(key).filter(|entry| !entry.liveness.is_dead()).min_by_key(|entry| entry.liveness)
    }
}

fn fact<'s>(observed: &'s ObservedEntry, iam: &Iam<'_>) -> EntryFact<'s> {
    let entry = observed.as_entry();
    let principal = match &entry {
        Some(entry) => Some(entry.principal.clone()),
        None => observed.principal.parse().ok(),
    };
    let key = match &principal {
        Some(principal) => CanonicalArn::of_principal(principal),
        None => CanonicalArn::of(&observed.principal),
    };
    let liveness = principal.as_ref().map_or(Liveness::Assumed, |arn| liveness(observed, arn, iam));
    EntryFact { observed, principal, entry, key, liveness }
}

fn liveness(observed: &ObservedEntry, principal: &PrincipalArn, iam: &Iam<'_>) -> Liveness {
    match iam.created(principal) {
        Some(created) => match (created, observed.created_at()) {
            (Some(principal), Some(entry)) if principal > entry => Liveness::Recreated,
            (Some(_), Some(_)) => Liveness::Live,
            _ => Liveness::Unreadable,
        },
        // a service keeps its own role, and lists that were cut for customers' roles lack it
        None if principal.is_service_linked() => Liveness::Assumed,
        None if iam.denies(principal) => Liveness::Gone,
        None => Liveness::Assumed,
    }
}
