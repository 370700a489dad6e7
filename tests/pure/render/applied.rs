//! A plan done by hand: no simulator, no executor.

use eksodus::model::AuthenticationMode;
use eksodus::planner::{Action, Plan};
use eksodus::snapshot::{ObservedEntry, Snapshot};

use crate::kit::cluster::shown;

/// The snapshot once every step has been done.
pub fn applied(snapshot: &Snapshot, plan: &Plan) -> Snapshot {
    let mut after = snapshot.clone();
    if let Some(cluster) = &mut after.cluster {
        cluster.mode = AuthenticationMode::Api;
    }
    let entries = after.access_entries.get_or_insert_default();
    for step in &plan.steps {
        let Action::Entry { principal, after, .. } = &step.action else { continue };
        entries.retain(|entry| entry.principal != principal.to_string());
        let Some(entry) = after else { continue };
        // later than any role was created
        entries.push(ObservedEntry { created: "2026-01-01T00:00:00Z".to_owned(), ..shown(entry) });
    }
    after
}
