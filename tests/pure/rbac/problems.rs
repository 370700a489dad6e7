//! Roles and bindings that give other than it seems.

use eksodus::rbac::{
    Binding, PolicyRule, ProblemKind, Rbac, Requirement, Role, RoleRef, Selector, Subject, SubjectKind,
    default_rbac, problems,
};

fn strings(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

fn rule(verbs: &[&str], resources: &[&str]) -> PolicyRule {
    PolicyRule {
        api_groups: strings(&[""]),
        resources: strings(resources),
        verbs: strings(verbs),
        ..PolicyRule::default()
    }
}

fn role(name: &str, rules: Vec<PolicyRule>) -> Role {
    Role { name: name.to_owned(), rules, ..Role::default() }
}

/// Made of the roles with this label; `labels`: of itself.
fn aggregated(name: &str, label: &str, labels: &[&str], rules: Vec<PolicyRule>) -> Role {
    let selector =
        Selector { match_labels: [(label.to_owned(), "true".to_owned())].into(), ..Selector::default() };
    Role { aggregation: Some(vec![selector]), ..labelled(name, labels, rules) }
}

fn labelled(name: &str, labels: &[&str], rules: Vec<PolicyRule>) -> Role {
    let labels = labels.iter().map(|label| ((*label).to_owned(), "true".to_owned()));
    Role { labels: labels.collect(), ..role(name, rules) }
}

fn binding(namespace: Option<&str>, name: &str, role: (&str, &str), subjects: &[(&str, &str)]) -> Binding {
    let subjects = subjects.iter().map(|(kind, name)| Subject {
        kind: SubjectKind::from((*kind).to_owned()),
        name: (*name).to_owned(),
        namespace: None,
    });
    Binding {
        namespace: namespace.map(str::to_owned),
        name: name.to_owned(),
        role_ref: RoleRef { kind: role.0.to_owned(), name: role.1.to_owned() },
        subjects: subjects.collect(),
    }
}

fn told(roles: Vec<Role>, bindings: Vec<Binding>) -> Vec<String> {
    let rbac = Rbac { roles, bindings };
    problems(&rbac, &rbac.index(), None).iter().map(ToString::to_string).collect()
}

#[test]
fn what_every_api_server_makes_is_sound() {
    let rbac = default_rbac();
    assert_eq!(problems(rbac, &rbac.index(), None), []);
}

#[test]
fn bindings_that_give_nothing_are_counted_and_the_first_are_named() {
    let missing = |n: usize| binding(None, &format!("b{n}"), ("ClusterRole", "gone"), &[("Group", "g")]);
    let mut bindings: Vec<Binding> = (0..500).map(missing).collect();
    bindings.push(binding(Some("shop"), "lower", ("role", "r"), &[]));
    bindings.push(binding(None, "of-a-role", ("Role", "r"), &[]));
    bindings.push(binding(Some("shop"), "there", ("Role", "r"), &[]));
    let local = Role { namespace: Some("shop".to_owned()), ..role("r", vec![]) };
    let found = told(vec![local], bindings);
    assert_eq!(
        found,
        [
            "501 bindings refer to missing roles, and give nothing: ClusterRoleBinding b0 (ClusterRole gone), \
             ClusterRoleBinding b1 (ClusterRole gone), ClusterRoleBinding b2 (ClusterRole gone) and 498 more",
            "1 binding refers to an unknown kind of role, and gives nothing: RoleBinding shop/lower (role r)",
        ]
    );
}

#[test]
fn subjects_that_match_nobody_are_named_with_their_binding() {
    let to = ("ClusterRole", "r");
    let bindings = vec![
        binding(None, "a", to, &[("group", "devs"), ("ServiceAccount", "builder"), ("User", "u")]),
        binding(Some("shop"), "b", to, &[("ServiceAccount", "builder"), ("Group", "g")]),
    ];
    assert_eq!(
        told(vec![role("r", vec![])], bindings),
        [
            "1 subject has an unknown kind and matches nobody: write User, Group or ServiceAccount: ClusterRoleBinding a (\"group\" devs)",
            "1 ServiceAccount without a namespace in a ClusterRoleBinding matches nobody: ClusterRoleBinding a (builder)",
        ]
    );
}

#[test]
fn rules_that_allow_nothing_and_verbs_that_are_none() {
    let url = PolicyRule { non_resource_urls: strings(&["/x"]), ..rule(&["get"], &[]) };
    let roles = vec![
        role("fine", vec![rule(&["get", "impersonate:user-info"], &["pods"]), url]),
        role("a", vec![rule(&["get"], &["pods"]), rule(&[], &["pods"])]),
        role("b", vec![PolicyRule { api_groups: vec![], ..rule(&["get"], &["pods"]) }]),
        Role { namespace: Some("shop".to_owned()), ..role("c", vec![rule(&["GET"], &[])]) },
        role("d", vec![rule(&["get,list"], &["pods"])]),
    ];
    assert_eq!(
        told(roles, vec![]),
        [
            "3 roles have a rule that allows nothing, because one of its lists is empty: ClusterRole a (rule 2: no verbs), \
             ClusterRole b (rule 1: no apiGroups), Role shop/c (rule 1: no resources)",
            "2 roles have an unknown verb: Role shop/c (\"GET\"), ClusterRole d (\"get,list\")",
        ]
    );
}

#[test]
fn drift_is_told_by_what_is_lacking_and_what_is_there_besides() {
    let part =
        || labelled("part", &["to-all"], vec![rule(&["get", "list"], &["pods"]), rule(&["get"], &["nodes"])]);
    let stored = |rules| vec![aggregated("whole", "to-all", &[], rules), part()];
    // in another order, and spelled otherwise, it is the same
    let same = vec![rule(&["get"], &["nodes"]), rule(&["list"], &["pods"]), rule(&["get"], &["pods"])];
    assert_eq!(told(stored(same), vec![]), Vec::<String>::new());
    let other = vec![rule(&["get"], &["pods"]), rule(&["delete"], &["pods"])];
    assert_eq!(
        told(stored(other), vec![]),
        [
            "1 aggregated ClusterRole stores other rules than its controller would write; the stored rules apply: \
             whole (lacks list pods and what 1 more rules give; has besides delete pods)"
        ]
    );
    // nothing is aggregated, and what was written by hand stays
    assert_eq!(
        told(vec![aggregated("whole", "to-nobody", &[], vec![rule(&["get"], &["pods"])])], vec![]),
        Vec::<String>::new()
    );
}

#[test]
fn cycles_and_selectors_that_cannot_be_read() {
    let mut unreadable = aggregated("unreadable", "x", &[], vec![]);
    let requirement = Requirement { key: "k".to_owned(), operator: "in".to_owned(), values: strings(&["a"]) };
    let selector = Selector { match_expressions: vec![requirement], ..Selector::default() };
    unreadable.aggregation.as_mut().unwrap().push(selector);
    let roles = vec![
        aggregated("one", "to-one", &["to-two"], vec![]),
        aggregated("two", "to-two", &["to-one", "to-behind"], vec![]),
        aggregated("behind", "to-behind", &[], vec![]),
        aggregated("itself", "to-itself", &["to-itself"], vec![]),
        unreadable,
    ];
    assert_eq!(
        told(roles, vec![]),
        [
            "2 aggregated ClusterRoles are aggregated from each other, so their rules depend on the order of filling: one, two",
            "1 aggregated ClusterRole has an invalid selector, so nothing is aggregated: unreadable",
        ]
    );
}

#[test]
fn only_what_concerns_somebody_is_told() {
    let rbac = Rbac {
        roles: vec![role("idle", vec![rule(&[], &[])]), role("odd", vec![rule(&["gets"], &["pods"])])],
        bindings: vec![
            binding(None, "a", ("ClusterRole", "odd"), &[("Group", "devs")]),
            binding(None, "b", ("ClusterRole", "idle"), &[("Group", "ops")]),
            binding(None, "c", ("ClusterRole", "gone"), &[("Group", "ops")]),
        ],
    };
    let kinds = |group: &str| -> Vec<ProblemKind> {
        let concerns = |binding: &Binding| binding.subjects.iter().any(|subject| subject.name == group);
        problems(&rbac, &rbac.index(), Some(&concerns)).iter().map(|problem| problem.what).collect()
    };
    assert_eq!(kinds("devs"), [ProblemKind::UnknownVerb]);
    assert_eq!(kinds("ops"), [ProblemKind::MissingRole, ProblemKind::IdleRule]);
    assert_eq!(kinds("nobody"), []);
}
