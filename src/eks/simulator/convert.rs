use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::model::{ConfigMap, PrincipalArn};
use crate::reader::Manifest;
use crate::snapshot::{ObservedEntry, Snapshot};

use super::behaviour::Behaviour;
use super::delayed::Delayed;
use super::iam::Iam;
use super::kube::Kube;
use super::leases::Leases;
use super::nodes;
use super::state::{Bound, Entry, State};
use super::time;
use super::updates::Updates;

/// Why a snapshot cannot be played.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SimulatorError {
    #[error("the snapshot has no cluster")]
    NoCluster,
    #[error("the snapshot has two access entries for {0}")]
    DuplicateEntry(String),
}

impl State {
    pub fn from_snapshot(snapshot: &Snapshot, behaviour: Behaviour) -> Result<Self, SimulatorError> {
        let cluster = snapshot.cluster.clone().ok_or(SimulatorError::NoCluster)?;
        let is_updating = cluster.status.0 == "UPDATING";
        let iam = Iam::new(snapshot.iam_roles.clone(), snapshot.iam_users.clone());
        let mut state = Self {
            behaviour,
            start: time::start_after(times(snapshot)),
            now: Duration::ZERO,
            serial: 0,
            cluster: Delayed::new(cluster),
            entries: BTreeMap::new(),
            create_tokens: BTreeMap::new(),
            updates: Updates::default(),
            iam,
            kube: Kube::new(snapshot),
            leases: Leases::default(),
            nodes: nodes::of(snapshot),
            denied: BTreeSet::new(),
            original: snapshot.clone(),
        };
        for observed in snapshot.access_entries.iter().flatten() {
            let bound = state.bound_then(observed);
            let entry = Entry::new(observed.clone(), bound);
            if state.entries.insert(observed.principal.clone(), Delayed::new(Some(entry))).is_some() {
                return Err(SimulatorError::DuplicateEntry(observed.principal.clone()));
            }
        }
        if is_updating {
            state.start_foreign_update();
        }
        Ok(state)
    }

    pub fn to_snapshot(&self) -> Snapshot {
        let Snapshot {
            cluster: _,
            updates,
            aws_auth,
            access_entries: _,
            access_policies,
            nodegroups,
            fargate_profiles,
            iam_roles: _,
            iam_users: _,
            rbac: _,
            namespaces,
            identity_providers,
            caller,
            own_switch,
        } = self.original.clone();
        Snapshot {
            cluster: Some(self.cluster.truth().clone()),
            updates,
            aws_auth: self.aws_auth_out(aws_auth),
            access_entries: self.entries_out(),
            access_policies,
            nodegroups,
            fargate_profiles,
            iam_roles: self.iam.roles.clone(),
            iam_users: self.iam.users.clone(),
            rbac: self.kube.rbac.clone(),
            namespaces,
            identity_providers,
            caller,
            own_switch,
        }
    }

    /// The text that came with the data, for as long as the data are the same.
    fn aws_auth_out(&self, original: Option<Manifest>) -> Option<Manifest> {
        let now = self.kube.aws_auth.as_ref()?;
        match original {
            Some(manifest) if is_same_but_for_version(&manifest.config_map, now) => Some(manifest),
            _ => Some(Manifest::from_config_map(now.clone())),
        }
    }

    fn entries_out(&self) -> Option<Vec<ObservedEntry>> {
        let original = &self.original.access_entries;
        if !self.mode().has_entries() {
            return original.clone();
        }
        let entries: Vec<ObservedEntry> = self
            .entries
            .values()
            .filter_map(|entry| Some(entry.truth().as_ref()?.observed.clone()))
            .collect();
        let given: BTreeMap<&str, &ObservedEntry> =
            original.iter().flatten().map(|entry| (entry.principal.as_str(), entry)).collect();
        let is_unchanged = given.len() == entries.len()
            && entries.iter().zip(given.values()).all(|(one, other)| one == *other);
        let was_observable = self.original.cluster.as_ref().is_some_and(|cluster| cluster.mode.has_entries());
        if is_unchanged && (original.is_some() || was_observable) { original.clone() } else { Some(entries) }
    }

    /// A principal younger than its entry's creation is not the one the entry was made for.
    fn bound_then(&self, entry: &ObservedEntry) -> Bound {
        let Ok(principal) = entry.principal.parse::<PrincipalArn>() else { return Bound::Unknown };
        let born = self.iam.created(&principal).and_then(time::parse);
        match (born, time::parse(&entry.created)) {
            (Some(born), Some(made)) if born > made => Bound::Stale,
            _ => self.bind(&principal),
        }
    }
}

/// A run that changes a value and changes it back leaves another version behind.
fn is_same_but_for_version(one: &ConfigMap, other: &ConfigMap) -> bool {
    let ConfigMap { data, binary_data, immutable, metadata, resource_version: _ } = one;
    (data, binary_data, immutable, metadata)
        == (&other.data, &other.binary_data, &other.immutable, &other.metadata)
}

fn times(snapshot: &Snapshot) -> impl Iterator<Item = &str> {
    let entries = snapshot.access_entries.iter().flatten();
    let entries = entries.flat_map(|entry| [entry.created.as_str(), entry.modified.as_str()]);
    let roles = snapshot.iam_roles.iter().flat_map(|list| &list.items).map(|role| role.created.as_str());
    let users = snapshot.iam_users.iter().flat_map(|list| &list.items).map(|user| user.created.as_str());
    entries.chain(roles).chain(users)
}
