//! Small clusters, and random ones.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use eksodus::model::{AccessScope, Associations, Partition, PolicyArn};
use eksodus::parity::Identity;
use eksodus::parity::exhaustive::Side;
use eksodus::rbac::{Attributes, Binding, PolicyRule, Rbac, Role, RoleRef, Subject, SubjectKind};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

/// Who may ask, and what they are asked about.
#[derive(Debug, Clone, Default)]
pub(in crate::parity) struct World {
    pub identity: Option<Identity>,
    pub rbac: Rbac,
}

impl World {
    pub(in crate::parity) fn side(&self) -> Side<'_> {
        Side { identity: self.identity.as_ref(), rbac: &self.rbac }
    }
}

pub(in crate::parity) fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

pub(in crate::parity) fn user(name: &str, groups: &[&str], policies: Associations) -> Identity {
    Identity::authenticated(name, texts(groups), policies)
}

pub(in crate::parity) fn policy(name: &str, namespaces: &[&str]) -> Associations {
    let scope = AccessScope::namespaces(texts(namespaces)).unwrap_or(AccessScope::Cluster);
    [(PolicyArn::new(Partition::Aws, name).unwrap(), scope)].into()
}

pub(in crate::parity) fn rule(verbs: &[&str], groups: &[&str], resources: &[&str]) -> PolicyRule {
    PolicyRule {
        verbs: texts(verbs),
        api_groups: texts(groups),
        resources: texts(resources),
        ..PolicyRule::default()
    }
}

pub(in crate::parity) fn urls(verbs: &[&str], urls: &[&str]) -> PolicyRule {
    PolicyRule { verbs: texts(verbs), non_resource_urls: texts(urls), ..PolicyRule::default() }
}

/// The rules, bound to the group `devs`, everywhere or in a namespace.
pub(in crate::parity) fn bound(namespace: Option<&str>, rules: &[PolicyRule]) -> Rbac {
    let namespace = namespace.map(str::to_owned);
    let devs = Subject { kind: SubjectKind::Group, name: "devs".to_owned(), namespace: None };
    let role = Role { namespace: None, name: "devs".to_owned(), rules: rules.to_vec(), ..Role::default() };
    let role_ref = RoleRef { kind: "ClusterRole".to_owned(), name: "devs".to_owned() };
    let binding = Binding { namespace, name: "devs".to_owned(), role_ref, subjects: vec![devs] };
    Rbac { roles: vec![role], bindings: vec![binding] }
}

/// What rules are made of. `other`, and what begins like it, is what fresh strings would be called.
pub(in crate::parity) const VERBS: &[&str] = &["get", "list", "*", "other"];
pub(in crate::parity) const GROUPS: &[&str] = &["", "apps", "*", "other"];
pub(in crate::parity) const RESOURCES: &[&str] = &[
    "pods", "pods/log", "*/log", "*", "*/*", "pods/*", "scale", "*/scale", "pods/a/b", "*/a/b", "other",
    "*/other", "", "*/", "/log", "pods/",
];
pub(in crate::parity) const NAMES: &[&str] = &["", "a", "*", "other"];
pub(in crate::parity) const PATHS: &[&str] = &[
    "/a", "/a*", "/a/*", "/a/b", "/a/b*", "/a/b/*", "/a*/b", "/a**", "*", "**", "/*", "", "a", "/o*",
    "/oth*", "/other", "o*", "other*", "/a/o*", "/aother", "/ab",
];
pub(in crate::parity) const NAMESPACES: &[&str] = &["dev", "dev-1", "dev-other", "other", ""];
const SCOPES: &[&str] =
    &["dev", "dev-*", "d*", "*", "dev-o*", "dev-other", "other*", "dev-*-*", "dev-**", "prod"];
/// What requests are made of besides.
pub(in crate::parity) const UNHEARD: &[&str] =
    &["zzz", "o", "othe", "otherother", "\0other", "-", "log", "b", "dev-", "dev-2", "devs", "de"];

fn some(of: &'static [&'static str], most: usize) -> impl Strategy<Value = Vec<String>> {
    subsequence(of, 0..=most).prop_map(|it| texts(&it))
}

fn rules() -> impl Strategy<Value = PolicyRule> {
    (some(VERBS, 2), some(GROUPS, 2), some(RESOURCES, 3), some(NAMES, 1), some(PATHS, 2)).prop_map(
        |(verbs, api_groups, resources, resource_names, non_resource_urls)| PolicyRule {
            verbs,
            api_groups,
            resources,
            resource_names,
            non_resource_urls,
        },
    )
}

