use std::collections::{BTreeMap, BTreeSet};

use proptest::option;
use proptest::prelude::*;

use crate::model::{
    AccessScope, AuthenticationMode, ClusterId, ConfigMap, EntryType, PolicyArn, PrincipalArn, Update,
    UpdateStatus,
};
use crate::rbac::served::ApiResource;
use crate::rbac::{Binding, PolicyRule, Rbac, Requirement, Role, RoleRef, Selector, Subject, SubjectKind};
use crate::reader::Manifest;
use crate::snapshot::folder::tests::*;
use crate::snapshot::{
    Caller, Cluster, ClusterStatus, FargateProfile, IamRole, IamUser, IdentityProvider, Listing, Nodegroup,
    ObservedEntry,
};

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z:*{}-]{1,12}", "[ -~é\n\t]{0,12}", Just("yes".to_owned()), Just("012".to_owned())]
}

fn principal(kind: &'static str) -> impl Strategy<Value = PrincipalArn> {
    ("(/[a-z]{1,3}){0,2}", "[A-Za-z@.]{1,8}").prop_map(move |(path, name)| {
        format!("arn:aws:iam::111122223333:{kind}{path}/{name}").parse().unwrap()
    })
}

fn time() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("2024-05-06T12:53:20.123000+00:00".to_owned()),
        "17[0-9]{8}",
        "17[0-9]{8}[.][0-9]{1,3}",
        text()
    ]
}

prop_compose! {
    fn cluster()(
        name in "[a-z]{1,5}",
        version in text(),
        mode in prop::sample::select(vec![
            AuthenticationMode::ConfigMap, AuthenticationMode::ApiAndConfigMap, AuthenticationMode::Api,
        ]),
        endpoint in option::of(text()),
        auto_mode_node_role in option::of(principal("role")),
        creator_admin in option::of(any::<bool>()),
        (outpost, local) in (any::<bool>(), any::<bool>()),
    ) -> Cluster {
        let id: ClusterId = format!("arn:aws:eks:eu-west-1:111122223333:cluster/{name}").parse().unwrap();
        Cluster {
            id, version, platform_version: if outpost && local { "eks-local-outposts.2".into() } else { "eks.1".into() }, status: ClusterStatus("ACTIVE".into()), mode, endpoint,
            creator_admin, auto_mode_node_role, outpost,
        }
    }
}

fn manifest() -> impl Strategy<Value = Manifest> {
    let texts = |key| prop::collection::btree_map(key, text(), 0..3);
    let data = texts("mapRoles|mapUsers|[a-z]{1,4}");
    let binary = prop::collection::btree_map("[a-z]{1,4}", "([A-Za-z0-9+/]{4}){0,2}", 0..3);
    let maps = (option::of(texts("[a-z/.]{1,9}")), option::of(texts("[a-z]{1,4}")));
    (data, binary, option::of(any::<bool>()), maps, "[0-9]{0,3}").prop_map(
        |(data, binary_data, immutable, (annotations, labels), resource_version)| {
            let metadata = serde_json::json!({"name": "aws-auth", "namespace": "kube-system"});
            let mut metadata = metadata.as_object().unwrap().clone();
            metadata.extend(annotations.map(|it| ("annotations".to_owned(), serde_json::json!(it))));
            metadata.extend(labels.map(|it| ("labels".to_owned(), serde_json::json!(it))));
            Manifest::from_config_map(ConfigMap { data, binary_data, immutable, metadata, resource_version })
        },
    )
}

fn updates() -> impl Strategy<Value = Vec<Update>> {
    let params = prop::collection::btree_map("AuthenticationMode|[A-Z]{1,2}", text(), 0..3);
    let errors = prop::collection::vec("[a-zA-Z ]{0,9}[a-z]", 0..3);
    let status = prop::sample::select(UpdateStatus::ALL.to_vec());
    let update = ("[a-f0-9]{1,4}", text(), status, time(), params, errors).prop_map(
        |(id, kind, status, created, params, errors)| Update { id, kind, status, created, params, errors },
    );
    prop::collection::vec(update, 0..3).prop_map(|updates| {
        let mut updates = by(updates, |update| update.id.clone());
        // newest first, and by id where the times say nothing
        updates.sort_by_key(|update| std::cmp::Reverse(update.created_at()));
        updates
    })
}

