//! Whether anybody else has changed the cluster, asked of a world that this run itself is changing.
//!
//! A fingerprint of everything would differ with every call of ours. So what the plan touches is taken out before it is
//! made: put back to what the plan expected, where the planner reads it (the mode and `aws-auth`), or left out, where it is
//! one of many (entries and bindings). What remains is the same before, in and after a run, unless somebody else changed
//! something. That what was taken out is right is not asked here: of resources that no run has begun with the gate asks it,
//! and of the others `settle` and the steps themselves.
//!
//! A resource may be touched by several steps; the first of them says what was there before the run, so they are walked
//! from the last to the first. Entries that the plan could not see are left out as a whole: none is known that was there
//! before.

use std::collections::BTreeSet;

use crate::calls::{Resource, ResourceState};
use crate::model::{ConfigMap, PrincipalArn};
use crate::planner::{Fingerprint, Plan};
use crate::reader::Manifest;
use crate::snapshot::{Part, Snapshot};

/// The snapshot with everything that the plan touches put back to what the plan expected there, or left out. `known`: the
/// fingerprint that it is to be compared with.
pub(super) fn untouched(plan: &Plan, known: &Fingerprint, now: &Snapshot) -> Snapshot {
    let mut rest = now.clone();
    if !known.contains_key(&Part::AccessEntries) {
        rest.access_entries = None;
    }
    let mut touched = BTreeSet::new();
    for step in plan.steps.iter().rev() {
        match (Resource::of(step), ResourceState::before(step)) {
            (Some(Resource::Mode), ResourceState::Mode(mode)) => {
                if let Some(cluster) = &mut rest.cluster {
                    cluster.mode = mode;
                }
            }
            (Some(Resource::Entry(principal)), _) => {
                touched.insert(principal);
            }
            (Some(Resource::Binding { namespace, name }), _) => {
                if let Some(rbac) = &mut rest.rbac {
                    rbac.bindings.retain(|it| (&it.namespace, &it.name) != (&namespace, &name));
                }
            }
            (Some(Resource::AwsAuth), ResourceState::AwsAuth(data)) => {
                rest.aws_auth =
                    data.map(|data| Manifest::from_config_map(ConfigMap { data, ..ConfigMap::default() }));
            }
            _ => {}
        }
    }
    if let Some(entries) = &mut rest.access_entries {
        let touched: BTreeSet<&str> = touched.iter().map(PrincipalArn::as_str).collect();
        entries.retain(|entry| !touched.contains(entry.principal.as_str()));
    }
    rest
}
