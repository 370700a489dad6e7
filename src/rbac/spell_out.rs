use super::Attributes;
use crate::rbac::PolicyRule;

/// The requests that a rule spells out, each allowed by it: a name or `*` of the rule is asked for literally.
///
/// In a namespace for a RoleBinding; without one for a ClusterRoleBinding, which alone gives URLs
/// (kubernetes: plugin/pkg/auth/authorizer/rbac/rbac.go, RuleAllows).
pub fn spell_out(rule: &PolicyRule, namespace: Option<&str>) -> impl Iterator<Item = Attributes> {
    let PolicyRule { api_groups, resources, verbs, resource_names, non_resource_urls } = rule;
    let names: Vec<Option<&String>> = match resource_names.is_empty() {
        true => vec![None],
        false => resource_names.iter().map(Some).collect(),
    };
    let of_resources = api_groups.iter().flat_map(move |group| {
        let names = names.clone();
        resources.iter().flat_map(move |resource| {
            let names = names.clone();
            verbs.iter().flat_map(move |verb| {
                names.clone().into_iter().map(move |name| {
                    let (resource, subresource) = match resource.split_once('/') {
                        Some((resource, subresource)) => (resource, Some(subresource.to_owned())),
                        None => (resource.as_str(), None),
                    };
                    Attributes::Resource {
                        namespace: namespace.map(str::to_owned),
                        verb: verb.clone(),
                        group: group.clone(),
                        resource: resource.to_owned(),
                        subresource,
                        name: name.cloned(),
                    }
                })
            })
        })
    });
    let urls = if namespace.is_none() { non_resource_urls.as_slice() } else { &[] };
    let of_urls = urls.iter().flat_map(move |path| {
        verbs.iter().map(move |verb| Attributes::NonResource { path: path.clone(), verb: verb.clone() })
    });
    of_resources.chain(of_urls)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(items: &[&str]) -> Vec<String> {
        items.iter().map(|item| (*item).to_owned()).collect()
    }

    #[test]
    fn every_combination_is_spelled_out_in_order() {
        let rule = PolicyRule {
            api_groups: strings(&["", "apps"]),
            resources: strings(&["pods/log"]),
            verbs: strings(&["get", "*"]),
            resource_names: strings(&["a"]),
            non_resource_urls: vec![],
        };
        let shown: Vec<String> = spell_out(&rule, Some("ns")).map(|it| it.to_string()).collect();
        let expected = [
            "get pods/log a in namespace ns",
            "* pods/log a in namespace ns",
            "get pods/log (apps) a in namespace ns",
            "* pods/log (apps) a in namespace ns",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn urls_are_given_to_the_whole_cluster_alone() {
        let rule = PolicyRule {
            verbs: strings(&["get"]),
            non_resource_urls: strings(&["/metrics"]),
            ..PolicyRule::default()
        };
        let shown: Vec<String> = spell_out(&rule, None).map(|it| it.to_string()).collect();
        assert_eq!(shown, ["get /metrics"]);
        assert_eq!(spell_out(&rule, Some("ns")).count(), 0);
    }
}
