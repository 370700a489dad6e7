//! A plan done by hand: no simulator, no executor.

use eksodus::model::{AuthenticationMode, GroupName};
use eksodus::planner::{Action, Plan};
use eksodus::snapshot::{ObservedEntry, Snapshot};

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
        let mut groups: std::collections::BTreeSet<String> =
            entry.groups.iter().map(ToString::to_string).collect();
        if !entry.entry_type.is_standard() {
            groups.insert(GroupName::NODES.to_owned());
        }
        entries.push(ObservedEntry {
            principal: principal.to_string(),
            entry_type: entry.entry_type.clone(),
            username: entry.effective_username().unwrap(),
            groups,
            policies: entry.policies.clone(),
            tags: entry.tags.clone(),
            arn: String::new(),
            created: "2026-01-01T00:00:00Z".to_owned(),
            modified: "2026-01-01T00:00:00Z".to_owned(),
        });
    }
    after
}
