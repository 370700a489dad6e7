//! The resources that Kubernetes has by itself: what a name without a group means. kubectl asks the API server for these;
//! nobody asks it here.

/// Plural names, each with its short ones.
type Names = &'static [(&'static str, &'static [&'static str])];

/// By group and whether they are in namespaces: plural names, each with its short names. As `kubectl api-resources` lists
/// them (Kubernetes 1.34), and what RBAC knows besides: `users`, `groups`, `userextras`, `uids`, `signers`.
const RESOURCES: &[(&str, bool, Names)] = &[
    (
        "",
        true,
        &[
            ("bindings", &[]),
            ("configmaps", &["cm"]),
            ("endpoints", &["ep"]),
            ("events", &["ev"]),
            ("limitranges", &["limits"]),
            ("persistentvolumeclaims", &["pvc"]),
            ("pods", &["po"]),
            ("podtemplates", &[]),
            ("replicationcontrollers", &["rc"]),
            ("resourcequotas", &["quota"]),
            ("secrets", &[]),
            ("serviceaccounts", &["sa"]),
            ("services", &["svc"]),
        ],
    ),
    (
        "",
        false,
        &[
            ("componentstatuses", &["cs"]),
            ("groups", &[]),
            ("namespaces", &["ns"]),
            ("nodes", &["no"]),
            ("persistentvolumes", &["pv"]),
            ("users", &[]),
        ],
    ),
    (
        "admissionregistration.k8s.io",
        false,
        &[
            ("mutatingadmissionpolicies", &[]),
            ("mutatingadmissionpolicybindings", &[]),
            ("mutatingwebhookconfigurations", &[]),
            ("validatingadmissionpolicies", &[]),
            ("validatingadmissionpolicybindings", &[]),
            ("validatingwebhookconfigurations", &[]),
        ],
    ),
    ("apiextensions.k8s.io", false, &[("customresourcedefinitions", &["crd", "crds"])]),
    ("apiregistration.k8s.io", false, &[("apiservices", &[])]),
    (
        "apps",
        true,
        &[
            ("controllerrevisions", &[]),
            ("daemonsets", &["ds"]),
            ("deployments", &["deploy"]),
            ("replicasets", &["rs"]),
            ("statefulsets", &["sts"]),
        ],
    ),
    (
        "authentication.k8s.io",
        false,
        &[("selfsubjectreviews", &[]), ("tokenreviews", &[]), ("uids", &[]), ("userextras", &[])],
    ),
    ("authorization.k8s.io", true, &[("localsubjectaccessreviews", &[])]),
    (
        "authorization.k8s.io",
        false,
        &[("selfsubjectaccessreviews", &[]), ("selfsubjectrulesreviews", &[]), ("subjectaccessreviews", &[])],
    ),
    ("autoscaling", true, &[("horizontalpodautoscalers", &["hpa"])]),
    ("batch", true, &[("cronjobs", &["cj"]), ("jobs", &[])]),
    ("certificates.k8s.io", false, &[("certificatesigningrequests", &["csr"]), ("signers", &[])]),
    ("coordination.k8s.io", true, &[("leasecandidates", &[]), ("leases", &[])]),
    ("discovery.k8s.io", true, &[("endpointslices", &[])]),
    ("flowcontrol.apiserver.k8s.io", false, &[("flowschemas", &[]), ("prioritylevelconfigurations", &[])]),
    ("networking.k8s.io", true, &[("ingresses", &["ing"]), ("networkpolicies", &["netpol"])]),
    ("networking.k8s.io", false, &[("ingressclasses", &[]), ("ipaddresses", &["ip"]), ("servicecidrs", &[])]),
    ("node.k8s.io", false, &[("runtimeclasses", &[])]),
    ("policy", true, &[("poddisruptionbudgets", &["pdb"])]),
    ("rbac.authorization.k8s.io", true, &[("rolebindings", &[]), ("roles", &[])]),
    ("rbac.authorization.k8s.io", false, &[("clusterrolebindings", &[]), ("clusterroles", &[])]),
    ("resource.k8s.io", true, &[("resourceclaims", &[]), ("resourceclaimtemplates", &[])]),
    ("resource.k8s.io", false, &[("deviceclasses", &[]), ("resourceslices", &[])]),
    ("scheduling.k8s.io", false, &[("priorityclasses", &["pc"])]),
    ("storage.k8s.io", true, &[("csistoragecapacities", &[])]),
    (
        "storage.k8s.io",
        false,
        &[
            ("csidrivers", &[]),
            ("csinodes", &[]),
            ("storageclasses", &["sc"]),
            ("volumeattachments", &[]),
            ("volumeattributesclasses", &["vac"]),
        ],
    ),
];

