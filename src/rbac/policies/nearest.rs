use super::rule_change::RuleChange;
use crate::rbac::{PolicyRule, Role, collapse, uncovered};

/// A ClusterRole beside an access policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearest<'r> {
    pub role: &'r Role,
    /// From the ClusterRole to the policy: lost is what only the role has.
    pub change: RuleChange,
}

/// The ClusterRoles that differ least from the rules, by name: one, or several that differ by the same.
///
/// The least is by the number of permissions on both sides, a `*` counting for many. A ClusterRole that has nothing in common
/// with the rules is not near, however small it is; nor is one of Kubernetes' own components, `system:…`, which nobody is bound
/// to as a person.
pub fn nearest_cluster_roles<'r>(rules: &[PolicyRule], roles: &'r [Role]) -> Vec<Nearest<'r>> {
    let rules = collapse(rules);
    let all = uncovered(&[], &rules).len();
    let mut nearest: Vec<Nearest<'r>> = Vec::new();
    let mut least = u64::MAX;
    for role in roles.iter().filter(|role| role.namespace.is_none() && !role.name.starts_with("system:")) {
        let of_role = collapse(&role.rules);
        let more = uncovered(&of_role, &rules);
        let less = uncovered(&rules, &of_role);
        if more.len() == all && less.len() == uncovered(&[], &of_role).len() {
            continue;
        }
        let change = RuleChange { lost: collapse(&less), gained: collapse(&more) };
        let distance = change.distance();
        if distance < least {
            (least, nearest) = (distance, Vec::new());
        }
        if distance == least {
            nearest.push(Nearest { role, change });
        }
    }
    nearest.sort_by(|a, b| a.role.name.cmp(&b.role.name));
    nearest
}
