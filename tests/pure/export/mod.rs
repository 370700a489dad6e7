//! What is exported, read back by parsers that are not ours, is what was to be exported; whatever the names in it are.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod ack;
mod aws_cli;
mod canonical;
mod cloudformation;
mod crossplane;
mod eksctl;
mod handover;
mod manifests;
mod names;
mod owners;
mod pulumi;
mod schemas;
mod terraform;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};

use eksodus::export::{CarriedBinding, Entry, Handover};
use eksodus::model::{
    AccessEntry, AccessScope, AuthenticationMode, EntryType, EntryUsername, GroupName, Username,
};
use eksodus::rbac::{Binding, RoleRef, Subject, SubjectKind};
use eksodus::snapshot::Snapshot;
use proptest::prelude::*;
use serde_json::Value;

use crate::kit::cluster::{ACCOUNT, With, arn, cluster, policy, shown};
use crate::kit::seen::payloads;

/// An entry as its reader sees it: texts, and `None` for what is not said.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Read {
    pub principal: String,
    pub entry_type: String,
    pub username: Option<String>,
    pub groups: BTreeSet<String>,
    /// Namespaces, or the whole cluster.
    pub policies: BTreeMap<String, Option<BTreeSet<String>>>,
    pub tags: BTreeMap<String, String>,
}

impl Read {
    pub fn of(entry: &AccessEntry) -> Self {
        let policies = entry.policies.iter().map(|(policy, scope)| {
            let namespaces = match scope {
                AccessScope::Cluster => None,
                AccessScope::Namespaces(names) => Some(names.clone()),
            };
            (policy.to_string(), namespaces)
        });
        Self {
            principal: entry.principal.to_string(),
            entry_type: entry.entry_type.to_string(),
            username: match &entry.username {
                EntryUsername::Default => None,
                EntryUsername::Custom(name) => Some(name.to_string()),
            },
            groups: entry.groups.iter().map(ToString::to_string).collect(),
            policies: policies.collect(),
            tags: entry.tags.clone(),
        }
    }

    pub fn all(handover: &Handover) -> BTreeSet<Self> {
        handover.entries.iter().map(|entry| Self::of(&entry.entry)).collect()
    }

    /// Of an object with these names for its fields, and no others but `more`; tags as a map.
    pub fn from_object(object: &Value, names: &Names, more: &[&str]) -> Self {
        let fields = object.as_object().unwrap();
        let own =
            [names.principal, names.entry_type, names.username, names.groups, names.policies, names.tags];
        let known = |key: &String| own.contains(&key.as_str()) || more.contains(&key.as_str());
        assert!(fields.keys().all(known), "{object}");
        let empty = Vec::new();
        let policies = fields.get(names.policies).map_or(&empty, |it| it.as_array().unwrap());
        Self {
            principal: text(&fields[names.principal]),
            entry_type: text(&fields[names.entry_type]),
            username: fields.get(names.username).map(text),
            groups: fields.get(names.groups).map(texts).unwrap_or_default(),
            policies: policies
                .iter()
                .map(|it| (text(&it[names.policy]), namespaces(&it[names.scope], names)))
                .collect(),
            tags: fields.get(names.tags).map(tags_of).unwrap_or_default(),
        }
    }
}

/// What a format calls the fields of an entry.
pub struct Names {
    pub principal: &'static str,
    pub entry_type: &'static str,
    pub username: &'static str,
    pub groups: &'static str,
    pub policies: &'static str,
    pub policy: &'static str,
    pub scope: &'static str,
    pub scope_type: &'static str,
    pub namespaces: &'static str,
    pub tags: &'static str,
}

fn tags_of(value: &Value) -> BTreeMap<String, String> {
    match value {
        Value::Object(tags) => tags.iter().map(|(key, value)| (key.clone(), text(value))).collect(),
        list => list.as_array().unwrap().iter().map(|it| (text(&it["Key"]), text(&it["Value"]))).collect(),
    }
}

pub fn namespaces(scope: &Value, names: &Names) -> Option<BTreeSet<String>> {
    let listed = scope.get(names.namespaces).map(texts);
    match text(&scope[names.scope_type]).as_str() {
        "cluster" => assert_eq!(listed, None),
        "namespace" => assert!(listed.as_ref().is_some_and(|it| !it.is_empty())),
        other => panic!("{other}"),
    }
    listed
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no string")).to_owned()
}

pub fn texts(value: &Value) -> BTreeSet<String> {
    let items = value.as_array().unwrap();
    let texts: BTreeSet<String> = items.iter().map(text).collect();
    assert_eq!(texts.len(), items.len(), "{value}");
    texts
}

/// What could be taken for something else by one of the formats.
const ODD: [&str; 34] = [
    "${path.module}",
    "$${aws_region}",
    "$$${x}",
    "%{ if true }x%{ endif }",
    "%%{x} 100%",
    "$",
    "$$",
    "{{resolve:ssm:/x:1}}",
    "${Token[TOKEN.1]}",
    "$(touch /srv/x)",
    "`id`",
    "'; exit 1; '",
    "\"; exit 1; \"",
    "file:///etc/passwd",
    "https://example.com",
    "--region",
    "-",
    "~",
    "null",
    "Yes",
    "1e3",
    "0x10",
    "12:30:45",
    "2024-01-01",
    "<<EOT",
    "!Ref X",
    "&a *a",
    "a: b #c",
    "[x], {y}",
    "back\\slash \\n \\u0041",
    "two\nlines\n",
    "\n\n leading",
    "\u{1f600} é",
    "Fn::GetAtt",
];

