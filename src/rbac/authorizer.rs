//! Whether RBAC allows a request.
//!
//! Access policies are not asked: EKS consults them for logins by an entry, and a SubjectAccessReview names no principal.

use super::covers::covers_url;
use super::{Attributes, Binding, Grant, Index, PolicyRule, UserInfo};
use crate::model::GroupName;

impl Index<'_> {
    /// Kubernetes: plugin/pkg/auth/authorizer/rbac/rbac.go. Members of `system:masters` may do anything, without RBAC.
    pub fn allows(&self, who: &UserInfo, what: &Attributes) -> bool {
        who.groups.contains(GroupName::MASTERS)
            || self.bound(who).any(|binding| {
                reaches(binding, what) && self.rules_of(binding).iter().any(|rule| allows(rule, what))
            })
    }

    /// The first of the grants that allows it. RBAC alone: the group `system:masters` is nothing to it but a name.
    pub fn allowed_by<'r>(&'r self, who: &UserInfo, what: &Attributes) -> Option<Grant<'r>> {
        let grants = self.grants(who, what.namespace());
        grants.into_iter().find(|grant| grant.rules().iter().any(|rule| allows(rule, what)))
    }
}

/// A RoleBinding counts in its own namespace, and never for a URL.
fn reaches(binding: &Binding, what: &Attributes) -> bool {
    binding.namespace.is_none() || binding.namespace.as_deref() == what.namespace()
}

impl PolicyRule {
    /// Whether this rule, where it applies, allows the request.
    pub fn allows(&self, what: &Attributes) -> bool {
        allows(self, what)
    }
}

/// Kubernetes: pkg/apis/rbac/v1/evaluation_helpers.go.
fn allows(rule: &PolicyRule, what: &Attributes) -> bool {
    let PolicyRule { api_groups, resources, verbs, resource_names, non_resource_urls } = rule;
    let has = |list: &[String], text: &String| list.iter().any(|item| item == "*" || item == text);
    match what {
        Attributes::Resource { namespace: _, verb, group, resource, subresource, name } => {
            let name = name.as_deref().unwrap_or_default();
            let is_named = resource_names.is_empty() || resource_names.iter().any(|it| it == name);
            let is_resource = |item: &String| is_resource(item, resource, subresource.as_deref());
            has(verbs, verb) && has(api_groups, group) && resources.iter().any(is_resource) && is_named
        }
        Attributes::NonResource { path, verb } => {
            has(verbs, verb) && non_resource_urls.iter().any(|item| covers_url(item, path))
        }
    }
}

/// `*` is everything, `*/scale` is this subresource of everything.
fn is_resource(item: &str, resource: &str, subresource: Option<&str>) -> bool {
    match subresource.filter(|subresource| !subresource.is_empty()) {
        None => item == "*" || item == resource,
        Some(subresource) => {
            let of = item.strip_suffix(subresource).and_then(|rest| rest.strip_suffix('/'));
            item == "*" || of.is_some_and(|of| of == "*" || of == resource)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rbac::{Binding, Rbac, Role, RoleRef, Subject, SubjectKind};

    fn list(items: &[&str]) -> Vec<String> {
        items.iter().map(|item| (*item).to_owned()).collect()
    }

    fn who(username: &str, groups: &[&str]) -> UserInfo {
        UserInfo { username: username.to_owned(), groups: list(groups).into_iter().collect() }
    }

    fn rule(groups: &[&str], resources: &[&str], verbs: &[&str]) -> PolicyRule {
        PolicyRule {
            api_groups: list(groups),
            resources: list(resources),
            verbs: list(verbs),
            ..PolicyRule::default()
        }
    }

    /// Group `dev` is bound to the rules by a ClusterRole, in one namespace or in all.
    fn bound(namespace: Option<&str>, rules: Vec<PolicyRule>) -> Rbac {
        let role_ref = RoleRef { kind: "ClusterRole".to_owned(), name: "r".to_owned() };
        let subject = Subject { kind: SubjectKind::Group, name: "dev".to_owned(), namespace: None };
        Rbac {
            roles: vec![Role { namespace: None, name: "r".to_owned(), rules, ..Role::default() }],
            bindings: vec![Binding {
                namespace: namespace.map(str::to_owned),
                name: "b".to_owned(),
                role_ref,
                subjects: vec![subject],
            }],
        }
    }

    #[test]
    fn a_role_binding_counts_in_its_own_namespace_only() {
        let rbac = bound(Some("a"), vec![rule(&[""], &["pods"], &["get"])]);
        let pods = Attributes::resource("get", "", "pods");
        let dev = who("x", &["dev"]);
        assert!(rbac.index().allows(&dev, &pods.clone().in_namespace("a")));
        assert!(!rbac.index().allows(&dev, &pods.clone().in_namespace("b")));
        assert!(!rbac.index().allows(&dev, &pods));
        assert!(!rbac.index().allows(&who("dev", &[]), &pods.clone().in_namespace("a")));
        assert!(rbac.index().allows(&who("x", &[GroupName::MASTERS]), &pods));
    }

    #[test]
    fn names_subresources_and_paths_are_told_apart() {
        let named = PolicyRule { resource_names: list(&["one"]), ..rule(&[""], &["pods"], &["*"]) };
        let path = PolicyRule { non_resource_urls: list(&["/metrics/*"]), ..rule(&[], &[], &["get"]) };
        let rbac = bound(None, vec![named, rule(&["apps"], &["*/scale"], &["get"]), path]);
        let dev = who("x", &["dev"]);
        let pods = Attributes::resource("get", "", "pods");
        assert!(rbac.index().allows(&dev, &pods.clone().named("one")));
        assert!(!rbac.index().allows(&dev, &pods.clone().named("two")));
        assert!(!rbac.index().allows(&dev, &pods));
        let mut scale = Attributes::resource("get", "apps", "deployments");
        assert!(!rbac.index().allows(&dev, &scale));
        if let Attributes::Resource { subresource, .. } = &mut scale {
            *subresource = Some("scale".to_owned());
        }
        assert!(rbac.index().allows(&dev, &scale));
        let url = |path: &str| Attributes::NonResource { path: path.to_owned(), verb: "get".to_owned() };
        assert!(rbac.index().allows(&dev, &url("/metrics/cadvisor")));
        assert!(!rbac.index().allows(&dev, &url("/metrics")));
    }
}
