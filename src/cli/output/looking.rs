//! What is told of looking at a cluster.

use eksodus::observe::{Observing, Unread};
use eksodus::snapshot::Part;

use super::console::Console;

/// Where there is no bar, as in CI, a line is told each time so many entries are read.
const STRIDE: usize = 500;

/// Looking at a cluster, told on a terminal as it goes on, elsewhere now and then if it takes long.
#[derive(Debug, Default)]
pub struct Looking {
    /// The number of entries at which the next line is due.
    next: usize,
}

impl Looking {
    pub fn tell(&mut self, console: &mut Console, seen: Observing) {
        let Observing { sources, of_sources, entries, of_entries } = seen;
        let what = match of_entries {
            Some(of) => format!("reading the cluster: {entries} of {of} access entries"),
            None => "reading the cluster".to_owned(),
        };
        console.bar().at(sources, of_sources, &what);
        let takes_long = of_entries.is_some_and(|of| of >= STRIDE);
        if takes_long && entries >= self.next && !console.bar().is_wanted() {
            console.note(&what);
            self.next = (entries / STRIDE + 1) * STRIDE;
        }
    }
}

/// What could not be read, and what nobody can tell for that reason.
pub fn tell_unread(console: &mut Console, unread: &[Unread]) {
    for Unread { source, why } in unread {
        console.warn(&format!("{source} could not be read: {why}"));
        console.note(&format!("  so {}", lost(*source)));
    }
}

/// What a plan cannot promise without this source.
pub fn lost(source: Part) -> &'static str {
    match source {
        Part::Cluster | Part::AwsAuth => "there is no plan",
        Part::AccessEntries => "existing entries are unknown",
        Part::AccessPolicies => "the Region's access policies are unknown",
        Part::Nodegroups => "the roles of node groups are unknown, and api-mode is refused",
        Part::FargateProfiles => "the roles of Fargate pods are unknown, and api-mode is refused",
        Part::IamRoles => "the paths of roles are unknown, and which of them are gone",
        Part::IamUsers => "which users are gone is unknown",
        Part::Rbac => "bindings are unknown, so none can be copied",
        Part::Namespaces => "whether the namespaces of access scopes exist is unknown",
        Part::ApiResources => "the resources served today are unknown",
        Part::Caller => "whether you keep your own access is unknown",
        Part::AuditLog => "who has authenticated is unknown",
    }
}
