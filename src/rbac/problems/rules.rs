use crate::rbac::{PolicyRule, Role};

/// Verbs of requests, those of URLs among them, and the virtual ones that a component of Kubernetes asks about
/// (kubernetes.io, "Authorization", Request verbs).
const VERBS: [&str; 22] = [
    "*",
    "approve",
    "associate-node",
    "attest",
    "bind",
    "create",
    "delete",
    "deletecollection",
    "escalate",
    "get",
    "head",
    "impersonate",
    "list",
    "options",
    "patch",
    "post",
    "proxy",
    "put",
    "sign",
    "update",
    "use",
    "watch",
];

/// `request-serviceaccounts-token-audience`, and the verbs of constrained impersonation
/// (`impersonate:user-info`, `impersonate-on:user-info:get`).
const FAMILIES: [&str; 3] = ["request-serviceaccounts-token-", "impersonate:", "impersonate-on:"];

/// The first rule without which the role would give the same, and what it lacks.
pub(super) fn first_idle(role: &Role) -> Option<(usize, &'static str)> {
    role.rules.iter().enumerate().find_map(|(at, rule)| Some((at, lacks(rule)?)))
}

fn lacks(rule: &PolicyRule) -> Option<&'static str> {
    let PolicyRule { api_groups, resources, verbs, resource_names: _, non_resource_urls } = rule;
    match (api_groups.is_empty(), resources.is_empty()) {
        _ if verbs.is_empty() => Some("no verbs"),
        (false, false) => None,
        _ if !non_resource_urls.is_empty() => None,
        (true, false) => Some("no apiGroups"),
        (_, true) => Some("no resources"),
    }
}

pub(super) fn first_unknown_verb(role: &Role) -> Option<&str> {
    let is_known = |verb: &str| VERBS.contains(&verb) || FAMILIES.iter().any(|of| verb.starts_with(of));
    let mut verbs = role.rules.iter().flat_map(|rule| &rule.verbs).map(String::as_str);
    verbs.find(|verb| !is_known(verb))
}
