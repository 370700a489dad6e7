//! What the Node authorizer may allow a node, at most. Which of it a node gets depends on the Pods that run there.

use crate::rbac::Attributes;

/// By verbs, group and resources: its fixed rules (kubernetes: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go,
/// NodeRules), and what it decides by the Pods of the node alone (plugin/pkg/auth/authorizer/node/node_authorizer.go).
const RULES: &[(&[&str], &str, &[&str])] = &[
    (&["create"], "authentication.k8s.io", &["tokenreviews"]),
    (&["create"], "authorization.k8s.io", &["localsubjectaccessreviews", "subjectaccessreviews"]),
    (&["get", "list", "watch"], "", &["configmaps", "nodes", "pods", "secrets", "services"]),
    (&["create", "patch", "update"], "", &["events", "nodes"]),
    (&["patch", "update"], "", &["nodes/status", "pods/status"]),
    (&["create", "delete"], "", &["pods"]),
    (&["create"], "", &["pods/eviction", "serviceaccounts/token"]),
    (&["get"], "", &["endpoints", "persistentvolumeclaims", "persistentvolumes", "serviceaccounts"]),
    (&["get", "patch", "update"], "", &["persistentvolumeclaims/status"]),
    (
        &["create", "get", "list", "watch"],
        "certificates.k8s.io",
        &["certificatesigningrequests", "podcertificaterequests"],
    ),
    (&["create", "delete", "get", "patch", "update"], "coordination.k8s.io", &["leases"]),
    (&["get", "list", "watch"], "node.k8s.io", &["runtimeclasses"]),
    (&["get"], "resource.k8s.io", &["resourceclaims"]),
    (
        &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
        "resource.k8s.io",
        &["resourceslices"],
    ),
    (&["create", "delete", "get", "patch", "update"], "storage.k8s.io", &["csinodes"]),
    (&["get", "list", "watch"], "storage.k8s.io", &["csidrivers"]),
    (&["get"], "storage.k8s.io", &["volumeattachments"]),
];

/// Whether the Node authorizer allows the request to some node.
pub(super) fn node_may(what: &Attributes) -> bool {
    let Attributes::Resource { verb, group, resource, subresource, .. } = what else { return false };
    let asked = match subresource.as_deref().filter(|it| !it.is_empty()) {
        Some(subresource) => format!("{resource}/{subresource}"),
        None => resource.clone(),
    };
    RULES.iter().any(|(verbs, of, resources)| {
        verbs.contains(&verb.as_str()) && of == group && resources.contains(&asked.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rbac::default_rbac;

    #[test]
    fn it_is_no_less_than_the_role_that_kubernetes_keeps_for_nodes() {
        let role = default_rbac().roles.iter().find(|role| role.name == "system:node").unwrap();
        let mut asked = 0;
        for rule in &role.rules {
            for resource in &rule.resources {
                let (resource, subresource) = match resource.split_once('/') {
                    Some((resource, subresource)) => (resource, Some(subresource)),
                    None => (resource.as_str(), None),
                };
                for (group, verb) in
                    rule.api_groups.iter().flat_map(|it| rule.verbs.iter().map(move |verb| (it, verb)))
                {
                    let what = Attributes::resource(verb, group, resource).of_subresource(subresource);
                    assert!(node_may(&what), "{what}");
                    asked += 1;
                }
            }
        }
        assert!(asked > 60, "{asked}");
        for (verb, resource) in [
            ("list", "persistentvolumes"),
            ("delete", "secrets"),
            ("create", "pods/exec"),
            ("get", "nodes/proxy"),
        ] {
            let (resource, subresource) =
                resource.split_once('/').map_or((resource, None), |(a, b)| (a, Some(b)));
            assert!(
                !node_may(&Attributes::resource(verb, "", resource).of_subresource(subresource)),
                "{verb} {resource}"
            );
        }
        assert!(!node_may(&Attributes::NonResource { path: "/metrics".to_owned(), verb: "get".to_owned() }));
    }
}