fn identity_providers() -> impl Strategy<Value = Vec<IdentityProvider>> {
    let provider = (text(), text()).prop_map(|(kind, name)| IdentityProvider { kind, name });
    prop::collection::btree_set(provider, 0..3).prop_map(|set| set.into_iter().collect())
}

/// A complete list has pods, as every API server does.
fn api_resources() -> impl Strategy<Value = Listing<ApiResource>> {
    let group = prop::sample::select(vec!["", "apps", "a.example.com"]);
    let verbs = prop::collection::btree_set("[a-z]{1,3}", 0..3);
    let place = (group, "v[12]", "[a-z]{1,3}", option::of("[a-z]{1,3}(/[a-z])?"));
    let resource = (place, any::<bool>(), verbs).prop_map(
        |((group, version, resource, subresource), namespaced, verbs)| ApiResource {
            group: group.to_owned(),
            version,
            resource,
            subresource,
            namespaced,
            verbs,
        },
    );
    (prop::collection::btree_set(resource, 0..6), any::<bool>()).prop_map(|(mut items, complete)| {
        let exec = ApiResource {
            group: String::new(),
            version: "v1".into(),
            resource: "pods".into(),
            subresource: Some("exec".into()),
            namespaced: true,
            verbs: BTreeSet::new(),
        };
        items.extend(complete.then_some(exec));
        Listing { items: items.into_iter().collect(), complete }
    })
}

fn scope() -> impl Strategy<Value = AccessScope> {
    prop_oneof![
        Just(AccessScope::Cluster),
        prop::collection::vec("[a-z*]{1,3}", 1..3).prop_map(|names| AccessScope::namespaces(names).unwrap()),
    ]
}

fn policy() -> impl Strategy<Value = PolicyArn> {
    "[A-Za-z]{1,9}".prop_map(|name| format!("arn:aws:eks::aws:cluster-access-policy/{name}").parse().unwrap())
}

prop_compose! {
    fn entry()(
        principal in principal("role"),
        entry_type in prop::sample::select(vec!["STANDARD", "EC2_LINUX", "EC2", "NEW"]),
        username in text(),
        groups in prop::collection::btree_set(text(), 0..3),
        policies in prop::collection::btree_map(policy(), scope(), 0..3),
        tags in prop::collection::btree_map(text(), text(), 0..2),
        (arn, created, modified) in (text(), time(), time()),
    ) -> ObservedEntry {
        let entry_type = EntryType::from(entry_type.to_owned());
        ObservedEntry {
            principal: principal.to_string(), entry_type, username, groups, policies, tags, arn, created, modified,
        }
    }
}

fn labels() -> impl Strategy<Value = BTreeMap<String, String>> {
    prop::collection::btree_map("[ab]", "[xy]", 0..3)
}

fn selectors() -> impl Strategy<Value = Vec<Selector>> {
    let operator = prop::sample::select(vec!["In", "NotIn", "Exists", "DoesNotExist", "Gt"]);
    let requirement = ("[ab]", operator, prop::collection::vec("[xy]", 0..2))
        .prop_map(|(key, operator, values)| Requirement { key, operator: operator.to_owned(), values });
    let selector = (labels(), prop::collection::vec(requirement, 0..2))
        .prop_map(|(match_labels, match_expressions)| Selector { match_labels, match_expressions });
    prop::collection::vec(selector, 0..3)
}

