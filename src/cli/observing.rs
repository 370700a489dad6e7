//! What is told of looking at a cluster.

use eksodus::executor::{Observing, Unread};
use eksodus::planner::PlanSource;

use super::console::Console;

pub fn tell(console: &mut Console, seen: Observing) {
    let Observing { sources, of_sources, entries, of_entries } = seen;
    let what = match of_entries {
        Some(of) => format!("looking at the cluster: {entries} of {of} access entries"),
        None => "looking at the cluster".to_owned(),
    };
    console.bar().at(sources, of_sources, &what);
}

/// What could not be read, and what nobody can tell for that reason.
pub fn tell_unread(console: &mut Console, unread: &[Unread]) {
    for Unread { source, why } in unread {
        console.warn(&format!("{source} could not be read: {why}"));
        console.note(&format!("  so {}", lost(*source)));
    }
}

/// What a plan cannot promise without this source.
pub fn lost(source: PlanSource) -> &'static str {
    match source {
        PlanSource::Cluster | PlanSource::AwsAuth => "there is no plan",
        PlanSource::AccessEntries => "whether entries exist already is not known",
        PlanSource::AccessPolicies => "whether EKS offers the policies here is not known",
        PlanSource::Nodegroups => "which roles node groups use is not known, and API mode stays shut",
        PlanSource::FargateProfiles => {
            "which roles Fargate pods run under is not known, and API mode stays shut"
        }
        PlanSource::IamRoles => "the paths of roles are not known, nor which of them are gone",
        PlanSource::IamUsers => "which users are gone is not known",
        PlanSource::Rbac => "which bindings name a user or group is not known, so none can be carried over",
        PlanSource::Namespaces => "whether the namespaces of access scopes exist is not known",
        PlanSource::Caller => "whether you keep your own access is not known",
    }
}
