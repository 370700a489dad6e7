use std::collections::BTreeMap;

use crate::kube::{KubeErrorKind, Lease};

use crate::simulator::refusal::{KubeRefusal, Refusal};

/// The Leases of `kube-system`, which no snapshot has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Leases {
    all: BTreeMap<String, Lease>,
    version: u64,
}

impl Leases {
    pub fn get(&self, name: &str) -> Option<Lease> {
        self.all.get(name).cloned()
    }

    pub fn create(&mut self, name: &str, lease: &Lease) -> Result<Lease, KubeRefusal> {
        if self.all.contains_key(name) {
            let message = format!("leases.coordination.k8s.io {name:?} already exists");
            return Err(Refusal::new(KubeErrorKind::AlreadyExists, message));
        }
        Ok(self.put(name, lease))
    }

    pub fn replace(&mut self, name: &str, lease: &Lease) -> Result<Lease, KubeRefusal> {
        let Some(current) = self.all.get(name) else {
            let message = format!("leases.coordination.k8s.io {name:?} not found");
            return Err(Refusal::new(KubeErrorKind::NotFound, message));
        };
        if lease.resource_version.is_empty() {
            // a Lease may not be updated blindly (kubernetes: pkg/registry/coordination/lease/strategy.go)
            let message = format!(
                "leases.coordination.k8s.io {name:?} is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update"
            );
            return Err(Refusal::new(KubeErrorKind::Invalid, message));
        }
        if lease.resource_version != current.resource_version {
            let message = format!(
                "Operation cannot be fulfilled on leases.coordination.k8s.io {name:?}: the object has been modified; please apply your changes to the latest version and try again"
            );
            return Err(Refusal::new(KubeErrorKind::Conflict, message));
        }
        Ok(self.put(name, lease))
    }

    fn put(&mut self, name: &str, lease: &Lease) -> Lease {
        self.version += 1;
        let lease = Lease { resource_version: self.version.to_string(), ..lease.clone() };
        self.all.insert(name.to_owned(), lease.clone());
        lease
    }
}