fn rbac() -> impl Strategy<Value = Rbac> {
    let names = || prop::collection::btree_set((option::of("[a-z]{1,3}"), "[a-z:.]{1,4}"), 0..4);
    let list = || prop::collection::vec(text(), 0..3);
    let rule = (list(), list(), list(), list(), list()).prop_map(|(a, b, c, d, e)| PolicyRule {
        api_groups: a,
        resources: b,
        verbs: c,
        resource_names: d,
        non_resource_urls: e,
    });
    let kind = prop::sample::select(vec!["User", "Group", "ServiceAccount", "user", ""]);
    let subject = (kind, text(), option::of("[a-z]{1,3}")).prop_map(|(kind, name, namespace)| Subject {
        kind: SubjectKind::from(kind.to_owned()),
        name,
        namespace,
    });
    // only ClusterRoles have what aggregation looks at, and what is aggregated is filled
    let bound = (names(), prop::collection::vec(subject, 0..3), text());
    (names(), prop::collection::vec(rule, 0..3), labels(), option::of(selectors()), bound).prop_map(
        |(roles, rules, labels, aggregation, (bindings, subjects, role))| {
            let role_of = |(namespace, name): (Option<String>, String)| match namespace {
                Some(_) => Role { namespace, name, rules: rules.clone(), ..Role::default() },
                None => Role {
                    namespace,
                    // some with rules, some without
                    rules: rules.iter().filter(|_| name.len() % 2 == 0).cloned().collect(),
                    name,
                    labels: labels.clone(),
                    aggregation: aggregation.clone(),
                },
            };
            let mut rbac = Rbac {
                roles: roles.into_iter().map(role_of).collect(),
                bindings: bindings
                    .into_iter()
                    .map(|(namespace, name)| Binding {
                        namespace,
                        name,
                        role_ref: RoleRef { kind: "ClusterRole".into(), name: role.clone() },
                        subjects: subjects.clone(),
                    })
                    .collect(),
            };
            rbac.fill_aggregated();
            rbac
        },
    )
}

/// What a list by principal or name holds: each once, in order.
fn by<K: Ord, T>(items: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    items.into_iter().map(|item| (key(&item), item)).collect::<BTreeMap<_, _>>().into_values().collect()
}

fn compute() -> impl Strategy<Value = (Option<Vec<Nodegroup>>, Option<Vec<FargateProfile>>)> {
    let group = ("[a-z]{1,3}", principal("role"), option::of(text()))
        .prop_map(|(name, node_role, ami_type)| Nodegroup { name, node_role, ami_type });
    let profile = ("[a-z]{1,3}", principal("role"))
        .prop_map(|(name, pod_execution_role)| FargateProfile { name, pod_execution_role });
    let groups = prop::collection::vec(group, 0..3).prop_map(|groups| by(groups, |group| group.name.clone()));
    let profiles =
        prop::collection::vec(profile, 0..3).prop_map(|list| by(list, |profile| profile.name.clone()));
    (option::of(groups), option::of(profiles))
}

fn iam() -> impl Strategy<Value = (Option<Listing<IamRole>>, Option<Listing<IamUser>>)> {
    let role =
        (principal("role"), text(), time()).prop_map(|(arn, id, created)| IamRole { arn, id, created });
    let user =
        (principal("user"), text(), time()).prop_map(|(arn, id, created)| IamUser { arn, id, created });
    let roles = (prop::collection::vec(role, 0..3), any::<bool>())
        .prop_map(|(items, complete)| Listing { items: by(items, |role| role.arn.to_string()), complete });
    let users = (prop::collection::vec(user, 0..3), any::<bool>())
        .prop_map(|(items, complete)| Listing { items: by(items, |user| user.arn.to_string()), complete });
    (option::of(roles), option::of(users))
}

prop_compose! {
    fn snapshot()(
        cluster in option::of(cluster()),
        aws_auth in option::of(manifest()),
        entries in option::of(prop::collection::vec(entry(), 0..3)),
        policies in option::of(prop::collection::btree_set(policy(), 0..3)),
        (nodegroups, fargate_profiles) in compute(),
        (iam_roles, iam_users) in iam(),
        rbac in option::of(rbac()),
        namespaces in option::of(prop::collection::btree_set("[a-z0-9]{1,4}", 0..3)),
        caller in option::of((text(), text(), text())),
        (updates, identity_providers) in (option::of(updates()), option::of(identity_providers())),
        api_resources in option::of(api_resources()),
    ) -> Snapshot {
        let list = |set: BTreeSet<_>| set.into_iter().collect();
        Snapshot {
            cluster, updates, aws_auth, identity_providers, api_resources,
            access_entries: entries.map(|entries| by(entries, |entry| entry.principal.clone())),
            access_policies: policies.map(|set| set.into_iter().collect()),
            nodegroups, fargate_profiles, iam_roles, iam_users, rbac,
            namespaces: namespaces.map(list),
            caller: caller.map(|(arn, account, user_id)| Caller { arn, account, user_id }),
            own_switch: None,
            evidence: None,
        }
    }
}

