//! What the caller may do: anything, but for what faults deny.

use crate::rbac::Attributes;

use crate::simulator::Operation;
use crate::simulator::state::State;

impl State {
    /// Those of the IAM actions that the caller may not take.
    pub fn denied_of(&self, actions: &[&str]) -> Vec<String> {
        let denied = actions.iter().filter(|action| self.denied.contains(**action));
        denied.map(|action| (*action).to_owned()).collect()
    }

    /// A right that no call of the simulator stands for is there.
    pub fn may_caller(&self, what: &Attributes) -> bool {
        operations(what).iter().all(|operation| !self.denied.contains(operation.as_str()))
    }
}

/// The calls that need the right.
fn operations(what: &Attributes) -> &'static [Operation] {
    let Attributes::Resource { verb, resource, .. } = what else { return &[] };
    match (resource.as_str(), verb.as_str()) {
        ("configmaps", "get") => &[Operation::GetAwsAuth],
        ("configmaps", "create") => &[Operation::CreateAwsAuth],
        ("configmaps", "update" | "patch") => &[Operation::ReplaceAwsAuth],
        ("configmaps", "delete") => &[Operation::DeleteAwsAuth],
        ("clusterroles" | "clusterrolebindings" | "roles" | "rolebindings", "list") => &[Operation::ListRbac],
        ("clusterrolebindings" | "rolebindings", "get") => &[Operation::GetBinding],
        ("clusterrolebindings" | "rolebindings", "create") => &[Operation::CreateBinding],
        ("clusterrolebindings" | "rolebindings", "delete") => &[Operation::DeleteBinding],
        ("namespaces", "list") => &[Operation::ListNamespaces],
        ("nodes", "list") => &[Operation::ListNodes],
        ("leases", "get") => &[Operation::GetLease],
        ("leases", "create") => &[Operation::CreateLease],
        ("leases", "update" | "patch") => &[Operation::ReplaceLease],
        ("subjectaccessreviews", "create") => &[Operation::SubjectAccessReview],
        _ => &[],
    }
}
