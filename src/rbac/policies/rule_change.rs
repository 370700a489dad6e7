use crate::rbac::{PolicyRule, collapse, uncovered};

/// What one set of rules has and another has not, both ways, as Kubernetes' escalation check compares them: nothing lost means
/// that every request that was allowed still is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleChange {
    /// Collapsed.
    pub lost: Vec<PolicyRule>,
    /// Collapsed.
    pub gained: Vec<PolicyRule>,
}

impl RuleChange {
    pub fn between(before: &[PolicyRule], after: &[PolicyRule]) -> Self {
        Self { lost: collapse(&uncovered(after, before)), gained: collapse(&uncovered(before, after)) }
    }

    pub fn is_none(&self) -> bool {
        self.lost.is_empty() && self.gained.is_empty()
    }

    /// How far apart the two are.
    pub(super) fn distance(&self) -> u64 {
        weight(&self.lost).saturating_add(weight(&self.gained))
    }
}

/// How much collapsed rules give, to tell near from far: their atoms, a `*` counting for about as many as it stands for.
pub(super) fn weight(collapsed: &[PolicyRule]) -> u64 {
    let of_rule = |rule: &PolicyRule| {
        let PolicyRule { api_groups, resources, verbs, resource_names, non_resource_urls } = rule;
        let sum = |list: &[String], of: fn(&str) -> u64| list.iter().map(|text| of(text)).sum::<u64>();
        let verbs = sum(verbs, |verb| if verb == "*" { 10 } else { 1 });
        let groups = sum(api_groups, |group| if group == "*" { 20 } else { 1 });
        let resources = sum(resources, |resource| match resource {
            "*" => 50,
            _ if resource.starts_with("*/") => 20,
            _ => 1,
        });
        let names = u64::try_from(resource_names.len().max(1)).unwrap_or(u64::MAX);
        let urls = sum(non_resource_urls, |url| if url.ends_with('*') { 10 } else { 1 });
        let of_resources = groups.saturating_mul(resources).saturating_mul(names);
        verbs.saturating_mul(of_resources.saturating_add(urls))
    };
    collapsed.iter().map(of_rule).fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rbac::access_policy;

    #[test]
    fn what_is_lost_and_what_is_gained_are_told_apart() {
        let rules = |name: &str| access_policy(name).unwrap().rules();
        let (view, reader) = (rules("AmazonEKSViewPolicy"), rules("AmazonEKSSecretReaderPolicy"));
        let change = RuleChange::between(view, reader);
        assert_eq!(change.lost, collapse(view));
        assert_eq!(
            change.gained.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["get, list, watch secrets"]
        );
        assert!(RuleChange::between(view, view).is_none());
        assert_eq!(RuleChange::between(view, rules("AmazonEKSEditPolicy")).lost, []);
    }

    #[test]
    fn a_star_weighs_more_than_what_people_write_out() {
        let weight = |name: &str| weight(&collapse(access_policy(name).unwrap().rules()));
        let order = ["SecretReader", "View", "Edit", "Admin", "AdminView", "ClusterAdmin"];
        let weights = order.map(|name| weight(&format!("AmazonEKS{name}Policy")));
        assert!(weights.is_sorted_by(|a, b| a < b), "{weights:?}");
    }
}
