//! Aggregated ClusterRoles: the defaults, and what no vector has.

use std::collections::BTreeMap;

use eksodus::rbac::{PolicyRule, Rbac, Requirement, Role, Selector, aggregate};

fn rule(verb: &str) -> PolicyRule {
    PolicyRule { verbs: vec![verb.to_owned()], ..PolicyRule::every_resource() }
}

fn labelled(name: &str, label: &str, verbs: &[&str]) -> Role {
    Role {
        name: name.to_owned(),
        labels: BTreeMap::from([(label.to_owned(), "true".to_owned())]),
        rules: verbs.iter().map(|verb| rule(verb)).collect(),
        ..Role::default()
    }
}

fn of_label(label: &str) -> Selector {
    Selector { match_labels: BTreeMap::from([(label.to_owned(), "true".to_owned())]), ..Selector::default() }
}

fn aggregated(role: Role, label: &str) -> Role {
    Role { aggregation: Some(vec![of_label(label)]), ..role }
}

fn filled(roles: Vec<Role>) -> BTreeMap<String, Vec<String>> {
    let mut rbac = Rbac { roles, bindings: Vec::new() };
    rbac.fill_aggregated();
    let verbs = |role: Role| role.rules.into_iter().flat_map(|rule| rule.verbs).collect();
    rbac.roles.into_iter().map(|role| (role.name.clone(), verbs(role))).collect()
}

#[test]
fn a_chain_is_filled_whatever_its_order() {
    let links = vec![
        aggregated(labelled("a", "of-nobody", &[]), "to-a"),
        aggregated(labelled("z", "to-a", &[]), "to-z"),
        aggregated(labelled("m", "to-z", &[]), "to-m"),
        labelled("part", "to-m", &["get"]),
    ];
    for turn in 0..links.len() {
        let mut roles = links.clone();
        roles.rotate_left(turn);
        let filled = filled(roles);
        assert!(["a", "z", "m"].iter().all(|name| filled[*name] == ["get"]), "{filled:?}");
    }
}

#[test]
fn stored_rules_stay_and_are_what_others_get() {
    let roles = vec![
        aggregated(labelled("whole", "x", &[]), "to-whole"),
        aggregated(labelled("half", "to-whole", &["list"]), "to-half"),
        labelled("part", "to-half", &["get"]),
    ];
    let filled = filled(roles.clone());
    assert_eq!((&filled["half"], &filled["whole"]), (&vec!["list".to_owned()], &vec!["list".to_owned()]));
    // the controller replaces them
    assert_eq!(aggregate(&roles)["half"], [rule("get")]);
    assert_eq!(aggregate(&roles)["whole"], [rule("get")]);
}

#[test]
fn a_cycle_ends_and_gives_each_what_any_has() {
    let roles = vec![
        aggregated(labelled("one", "to-two", &[]), "to-one"),
        aggregated(labelled("two", "to-one", &[]), "to-two"),
        labelled("part", "to-one", &["get"]),
        labelled("other", "to-two", &["list"]),
        aggregated(labelled("behind", "x", &[]), "to-one"),
        aggregated(labelled("itself", "to-itself", &[]), "to-itself"),
    ];
    let filled = filled(roles);
    for name in ["one", "two", "behind"] {
        let mut verbs = filled[name].clone();
        verbs.sort();
        assert_eq!(verbs, ["get", "list"], "{name}");
    }
    assert_eq!(filled["itself"], Vec::<String>::new());
}

#[test]
fn one_selector_that_cannot_be_read_leaves_the_role_as_it_is() {
    let unreadable = |operator: &str, values: &[&str]| Selector {
        match_expressions: vec![Requirement {
            key: "k".to_owned(),
            operator: operator.to_owned(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        }],
        ..Selector::default()
    };
    for (operator, values) in [("Gt", &["1"][..]), ("in", &["a"]), ("In", &[]), ("Exists", &["a"])] {
        let mut role = aggregated(labelled("whole", "x", &[]), "to-whole");
        role.aggregation.as_mut().unwrap().push(unreadable(operator, values));
        let filled = filled(vec![role, labelled("part", "to-whole", &["get"])]);
        assert_eq!(filled["whole"], Vec::<String>::new(), "{operator}");
    }
}

#[test]
fn a_label_of_a_role_in_a_namespace_is_not_looked_at() {
    let mut part = labelled("part", "to-whole", &["get"]);
    part.namespace = Some("shop".to_owned());
    let filled = filled(vec![aggregated(labelled("whole", "x", &[]), "to-whole"), part]);
    assert_eq!(filled["whole"], Vec::<String>::new());
}

/// Everything selects everything: without a limit this would be rules by the million.
#[test]
fn hundreds_of_roles_made_of_each_other_end_soon() {
    let name = |n: usize| format!("r{n:05}");
    let mut roles: Vec<Role> = (0..700)
        .map(|n| Role { name: name(n), aggregation: Some(vec![Selector::default()]), ..Role::default() })
        .collect();
    roles.extend((700..1400).map(|n| labelled(&name(n), "x", &[&name(n)])));
    let mut rbac = Rbac { roles, bindings: Vec::new() };
    rbac.fill_aggregated();
    let rules: usize = rbac.roles.iter().map(|role| role.rules.len()).sum();
    assert!(rules < 252_000, "{rules}");
}
