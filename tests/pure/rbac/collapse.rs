//! Collapsed rules: the same atoms, each once, in rows that are of one kind and read as they should.

use std::collections::BTreeSet;

use eksodus::rbac::{PolicyRule, access_policies, collapse, uncovered};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

fn strings(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

fn rule(groups: &[&str], resources: &[&str], verbs: &[&str], names: &[&str]) -> PolicyRule {
    PolicyRule {
        api_groups: strings(groups),
        resources: strings(resources),
        verbs: strings(verbs),
        resource_names: strings(names),
        non_resource_urls: vec![],
    }
}

fn urls(urls: &[&str], verbs: &[&str]) -> PolicyRule {
    PolicyRule { verbs: strings(verbs), non_resource_urls: strings(urls), ..PolicyRule::default() }
}

fn shown(rules: &[PolicyRule]) -> Vec<String> {
    collapse(rules).iter().map(ToString::to_string).collect()
}

/// Every atom as a text, written down without the code that is tested.
fn atoms(rules: &[PolicyRule]) -> Vec<String> {
    let mut atoms = Vec::new();
    for PolicyRule { api_groups, resources, verbs, resource_names, non_resource_urls } in rules {
        let names: Vec<Option<&String>> =
            if resource_names.is_empty() { vec![None] } else { resource_names.iter().map(Some).collect() };
        for verb in verbs {
            atoms.extend(non_resource_urls.iter().map(|url| format!("{verb:?} {url:?}")));
            for group in api_groups {
                for resource in resources {
                    atoms
                        .extend(names.iter().map(|name| format!("{verb:?} {group:?} {resource:?} {name:?}")));
                }
            }
        }
    }
    atoms
}

#[test]
fn rows_read_as_kubectl_writes_them() {
    let rules = [
        urls(&["/healthz", "/livez"], &["get"]),
        urls(&["*"], &["*"]),
        rule(&[""], &["pods", "secrets"], &["watch", "list", "get"], &[]),
        rule(&[""], &["pods/eviction"], &["create"], &[]),
        rule(&["apps"], &["deployments"], &["get"], &["b", "a"]),
        rule(&["apps", "extensions"], &["deployments/scale"], &["patch", "update"], &[]),
        rule(&["*"], &["*"], &["*"], &[]),
        rule(&["rbac.authorization.k8s.io"], &["clusterroles"], &["bind", "escalate", "get"], &[]),
        rule(&[""], &["users", "groups"], &["impersonate"], &["x"]),
        rule(&[""], &["*"], &["get"], &[]),
    ];
    let expected = [
        "* *.*",
        "get * (core)",
        "get, list, watch pods, secrets",
        "get clusterroles.rbac.authorization.k8s.io",
        "create pods/eviction",
        "update, patch deployments.apps/scale, deployments.extensions/scale",
        r#"get deployments.apps named "a", "b""#,
        "escalate clusterroles.rbac.authorization.k8s.io",
        "bind clusterroles.rbac.authorization.k8s.io",
        r#"impersonate groups, users named "x""#,
        "* * (URLs)",
        "get /healthz, /livez",
    ];
    assert_eq!(shown(&rules), expected);
}

#[test]
fn what_differs_in_verbs_names_or_kind_is_not_put_together() {
    let rules = [
        rule(&[""], &["pods"], &["get"], &[]),
        rule(&[""], &["pods"], &["get"], &["a"]),
        rule(&[""], &["pods/log", "services"], &["get"], &[]),
        rule(&[""], &["services"], &["create"], &[]),
        rule(&[""], &["secrets"], &["get"], &["a"]),
        rule(&[""], &["secrets"], &["list"], &["b"]),
    ];
    let expected = [
        "get pods",
        "get, create services",
        "get pods/log",
        r#"get pods, secrets named "a""#,
        r#"list secrets named "b""#,
    ];
    assert_eq!(shown(&rules), expected);
}

#[test]
fn rules_that_allow_nothing_have_no_row() {
    assert_eq!(collapse(&[]), []);
    for nothing in [
        rule(&[], &["pods"], &["get"], &[]),
        rule(&[""], &[], &["get"], &[]),
        rule(&[""], &["pods"], &[], &["a"]),
        urls(&[], &["get"]),
    ] {
        assert_eq!(collapse(&[nothing]), []);
    }
}

#[test]
fn texts_that_would_run_into_each_other_are_quoted() {
    let rules = [rule(&["a b"], &["", "x,y"], &["get all"], &["q\"\n"])];
    assert_eq!(shown(&rules), [r#""get all" ""."a b", "x,y"."a b" named "q\"\n""#]);
}

#[test]
fn every_access_policy_comes_out_with_the_same_atoms() {
    for policy in access_policies() {
        let (rules, collapsed) = (policy.rules(), collapse(policy.rules()));
        assert_eq!(uncovered(rules, &collapsed), [], "{}", policy.name);
        assert_eq!(uncovered(&collapsed, rules), [], "{}", policy.name);
        assert_eq!(set(rules), set(&collapsed), "{}", policy.name);
    }
}

fn set(rules: &[PolicyRule]) -> BTreeSet<String> {
    atoms(rules).into_iter().collect()
}

fn lists(words: &'static [&'static str], most: usize) -> impl Strategy<Value = Vec<String>> {
    subsequence(words, 0..=most).prop_map(|words| strings(&words)).prop_shuffle()
}

fn any_rule() -> impl Strategy<Value = PolicyRule> {
    let verbs =
        lists(&["*", "get", "list", "create", "bind", "escalate", "use", "sign", "frobnicate", ""], 5);
    let groups = lists(&["", "*", "apps", "extensions"], 3);
    let resources = lists(&["*", "pods", "pods/log", "*/scale", "deployments", "a/b/c", ""], 4);
    let names = lists(&["", "*", "a", "b"], 3);
    let urls = lists(&["*", "/healthz", "/healthz/*", "x"], 2);
    (verbs, groups, resources, names, urls, select(vec![true, false])).prop_map(
        |(verbs, api_groups, resources, names, non_resource_urls, named)| PolicyRule {
            api_groups,
            resources,
            verbs,
            resource_names: if named { names } else { vec![] },
            non_resource_urls,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn collapsed_rules_have_exactly_the_same_atoms_each_once(rules in proptest::collection::vec(any_rule(), 0..7)) {
        let collapsed = collapse(&rules);
        let after = atoms(&collapsed);
        let distinct: BTreeSet<String> = after.iter().cloned().collect();
        prop_assert_eq!(after.len(), distinct.len(), "an atom comes twice");
        prop_assert_eq!(&distinct, &set(&rules));
        prop_assert!(collapsed.len() <= distinct.len());
        prop_assert!(collapsed.iter().all(|row| !row.to_string().is_empty()));
    }

    #[test]
    fn order_repetition_and_the_cut_into_rules_change_nothing(rules in proptest::collection::vec(any_rule(), 0..6)) {
        let collapsed = collapse(&rules);
        prop_assert_eq!(collapse(&collapsed), collapsed.clone());
        prop_assert_eq!(collapse(&uncovered(&[], &rules)), collapsed.clone());
        let twice: Vec<PolicyRule> = rules.iter().rev().chain(&rules).cloned().collect();
        prop_assert_eq!(collapse(&twice), collapsed);
    }

    #[test]
    fn a_row_is_of_one_kind(rules in proptest::collection::vec(any_rule(), 0..6)) {
        for row in collapse(&rules) {
            let is_virtual = |verb: &String| ["bind", "escalate", "use", "sign"].contains(&verb.as_str());
            if row.non_resource_urls.is_empty() {
                prop_assert!(row.verbs.len() == 1 || !row.verbs.iter().any(is_virtual), "{}", row);
                let subresources = row.resources.iter().filter(|it| it.contains('/')).count();
                let is_mixed = subresources != 0 && subresources != row.resources.len();
                prop_assert!(!is_mixed || is_virtual(&row.verbs[0]), "{}", row);
            } else {
                prop_assert!(row.resources.is_empty() && row.resource_names.is_empty(), "{}", row);
            }
        }
    }
}
