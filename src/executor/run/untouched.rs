use std::collections::BTreeSet;

use crate::calls::{Resource, ResourceState};
use crate::model::{ConfigMap, PrincipalArn};
use crate::planner::{Fingerprint, Plan};
use crate::reader::Manifest;
use crate::snapshot::{Part, Snapshot};

/// The snapshot with everything that the plan touches put back to what the plan expected there, or left out.
///
/// Its fingerprint is the same before, in and after a run, unless somebody else changed something.
pub(crate) fn untouched(plan: &Plan, known: &Fingerprint, now: &Snapshot) -> Snapshot {
    let mut rest = now.clone();
    if !known.contains_key(&Part::AccessEntries) {
        rest.access_entries = None;
    }
    let mut touched = BTreeSet::new();
    // from the last step to the first, so that what the first one expected remains
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