fn load_from(directory: &Path) -> Snapshot {
    let mut loaded = Snapshot::load(directory).unwrap();
    if let Some(manifest) = &mut loaded.aws_auth {
        assert_eq!(manifest.source.name, directory.join("aws-auth.yaml").to_string_lossy());
        manifest.source.name = "aws-auth".into();
    }
    loaded
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_saved_is_loaded(first in snapshot(), second in snapshot()) {
        let directory = tempfile::tempdir().unwrap();
        let folder = directory.path().join("new/folder");
        first.save(&folder).unwrap();
        prop_assert_eq!(&load_from(&folder), &first);
        second.save(&folder).unwrap();
        let mut loaded = load_from(&folder);
        // an equal ConfigMap keeps the text that was there
        if let (Some(loaded), Some(second)) = (&mut loaded.aws_auth, &second.aws_auth) {
            prop_assert_eq!(&loaded.config_map, &second.config_map);
            *loaded = second.clone();
        }
        prop_assert_eq!(&loaded, &second);
    }
}

#[test]
fn what_is_unchanged_keeps_its_bytes_and_what_is_unknown_goes() {
    let hand_made = "# mine\ndata: {mapRoles: 'x'}\n";
    let caller = "{\"Arn\":\"a\",   \"Account\":\"b\",\"UserId\":\"c\",\"More\":1}";
    let namespaces = "kind: Namespace\nmetadata: {name: a} # mine\n";
    let directory = folder(&[
        ("aws-auth.yaml", hand_made),
        ("caller.json", caller),
        ("namespaces.yaml", namespaces),
        ("notes.txt", "keep"),
    ]);
    let read = |name: &str| fs::read_to_string(directory.path().join(name)).ok();
    let mut snapshot = Snapshot::load(directory.path()).unwrap();
    snapshot.namespaces = None;
    snapshot.save(directory.path()).unwrap();
    assert_eq!(read("aws-auth.yaml").as_deref(), Some(hand_made));
    assert_eq!(read("caller.json").as_deref(), Some(caller));
    assert_eq!(read("namespaces.yaml"), None);
    assert_eq!(read("notes.txt").as_deref(), Some("keep"));
    snapshot.caller.as_mut().unwrap().arn = "z".into();
    snapshot.save(directory.path()).unwrap();
    let written = "{\n    \"UserId\": \"c\",\n    \"Account\": \"b\",\n    \"Arn\": \"z\"\n}\n";
    assert_eq!(read("caller.json").as_deref(), Some(written));
}

#[test]
fn a_document_that_is_not_understood_is_not_overwritten() {
    let directory =
        folder(&[("caller.json", "{"), ("namespaces.yaml", "kind: Namespace\nmetadata: {name: a}\n")]);
    let error = Snapshot::default().save(directory.path()).unwrap_err();
    assert_eq!(error.path, directory.path().join("caller.json"));
    assert!(directory.path().join("namespaces.yaml").exists());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_runs_made_is_kept_beside_the_snapshot(
        snapshot in snapshot(), entries in prop::collection::vec(entry(), 0..3), rbac in rbac(),
    ) {
        let directory = tempfile::tempdir().unwrap();
        snapshot.save(directory.path()).unwrap();
        let bindings = by(rbac.bindings, |it| (it.namespace.clone(), it.name.clone()));
        let made = Made { entries: by(entries, |entry| entry.principal.clone()), bindings };
        made.save(directory.path()).unwrap();
        prop_assert_eq!(&Made::load(directory.path()).unwrap(), &made);
        prop_assert_eq!(&load_from(directory.path()), &snapshot);
        Made::default().save(directory.path()).unwrap();
        prop_assert!(!directory.path().join("made-entries.json").exists());
        prop_assert!(!directory.path().join("made-bindings.yaml").exists());
    }
}
