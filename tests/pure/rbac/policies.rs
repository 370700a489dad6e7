//! Access policies beside roles: what is said of them by rules holds for the requests that the rules spell out.

use std::collections::{BTreeMap, BTreeSet};

use eksodus::model::{AccessScope, GroupName};
use eksodus::rbac::{
    AccessPolicy, Assignable, Attributes, Binding, Index, PolicyRule, Proposal, Rbac, Role, RoleRef, Subject,
    SubjectKind, UserInfo, access_policies, access_policy, default_rbac, nearest_cluster_roles, propose,
    spell_out, uncovered,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

fn strings(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

fn rule(groups: &[&str], resources: &[&str], verbs: &[&str]) -> PolicyRule {
    PolicyRule {
        api_groups: strings(groups),
        resources: strings(resources),
        verbs: strings(verbs),
        ..PolicyRule::default()
    }
}

fn role(namespace: Option<&str>, name: &str, rules: &[PolicyRule]) -> Role {
    Role {
        namespace: namespace.map(str::to_owned),
        name: name.to_owned(),
        rules: rules.to_vec(),
        ..Role::default()
    }
}

fn binding(namespace: Option<&str>, name: &str, role: &str, group: &str) -> Binding {
    Binding {
        namespace: namespace.map(str::to_owned),
        name: name.to_owned(),
        role_ref: RoleRef { kind: "ClusterRole".to_owned(), name: role.to_owned() },
        subjects: vec![Subject { kind: SubjectKind::Group, name: group.to_owned(), namespace: None }],
    }
}

fn shown(rules: &[PolicyRule]) -> Vec<String> {
    rules.iter().map(ToString::to_string).collect()
}

fn best<'p>(proposal: &'p Proposal<'_>) -> Option<&'p str> {
    proposal.best().map(|candidate| candidate.policy.name.as_str())
}

#[test]
fn the_general_policies_are_near_the_roles_that_they_are_named_after() {
    let roles = &default_rbac().roles;
    let nearest = |name: &str| {
        let nearest = nearest_cluster_roles(access_policy(name).unwrap().rules(), roles);
        assert_eq!(nearest.len(), 1, "{name}: {nearest:?}");
        nearest.into_iter().next().unwrap()
    };
    let admin = nearest("AmazonEKSClusterAdminPolicy");
    assert!(admin.role.name == "cluster-admin" && admin.change.is_none());
    for (policy, role) in
        [("AmazonEKSViewPolicy", "view"), ("AmazonEKSEditPolicy", "edit"), ("AmazonEKSAdminPolicy", "admin")]
    {
        let nearest = nearest(policy);
        assert_eq!((nearest.role.name.as_str(), nearest.change.gained), (role, vec![]), "{policy}");
        // of Kubernetes 1.34, which the policies do not follow
        let lost = shown(&nearest.change.lost);
        assert!(lost.iter().any(|row| row.contains("resourceclaims.resource.k8s.io")), "{lost:?}");
        assert_eq!(
            lost.iter().any(|row| row == "create pods/eviction, serviceaccounts/token"),
            role != "view"
        );
    }
}

#[test]
fn nearest_is_what_differs_least_and_has_something_in_common() {
    let secrets = access_policy("AmazonEKSSecretReaderPolicy").unwrap().rules();
    let read = ["get", "list", "watch"];
    let roles = [
        role(None, "b-same", &[rule(&[""], &["secrets"], &read)]),
        role(
            None,
            "a-same",
            &[rule(&[""], &["secrets"], &["get"]), rule(&[""], &["secrets"], &["list", "watch"])],
        ),
        role(None, "more", &[rule(&[""], &["secrets", "pods"], &read)]),
        role(None, "system:same", &[rule(&[""], &["secrets"], &read)]),
        role(Some("shop"), "same", &[rule(&[""], &["secrets"], &read)]),
        role(None, "empty", &[]),
        role(None, "other", &[rule(&[""], &["pods"], &["get"])]),
    ];
    let names = |roles: &[Role]| -> Vec<String> {
        nearest_cluster_roles(secrets, roles).iter().map(|it| it.role.name.clone()).collect()
    };
    assert_eq!(names(&roles), ["a-same", "b-same"]);
    assert_eq!(names(&roles[2..]), ["more"]);
    assert_eq!(names(&roles[3..]), Vec::<String>::new());
    assert_eq!(nearest_cluster_roles(&[], &roles), []);
}

fn cluster() -> Rbac {
    let read = ["get", "list", "watch"];
    let urls = PolicyRule {
        verbs: strings(&["get"]),
        non_resource_urls: strings(&["/metrics"]),
        ..PolicyRule::default()
    };
    Rbac {
        roles: vec![
            role(None, "pods", &[rule(&[""], &["pods"], &read)]),
            role(None, "everything", &[PolicyRule::every_resource(), PolicyRule::every_url()]),
            role(None, "scrape", std::slice::from_ref(&urls)),
            role(None, "evict", &[rule(&[""], &["pods/eviction"], &["create"]), urls]),
            role(None, "secrets", &[rule(&[""], &["secrets"], &read)]),
        ],
        bindings: vec![
            binding(None, "a", "pods", "devs"),
            binding(Some("shop"), "b", "evict", "devs"),
            binding(Some("web"), "c", "evict", "devs"),
            binding(Some("web"), "d", "pods", "devs"),
            binding(Some("old"), "e", "pods", "devs"),
            binding(Some("lost"), "f", "gone", "devs"),
            binding(None, "g", "everything", "ops"),
            binding(None, "h", "secrets", "auditors"),
            binding(None, "i", "scrape", "monitors"),
        ],
    }
}

#[test]
fn a_group_gets_one_proposal_for_each_scope_that_needs_its_own() {
    let rbac = cluster();
    let index = rbac.index();
    let proposals = propose(&index, "devs", None, |_| true);
    let scopes: Vec<String> = proposals.iter().map(|it| it.scope.to_string()).collect();
    // what differs in what RoleBindings give stands apart
    assert_eq!(scopes, ["cluster", "namespaces lost", "namespaces old", "namespaces shop", "namespaces web"]);
    assert_eq!(best(&proposals[0]), Some("AmazonEKSViewPolicy"));
    // a binding to nothing, and one to what the whole cluster gives
    for nothing in &proposals[1..3] {
        assert!(nothing.rules.is_empty() && nothing.candidates.is_empty(), "{nothing:?}");
    }
    for evicts in &proposals[3..] {
        // a namespace has no URLs
        assert_eq!(shown(&evicts.rules), ["create pods/eviction"]);
        assert_eq!(best(evicts), Some("AmazonEKSClusterAdminPolicy"));
        let gained = shown(&evicts.best().unwrap().change.gained);
        assert_eq!(gained, ["* *.*"]);
        assert_eq!(evicts.alternatives(), Vec::<&_>::new());
    }
}

#[test]
fn namespaces_that_need_the_same_share_an_association() {
    let mut rbac = cluster();
    rbac.bindings.retain(|binding| binding.name != "d");
    let proposals = propose(&rbac.index(), "devs", None, |_| true);
    assert_eq!(proposals.last().unwrap().scope.to_string(), "namespaces shop, web");
    assert_eq!(proposals.last().unwrap().bindings.iter().map(|it| &it.name).collect::<Vec<_>>(), ["b", "c"]);
}

#[test]
fn one_namespace_counts_what_the_whole_cluster_gives_there() {
    let rbac = cluster();
    let index = rbac.index();
    let proposals = propose(&index, "devs", Some("shop"), |_| true);
    let [only] = proposals.as_slice() else { panic!("{proposals:?}") };
    assert_eq!(only.scope.to_string(), "namespaces shop");
    assert_eq!(shown(&only.rules), ["get, list, watch pods", "create pods/eviction"]);
    let alternatives = only.alternatives();
    let losing: Vec<_> =
        alternatives.iter().map(|it| (it.policy.name.as_str(), shown(&it.change.lost))).collect();
    // each gains less than the one before
    let watch = strings(&["watch pods", "create pods/eviction"]);
    let evict = strings(&["create pods/eviction"]);
    assert_eq!(losing, [("AmazonEKSViewPolicy", evict), ("AmazonAIOpsAssistantPolicy", watch)]);
    // a ClusterRoleBinding holds where nobody made a RoleBinding
    assert_eq!(propose(&index, "devs", Some("elsewhere"), |_| true).len(), 1);
    assert_eq!(propose(&index, "nobody", Some("shop"), |_| true), []);
    assert_eq!(propose(&index, "nobody", None, |_| true), []);
}

#[test]
fn what_is_exactly_a_policy_is_found() {
    let rbac = cluster();
    let index = rbac.index();
    for (group, policy) in [
        ("ops", "AmazonEKSClusterAdminPolicy"),
        ("auditors", "AmazonEKSSecretReaderPolicy"),
        // by no binding at all
        (GroupName::MASTERS, "AmazonEKSClusterAdminPolicy"),
    ] {
        let proposals = propose(&index, group, None, |_| true);
        let [only] = proposals.as_slice() else { panic!("{group}: {proposals:?}") };
        assert_eq!(best(only), Some(policy), "{group}");
        assert!(only.best().unwrap().change.is_none(), "{group}");
        assert!(only.alternatives().is_empty());
    }
    let monitors = propose(&index, "monitors", None, |_| true);
    assert_eq!(best(&monitors[0]), Some("AmazonEKSClusterAdminPolicy"), "no other policy has URLs");
}

#[test]
fn only_what_is_offered_assignable_and_complete_is_proposed() {
    let rbac = cluster();
    let index = rbac.index();
    let of_eks = [
        "AmazonEKSViewPolicy",
        "AmazonEKSAdminViewPolicy",
        "AmazonEKSSecretAdminPolicy",
        "AmazonEKSHybridPolicy",
    ];
    let proposals = propose(&index, "auditors", None, |policy| of_eks.contains(&policy.name.as_str()));
    // SecretAdmin would do with less, by the rules that are known of it
    assert_eq!(best(&proposals[0]), Some("AmazonEKSAdminViewPolicy"));
    for candidate in &proposals[0].candidates {
        let AccessPolicy { name, assignable, .. } = candidate.policy;
        assert_eq!(*assignable, Assignable::ByCustomers, "{name}");
        assert!(candidate.policy.is_complete(), "{name}");
        assert!(of_eks.contains(&name.as_str()), "{name}");
    }
    assert_eq!(propose(&index, "auditors", None, |_| false)[0].candidates, []);
}

const GROUP: &str = "g";

fn any_rule() -> impl Strategy<Value = PolicyRule> {
    let list = |words: &'static [&'static str], most: usize| {
        subsequence(words, 1..=most).prop_map(|words| strings(&words)).prop_shuffle()
    };
    let verbs = list(
        &["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "bind", "*"],
        8,
    );
    let groups = list(&["", "apps", "batch", "*"], 2);
    let resources =
        list(&["pods", "secrets", "pods/log", "pods/eviction", "deployments", "jobs", "*", "*/status"], 4);
    let names = list(&["a", "b"], 2);
    let urls = list(&["/healthz", "/metrics/*", "*"], 2);
    (verbs, groups, resources, names, urls, 0..10_u8).prop_map(
        |(verbs, api_groups, resources, names, urls, kind)| match kind {
            0 => PolicyRule { verbs, non_resource_urls: urls, ..PolicyRule::default() },
            1 => PolicyRule { verbs, api_groups, resources, resource_names: names, ..PolicyRule::default() },
            _ => PolicyRule { verbs, api_groups, resources, ..PolicyRule::default() },
        },
    )
}

/// Roles of random rules and of parts of policies, bound here and there to the group.
fn any_rbac() -> impl Strategy<Value = Rbac> {
    let of_policy = select(access_policies().iter().map(|it| it.rules().to_vec()).collect::<Vec<_>>());
    let rules = prop_oneof![proptest::collection::vec(any_rule(), 0..4), of_policy];
    let roles = proptest::collection::vec(rules, 4);
    let namespaces = select(vec![None, Some("x"), Some("y"), Some("z")]);
    let bindings = proptest::collection::vec((namespaces, 0..5_usize, select(vec![GROUP, "other"])), 0..7);
    (roles, bindings).prop_map(|(roles, bindings)| Rbac {
        roles: roles.iter().enumerate().map(|(at, rules)| role(None, &format!("r{at}"), rules)).collect(),
        bindings: bindings
            .into_iter()
            .enumerate()
            .map(|(at, (namespace, role, group))| {
                binding(namespace, &format!("b{at}"), &format!("r{role}"), group)
            })
            .collect(),
    })
}

/// The requests that rules spell out in a scope.
fn asked(rules: &[PolicyRule], namespace: Option<&str>) -> BTreeSet<Attributes> {
    rules.iter().flat_map(|rule| spell_out(rule, namespace)).collect()
}

fn by_rules(rules: &[PolicyRule], what: &Attributes) -> bool {
    rules.iter().any(|rule| rule.allows(what))
}

fn check(proposal: &Proposal<'_>, index: &Index<'_>, namespace: Option<&str>) -> Result<(), TestCaseError> {
    let user = UserInfo { username: "u".to_owned(), groups: BTreeSet::from([GROUP.to_owned()]) };
    let needed = asked(&proposal.rules, namespace);
    for what in &needed {
        prop_assert!(index.allows(&user, what), "not the group's: {what}");
    }
    for candidate in &proposal.candidates {
        let (policy, change) = (candidate.policy.rules(), &candidate.change);
        let lost: BTreeSet<_> = needed.iter().filter(|what| !by_rules(policy, what)).cloned().collect();
        prop_assert_eq!(&asked(&change.lost, namespace), &lost, "{} loses", &candidate.policy.name);
        let gained = asked(policy, namespace).into_iter().filter(|what| !index.allows(&user, what)).collect();
        prop_assert_eq!(&asked(&change.gained, namespace), &gained, "{} gains", &candidate.policy.name);
    }
    let keeps = proposal.candidates.iter().filter(|it| it.change.lost.is_empty());
    match proposal.best() {
        None => prop_assert_eq!(keeps.count(), 0),
        Some(best) => {
            prop_assert!(best.change.lost.is_empty());
            for other in keeps {
                let is_less = uncovered(&best.change.gained, &other.change.gained).is_empty()
                    && !uncovered(&other.change.gained, &best.change.gained).is_empty();
                prop_assert!(!is_less, "{} gains less than {}", other.policy.name, best.policy.name);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_said_of_rules_holds_for_requests(rbac in any_rbac()) {
        let index = rbac.index();
        let user = UserInfo { username: "u".to_owned(), groups: BTreeSet::from([GROUP.to_owned()]) };
        let proposals = propose(&index, GROUP, None, |_| true);
        let mut places = BTreeMap::<Option<String>, &Proposal<'_>>::new();
        for proposal in &proposals {
            let namespaces = match &proposal.scope {
                AccessScope::Cluster => vec![None],
                AccessScope::Namespaces(names) => names.iter().cloned().map(Some).collect(),
            };
            for namespace in namespaces {
                check(proposal, &index, namespace.as_deref())?;
                prop_assert!(places.insert(namespace, proposal).is_none(), "two proposals for one scope");
            }
        }
        let bound: BTreeSet<Option<String>> =
            index.bindings_of_group(GROUP).iter().map(|binding| binding.namespace.clone()).collect();
        prop_assert_eq!(&places.keys().cloned().collect::<BTreeSet<_>>(), &bound);
        // both scopes together have all that the group has
        for grant in index.grants_anywhere(&user) {
            let namespace = grant.binding.namespace.as_deref();
            for what in grant.rules().iter().flat_map(|rule| spell_out(rule, namespace)) {
                let in_scope = |scope: Option<&str>| places.get(&scope.map(str::to_owned)).is_some_and(|it| by_rules(&it.rules, &what));
                prop_assert!(in_scope(None) || in_scope(namespace), "{} is in no proposal", what);
            }
        }
    }

    #[test]
    fn one_namespace_is_all_that_holds_there(rbac in any_rbac()) {
        let index = rbac.index();
        let user = UserInfo { username: "u".to_owned(), groups: BTreeSet::from([GROUP.to_owned()]) };
        for proposal in propose(&index, GROUP, Some("x"), |_| true) {
            check(&proposal, &index, Some("x"))?;
            for grant in index.grants(&user, Some("x")) {
                for what in grant.rules().iter().flat_map(|rule| spell_out(rule, Some("x"))) {
                    prop_assert!(by_rules(&proposal.rules, &what), "{}", what);
                }
            }
        }
    }

    #[test]
    fn no_role_is_nearer_than_the_nearest(rbac in any_rbac(), at in 0..access_policies().len()) {
        let rules = access_policies()[at].rules();
        let nearest = nearest_cluster_roles(rules, &rbac.roles);
        for found in &nearest {
            let shares = |a: &[PolicyRule], b: &[PolicyRule]| asked(a, None).iter().any(|what| by_rules(b, what));
            prop_assert!(shares(rules, &found.role.rules) || shares(&found.role.rules, rules));
            let only = |a: &[PolicyRule], b: &[PolicyRule]| asked(a, None).into_iter().filter(|what| !by_rules(b, what)).collect::<BTreeSet<_>>();
            prop_assert_eq!(asked(&found.change.lost, None), only(&found.role.rules, rules));
            prop_assert_eq!(asked(&found.change.gained, None), only(rules, &found.role.rules));
        }
        for role in &rbac.roles {
            let is_equal = !role.rules.is_empty() && !rules.is_empty() && uncovered(&role.rules, rules).is_empty() && uncovered(rules, &role.rules).is_empty();
            prop_assert!(!is_equal || nearest.iter().any(|it| it.role.name == role.name && it.change.is_none()));
        }
    }
}
