//! Whether rules cover other rules, as Kubernetes' escalation check compares them.
//!
//! Rules are broken down to atoms, and each atom must be covered by one rule of the owner: strings are compared, not sets of
//! requests. So covered means that no request tells them apart to the owner's loss; not covered does not mean that one does
//! (kubernetes: component-helpers, auth/rbac/validation/policy_comparator.go).

use super::PolicyRule;

/// The atoms of the servant's rules that no rule of the owner covers, in order; each is a rule of one verb, one resource in
/// one group or one URL, and one name at most. None: the owner covers the servant.
pub fn uncovered(owner: &[PolicyRule], servant: &[PolicyRule]) -> Vec<PolicyRule> {
    let atoms = servant.iter().flat_map(atoms);
    atoms.filter(|atom| !owner.iter().any(|rule| covers(rule, atom))).collect()
}

/// A rule without verbs, or with neither resources in groups nor URLs, allows nothing and has no atoms.
fn atoms(rule: &PolicyRule) -> Vec<PolicyRule> {
    let PolicyRule { api_groups, resources, verbs, resource_names, non_resource_urls } = rule;
    let one = |text: &String| vec![text.clone()];
    let names: Vec<Vec<String>> = match resource_names.is_empty() {
        true => vec![Vec::new()],
        false => resource_names.iter().map(one).collect(),
    };
    let mut atoms = Vec::new();
    for group in api_groups {
        for resource in resources {
            for verb in verbs {
                atoms.extend(names.iter().map(|name| PolicyRule {
                    api_groups: one(group),
                    resources: one(resource),
                    verbs: one(verb),
                    resource_names: name.clone(),
                    non_resource_urls: Vec::new(),
                }));
            }
        }
    }
    let urls = non_resource_urls.iter().flat_map(|url| verbs.iter().map(move |verb| (url, verb)));
    atoms.extend(urls.map(|(url, verb)| PolicyRule {
        verbs: one(verb),
        non_resource_urls: one(url),
        ..PolicyRule::default()
    }));
    atoms
}

/// What an atom has no value for holds by itself. An atom without a name needs a rule without names, URLs included.
fn covers(rule: &PolicyRule, atom: &PolicyRule) -> bool {
    let PolicyRule { api_groups, resources, verbs, resource_names, non_resource_urls } = rule;
    let has = |list: &[String], text: &String| list.iter().any(|item| item == "*" || item == text);
    let named = match atom.resource_names.as_slice() {
        [] => resource_names.is_empty(),
        names => resource_names.is_empty() || names.iter().all(|name| resource_names.contains(name)),
    };
    named
        && atom.verbs.iter().all(|verb| has(verbs, verb))
        && atom.api_groups.iter().all(|group| has(api_groups, group))
        && atom.resources.iter().all(|text| resources.iter().any(|item| covers_resource(item, text)))
        && atom
            .non_resource_urls
            .iter()
            .all(|text| non_resource_urls.iter().any(|item| covers_url(item, text)))
}

/// `*` covers everything, `*/scale` everything with just that behind its first `/`.
fn covers_resource(item: &str, text: &str) -> bool {
    let subresource = || text.split_once('/').map(|(_, rest)| rest);
    item == "*" || item == text || item.strip_prefix("*/").is_some_and(|of_any| Some(of_any) == subresource())
}

/// Stars at the end stand for any rest, `*` included.
pub(super) fn covers_url(item: &str, text: &str) -> bool {
    item == text || (item.ends_with('*') && text.starts_with(item.trim_end_matches('*')))
}