/// A resource that every cluster has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub group: &'static str,
    pub plural: &'static str,
    pub is_namespaced: bool,
}

/// What a name means: a plural, a singular or a short one, in any case, as kubectl takes it. In any group the first, or in
/// the one that is given.
pub(super) fn known(name: &str, group: Option<&str>) -> Option<Known> {
    let name = name.to_ascii_lowercase();
    let all = RESOURCES.iter().filter(|(of, ..)| group.is_none_or(|group| *of == group));
    let mut all = all.flat_map(|(group, is_namespaced, resources)| {
        resources
            .iter()
            .map(move |(plural, short)| (Known { group, plural, is_namespaced: *is_namespaced }, *short))
    });
    let is_it = |(known, short): &(Known, &[&str])| {
        known.plural == name || singular(known.plural) == name || short.contains(&name.as_str())
    };
    all.find(is_it).map(|(known, _)| known)
}

/// A built-in resource that is in no namespace.
pub(super) fn is_cluster_wide(group: &str, resource: &str) -> bool {
    known(resource, Some(group)).is_some_and(|known| !known.is_namespaced)
}

fn singular(plural: &str) -> String {
    if let Some(stem) = plural.strip_suffix("ies") {
        return format!("{stem}y");
    }
    let stem = ["sses", "xes", "tuses"].iter().find_map(|end| plural.strip_suffix(end).map(|_| "es"));
    plural.strip_suffix(stem.unwrap_or("s")).unwrap_or(plural).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_as_kubectl_takes_it() {
        let of = |name: &str| known(name, None).map(|known| (known.plural, known.group));
        for name in ["deployments", "deployment", "deploy", "Deployment"] {
            assert_eq!(of(name), Some(("deployments", "apps")), "{name}");
        }
        assert_eq!(of("ingress"), Some(("ingresses", "networking.k8s.io")));
        assert_eq!(of("networkpolicy"), Some(("networkpolicies", "networking.k8s.io")));
        assert_eq!(of("storageclass"), Some(("storageclasses", "storage.k8s.io")));
        assert_eq!(of("lease"), Some(("leases", "coordination.k8s.io")));
        assert_eq!(of("componentstatus"), Some(("componentstatuses", "")));
        assert_eq!(of("ipaddress"), Some(("ipaddresses", "networking.k8s.io")));
        assert_eq!(of("event"), Some(("events", "")));
        for name in ["", "widgets", "s", "deployments.apps", "*"] {
            assert_eq!(of(name), None, "{name}");
        }
        assert_eq!(known("deploy", Some("extensions")), None);
    }

    #[test]
    fn no_name_means_two_resources() {
        let mut seen = std::collections::BTreeSet::new();
        for (group, _, resources) in RESOURCES {
            for (plural, short) in *resources {
                assert!(seen.insert(*plural), "{plural}");
                assert!(short.iter().all(|name| seen.insert(name)), "{plural}");
                assert_eq!(known(&singular(plural), None).unwrap().plural, *plural);
                assert_eq!(known(plural, Some(group)).unwrap().group, *group);
            }
        }
    }

    /// The default roles of Kubernetes name no resource of another group by such a name, but for what has moved.
    #[test]
    fn the_default_roles_agree() {
        let text = include_str!("../../fixtures/data/bootstrap-clusterroles.json");
        let data: serde_json::Value = serde_json::from_str(text).unwrap();
        let roles = data["clusterRoles"]
            .as_array()
            .unwrap()
            .iter()
            .chain(data["controllerClusterRoles"].as_array().unwrap());
        let mut checked = 0;
        for rule in roles.flat_map(|role| role["rules"].as_array().into_iter().flatten()) {
            let list =
                |key: &str| -> Vec<String> { serde_json::from_value(rule[key].clone()).unwrap_or_default() };
            for resource in
                list("resources").iter().filter_map(|it| it.split('/').next()).filter(|it| *it != "*")
            {
                let known = known(resource, None).unwrap_or_else(|| panic!("{resource} is not known"));
                let moved = ["extensions", "events.k8s.io", "metrics.k8s.io"];
                let groups = list("apiGroups");
                let is_one = groups
                    .iter()
                    .any(|group| *group == known.group || moved.contains(&group.as_str()) || group == "*");
                assert!(is_one, "{resource} {groups:?}");
                checked += 1;
            }
        }
        assert!(checked > 300, "{checked}");
    }
}
