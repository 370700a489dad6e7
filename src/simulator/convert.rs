use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::model::{ConfigMap, PrincipalArn, Update};
use crate::reader::Manifest;
use crate::snapshot::{Made, ObservedEntry, Snapshot};

use super::behaviour::Behaviour;
use super::eks::updates::Updates;
use super::eks::visibility::Delayed;
use super::iam::principals::Iam;
use super::kube::leases::Leases;
use super::kube::nodes;
use super::kube::objects::Kube;
use super::state::{Bound, Entry, State};
use super::time;

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
        let is_updating = cluster.status.is_updating();
        let iam = Iam::new(snapshot.iam_roles.clone(), snapshot.iam_users.clone());
        let mut state = Self {
            behaviour,
            start: time::start_after(times(snapshot)),
            now: Duration::ZERO,
            serial: 0,
            cluster: Delayed::new(cluster),
            entries: BTreeMap::new(),
            create_tokens: BTreeMap::new(),
            updates: Updates::known(snapshot.updates.as_deref().unwrap_or_default()),
            iam,
            kube: Kube::new(snapshot),
            leases: Leases::default(),
            nodes: nodes::of(snapshot),
            log_group: None,
            denied: BTreeSet::new(),
            marks: Vec::new(),
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
            state.continue_update();
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
            api_resources,
            identity_providers,
            caller,
            own_switch,
            evidence,
        } = self.original.clone();
        Snapshot {
            cluster: Some(self.cluster.truth().clone()),
            updates: match updates {
                Some(known) => Some(self.updates_out(known)),
                // a change that was made here is known from then on
                None => self.updates.last_of_mode().map(|last| vec![last]),
            },
            aws_auth: self.aws_auth_out(aws_auth),
            access_entries: self.entries_out(),
            access_policies,
            nodegroups,
            fargate_profiles,
            iam_roles: self.iam.roles.clone(),
            iam_users: self.iam.users.clone(),
            // a listing of what was made would be no listing of what there is
            rbac: self.original.rbac.as_ref().and(self.kube.rbac.clone()),
            namespaces,
            api_resources,
            identity_providers,
            caller,
            own_switch,
            evidence,
        }
    }

    /// The last change of the mode is ours, where there was one.
    fn updates_out(&self, mut known: Vec<Update>) -> Vec<Update> {
        let Some(last) = self.updates.last_of_mode() else { return known };
        known.retain(|update| update.kind != Update::OF_MODE);
        known.insert(0, last);
        known.sort_by(|a, b| (b.created_at(), &a.id).cmp(&(a.created_at(), &b.id)));
        known
    }

    /// The text that came with the data, for as long as the data are the same.
    fn aws_auth_out(&self, original: Option<Manifest>) -> Option<Manifest> {
        let now = self.kube.aws_auth.as_ref()?;
        match original {
            Some(manifest) if is_same_but_for_version(&manifest.config_map, now) => Some(manifest),
            _ => Some(Manifest::from_config_map(now.clone())),
        }
    }

    pub fn made(&self) -> Made {
        let bindings = match &self.original.rbac {
            None => self.kube.rbac.clone().unwrap_or_default().bindings,
            Some(_) => Vec::new(),
        };
        let entries = if self.has_unknown_entries() { self.all_entries() } else { Vec::new() };
        Made { entries, bindings }
    }

    pub fn add_made(&mut self, Made { entries, bindings }: &Made) {
        if self.original.rbac.is_none() {
            for binding in bindings {
                // a name that is taken keeps what it has
                let _taken = self.kube.create_binding(binding);
            }
        }
        if self.has_unknown_entries() {
            for observed in entries {
                let entry = Entry::new(observed.clone(), self.bound_then(observed));
                let slot = self.entries.entry(observed.principal.clone());
                slot.or_insert_with(|| Delayed::new(Some(entry)));
            }
        }
    }

    /// They could have been listed, and were not: nobody knows what there is.
    fn has_unknown_entries(&self) -> bool {
        let could_be_listed = self.original.cluster.as_ref().is_some_and(|it| it.mode.has_entries());
        could_be_listed && self.original.access_entries.is_none()
    }

    fn all_entries(&self) -> Vec<ObservedEntry> {
        let there = self.entries.values().filter_map(|entry| Some(entry.truth().as_ref()?.observed.clone()));
        there.collect()
    }

    fn entries_out(&self) -> Option<Vec<ObservedEntry>> {
        let original = &self.original.access_entries;
        if !self.mode().has_entries() || self.has_unknown_entries() {
            return original.clone();
        }
        let entries = self.all_entries();
        let given: BTreeMap<&str, &ObservedEntry> =
            original.iter().flatten().map(|entry| (entry.principal.as_str(), entry)).collect();
        let is_unchanged = given.len() == entries.len()
            && entries.iter().zip(given.values()).all(|(one, other)| one == *other);
        if is_unchanged && original.is_some() { original.clone() } else { Some(entries) }
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
    let updates = snapshot.updates.iter().flatten().map(|update| update.created.as_str());
    entries.chain(roles).chain(users).chain(updates)
}