fn subject() -> impl Strategy<Value = Subject> {
    let kind = select(vec!["User", "Group", "ServiceAccount", "group"]);
    let name = select(vec!["devs", "alice", "sa", "system:serviceaccount:dev:sa", "system:authenticated"]);
    let namespace = select(vec![None, Some(""), Some("dev")]);
    (kind, name, namespace).prop_map(|(kind, name, namespace)| Subject {
        kind: SubjectKind::from(kind.to_owned()),
        name: name.to_owned(),
        namespace: namespace.map(str::to_owned),
    })
}

fn namespace() -> impl Strategy<Value = Option<String>> {
    prop_oneof![Just(None), select(NAMESPACES).prop_map(|it| Some(it.to_owned()))]
}

fn rbac() -> impl Strategy<Value = Rbac> {
    let names = || select(vec!["a", "b"]).prop_map(str::to_owned);
    let roles = btree_map((namespace(), names()), vec(rules(), 0..3), 1..5).prop_map(|roles| {
        roles
            .into_iter()
            .map(|((namespace, name), rules)| Role { namespace, name, rules, ..Role::default() })
            .collect()
    });
    let kind = select(vec!["ClusterRole", "ClusterRole", "Role", "role"]).prop_map(str::to_owned);
    let role_ref = (kind, names()).prop_map(|(kind, name)| RoleRef { kind, name });
    let binding = (namespace(), names(), role_ref, vec(subject(), 0..4))
        .prop_map(|(namespace, name, role_ref, subjects)| Binding { namespace, name, role_ref, subjects });
    (roles, vec(binding, 0..6)).prop_map(|(roles, bindings)| Rbac { roles, bindings })
}

fn identity() -> impl Strategy<Value = Option<Identity>> {
    let username = select(vec!["alice", "bob", "system:serviceaccount:dev:sa"]);
    let groups = select(vec![&["devs"][..], &["devs"], &["devs"], &[], &["system:masters"]]);
    let names = select(vec!["AmazonEKSSecretReaderPolicy", "AmazonEKSClusterAdminPolicy", "NoSuchPolicy"]);
    let scope = prop_oneof![
        Just(AccessScope::Cluster),
        btree_set(select(SCOPES).prop_map(str::to_owned), 1..3)
            .prop_map(|names| AccessScope::namespaces(names).unwrap()),
    ];
    let arn = names.prop_map(|name| PolicyArn::new(Partition::Aws, name).unwrap());
    let policies = btree_map(arn, scope, 0..2);
    let identity = (username, groups, policies)
        .prop_map(|(username, groups, policies)| user(username, groups, policies));
    prop_oneof![9 => identity.prop_map(Some), 1 => Just(None)]
}

/// A cluster before and after: little has changed.
pub(in crate::parity) fn worlds() -> impl Strategy<Value = [World; 2]> {
    let change = prop_oneof![Just(None), any::<Index>().prop_map(Some)];
    (identity(), identity(), rbac(), rbac(), change, any::<bool>()).prop_map(
        |(first, second, before, other, dropped, is_other)| {
            let mut after = if is_other { other } else { before.clone() };
            if let (Some(at), false) = (dropped, after.bindings.is_empty()) {
                let at = at.index(after.bindings.len());
                after.bindings.remove(at);
            }
            [World { identity: first, rbac: before }, World { identity: second, rbac: after }]
        },
    )
}

/// A request as it could be live, of what rules mention and of what none does.
pub(in crate::parity) fn request() -> impl Strategy<Value = Attributes> {
    let one = |of: &[&[&'static str]]| select(of.concat()).prop_map(str::to_owned);
    let parts: Vec<&str> = RESOURCES.iter().flat_map(|it| it.split('/')).collect();
    let optional = |of: &[&[&'static str]]| prop_oneof![Just(None), one(of).prop_map(Some)];
    let paths: &[&str] =
        &["/a/", "/ax", "/a/bc", "/a/b/c", "/other/", "/otherx", "/aotherx", "/a*", "/a/otherother"];
    let resource = (
        optional(&[NAMESPACES, UNHEARD, SCOPES]),
        one(&[VERBS, UNHEARD]),
        one(&[GROUPS, UNHEARD]),
        one(&[&parts, UNHEARD]),
        optional(&[&parts, UNHEARD]),
        optional(&[NAMES, UNHEARD]),
    );
    let url = (one(&[PATHS, UNHEARD, paths]), one(&[VERBS, UNHEARD]));
    prop_oneof![
        2 => resource.prop_map(|(namespace, verb, group, resource, subresource, name)| {
            Attributes::Resource { namespace, verb, group, resource, subresource, name }
        }),
        1 => url.prop_map(|(path, verb)| Attributes::NonResource { path, verb }),
    ]
}
