//! The access policies: all of them, one of them beside the ClusterRoles, and those that could stand in for a group.

mod group;
mod one;
mod rows;
mod table;

pub use group::{Candidate, GroupAnswer, ScopeAnswer};
pub use one::{Beside, PolicyAnswer, Relation};
pub use table::{PolicyRow, Table};

use crate::model::PolicyArn;
use crate::rbac::{PolicyRule, uncovered};

/// What a cluster's Region offers; `None`: it was not asked.
pub type Offered<'a> = Option<&'a [PolicyArn]>;

/// Where the roles and bindings come from that policies are held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolesOf {
    /// `the cluster`, or the name of a file.
    pub name: String,
    /// They are those that every cluster has, and none was looked at.
    pub assumed: bool,
}

/// The permissions in rules: each verb on each resource, of each name, or on each URL.
fn permissions(rules: &[PolicyRule]) -> usize {
    uncovered(&[], rules).len()
}

/// EKS does not know of a policy's rules where Kubernetes itself decides who may hand on rights
/// (kubernetes: pkg/registry/rbac/escalation_check.go).
fn escalation_note(rules: &[PolicyRule]) -> Option<&'static str> {
    const GROUP: &str = "rbac.authorization.k8s.io";
    let is_write = |rule: &PolicyRule| {
        let of_rbac = rule.api_groups.iter().any(|group| group == "*" || group == GROUP);
        let of_roles = rule.resources.iter().any(|resource| {
            matches!(
                resource.as_str(),
                "*" | "roles" | "clusterroles" | "rolebindings" | "clusterrolebindings"
            )
        });
        let writes = rule.verbs.iter().any(|verb| matches!(verb.as_str(), "create" | "update" | "patch"));
        // with every verb come escalate and bind, which are asked of the policy, too
        of_rbac && of_roles && writes && !rule.verbs.iter().any(|verb| verb == "*")
    };
    rules.iter().any(is_write).then_some(
        "creating roles and bindings needs the same permissions by RBAC: access policies do not count there",
    )
}