/// Some text, hostile mostly.
pub fn hostile() -> impl Strategy<Value = String> {
    let odd: Vec<String> = ODD.iter().map(|&odd| odd.to_owned()).chain(payloads()).collect();
    prop_oneof![
        3 => prop::sample::select(odd.clone()),
        1 => "[a-z][a-z0-9-]{0,12}",
        1 => any::<String>(),
        1 => (prop::sample::select(odd.clone()), prop::sample::select(odd)).prop_map(|(a, b)| a + &b),
    ]
}

fn principal() -> impl Strategy<Value = String> {
    let kind = prop::sample::select(vec!["role", "user"]);
    (kind, "([a-z][a-z0-9.-]{0,8}/){0,2}", "[A-Za-z0-9+=,.@_-]{1,12}")
        .prop_map(|(kind, path, name)| format!("arn:aws:iam::{ACCOUNT}:{kind}/{path}{name}"))
}

fn scope() -> impl Strategy<Value = AccessScope> {
    let namespaces = prop::collection::btree_set(hostile(), 1..3);
    prop::option::of(namespaces).prop_map(|names| names.map_or(AccessScope::Cluster, AccessScope::Namespaces))
}

/// Standard entries and entries of nodes, with tags as far as a format has them.
pub fn entries(with_tags: bool) -> impl Strategy<Value = Vec<AccessEntry>> {
    let policies = ["AmazonEKSClusterAdminPolicy", "AmazonEKSViewPolicy", "AmazonEKSEditPolicy"];
    let policies = prop::collection::btree_map(prop::sample::select(policies.to_vec()), scope(), 0..3);
    let tags = prop::collection::btree_map(hostile(), hostile(), 0..=usize::from(with_tags) * 2);
    let groups = prop::collection::vec(hostile(), 0..3);
    let node = prop::bool::weighted(0.2);
    let one = (prop::option::of(hostile()), groups, policies, tags, node).prop_map(
        |(username, groups, policies, tags, node)| {
            let plain = AccessEntry::standard(arn(&format!("arn:aws:iam::{ACCOUNT}:role/x")));
            if node {
                return AccessEntry { entry_type: EntryType::Ec2Linux, tags, ..plain };
            }
            let username = username.and_then(|name| Username::new(format!("u:{name}")).ok());
            AccessEntry {
                username: username.map_or(EntryUsername::Default, EntryUsername::Custom),
                groups: groups.into_iter().filter_map(|group| GroupName::new(group).ok()).collect(),
                policies: policies.into_iter().map(|(name, scope)| (policy(name), scope)).collect(),
                tags,
                ..plain
            }
        },
    );
    prop::collection::btree_map(principal(), one, 1..4).prop_map(|entries| {
        let entries = entries.into_iter().map(|(principal, entry)| {
            let principal = match entry.entry_type.is_standard() {
                true => principal,
                false => principal.replace(":user/", ":role/nodes/"),
            };
            AccessEntry { principal: arn(&principal), ..entry }
        });
        let unique: BTreeMap<_, _> = entries.map(|entry| (entry.principal.clone(), entry)).collect();
        unique.into_values().collect()
    })
}

/// A cluster with exactly these entries.
pub fn snapshot(entries: &[AccessEntry]) -> Snapshot {
    cluster(AuthenticationMode::ApiAndConfigMap, &[]).entries(entries.iter().map(shown).collect())
}

/// All of them are there; or none is.
pub fn handover(entries: &[AccessEntry], exist: bool) -> Handover {
    let handover = Handover::of_cluster(&snapshot(entries).iam_known(false, false)).unwrap();
    assert_eq!(handover.entries.len(), entries.len(), "{:?}", handover.left_out);
    let entries = handover.entries.into_iter().map(|entry| Entry { exists: exist, ..entry });
    Handover { entries: entries.collect(), ..handover }
}

pub fn binding(
    name: &str,
    namespace: Option<&str>,
    role: &str,
    subjects: &[(SubjectKind, &str)],
) -> CarriedBinding {
    let subjects = subjects.iter().map(|(kind, name)| Subject {
        namespace: (*kind == SubjectKind::ServiceAccount).then(|| "shop".to_owned()),
        kind: kind.clone(),
        name: (*name).to_owned(),
    });
    let binding = Binding {
        namespace: namespace.map(str::to_owned),
        name: name.to_owned(),
        role_ref: RoleRef { kind: "ClusterRole".to_owned(), name: role.to_owned() },
        subjects: subjects.collect(),
    };
    CarriedBinding { binding, exists: false }
}

/// A DNS subdomain, as the names of Kubernetes' objects are (RFC 1123).
pub fn is_object_name(name: &str) -> bool {
    let is_label = |label: &str| {
        let inner = label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        inner && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}
