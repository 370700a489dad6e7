use crate::kube::{KubeApi, KubeError, KubeErrorKind};
use crate::rbac::{Binding, Rbac, RoleRef, Subject, SubjectKind};
use crate::simulator::tests::*;

fn kind<T: std::fmt::Debug>(result: Result<T, KubeError>) -> KubeErrorKind {
    result.unwrap_err().kind
}

fn binding(namespace: Option<&str>, name: &str) -> Binding {
    Binding {
        namespace: namespace.map(str::to_owned),
        name: name.to_owned(),
        role_ref: RoleRef { kind: "ClusterRole".to_owned(), name: "view".to_owned() },
        subjects: vec![Subject { kind: SubjectKind::Group, name: "dev".to_owned(), namespace: None }],
    }
}

#[test]
fn only_the_current_resource_version_replaces_or_deletes() {
    let kube = dual();
    let first = block_on(kube.get_aws_auth()).unwrap().unwrap();
    let second = block_on(kube.replace_aws_auth(&data("- a"), &first.resource_version)).unwrap();
    assert_ne!(second.resource_version, first.resource_version);
    let stale = block_on(kube.replace_aws_auth(&data("- b"), &first.resource_version)).unwrap_err();
    assert_eq!(
        (stale.kind, stale.message.as_str()),
        (
            KubeErrorKind::Conflict,
            "Operation cannot be fulfilled on configmaps \"aws-auth\": the object has been modified; please apply your changes to the latest version and try again"
        )
    );
    assert_eq!(kind(block_on(kube.delete_aws_auth(&first.resource_version))), KubeErrorKind::Conflict);
    assert_eq!(block_on(kube.get_aws_auth()).unwrap().unwrap().data, data("- a"));
    block_on(kube.delete_aws_auth(&second.resource_version)).unwrap();
    assert_eq!(block_on(kube.get_aws_auth()).unwrap(), None);
    assert_eq!(kind(block_on(kube.replace_aws_auth(&data(""), "1"))), KubeErrorKind::NotFound);
    assert_eq!(kind(block_on(kube.delete_aws_auth("1"))), KubeErrorKind::NotFound);
}

#[test]
fn the_config_map_is_created_once() {
    let kube = dual();
    assert_eq!(
        kind(block_on(kube.create_aws_auth(&data(""), &Default::default()))),
        KubeErrorKind::AlreadyExists
    );
    let version = block_on(kube.get_aws_auth()).unwrap().unwrap().resource_version;
    block_on(kube.delete_aws_auth(&version)).unwrap();
    let made = block_on(kube.create_aws_auth(&data("- a"), &Default::default())).unwrap();
    assert_eq!((made.metadata["namespace"].as_str(), made.data), (Some("kube-system"), data("- a")));
    assert_eq!(
        kind(block_on(kube.replace_aws_auth(&data(&"x".repeat(1024 * 1024 + 1)), ""))),
        KubeErrorKind::Invalid
    );
}

#[test]
fn a_rewrite_of_the_same_data_keeps_the_version() {
    let kube = dual();
    let map = block_on(kube.get_aws_auth()).unwrap().unwrap();
    let again = block_on(kube.replace_aws_auth(&map.data, &map.resource_version)).unwrap();
    assert_eq!(again, map);
}

#[test]
fn the_manifest_is_given_back_for_as_long_as_its_data_hold() {
    let kube = dual();
    let original = kube.to_snapshot().aws_auth.unwrap();
    let map = block_on(kube.get_aws_auth()).unwrap().unwrap();
    let changed = block_on(kube.replace_aws_auth(&data("- a"), &map.resource_version)).unwrap();
    assert_eq!(kube.to_snapshot().aws_auth.unwrap().config_map, changed);
    block_on(kube.replace_aws_auth(&map.data, &changed.resource_version)).unwrap();
    assert_eq!(kube.to_snapshot().aws_auth, Some(original));
}

#[test]
fn bindings_are_objects_by_kind_namespace_and_name() {
    let mut snapshot = snapshot(AuthenticationMode::Api);
    snapshot.namespaces = Some(vec!["a".to_owned()]);
    snapshot.rbac =
        Some(Rbac { roles: Vec::new(), bindings: vec![binding(None, "x"), binding(Some("a"), "y")] });
    let kube = Simulator::from_snapshot(&snapshot, Behaviour::default()).unwrap();
    let taken = block_on(kube.create_binding(&binding(None, "x"))).unwrap_err();
    assert_eq!(
        (taken.kind, taken.message.as_str()),
        (KubeErrorKind::AlreadyExists, "clusterrolebindings.rbac.authorization.k8s.io \"x\" already exists")
    );
    block_on(kube.create_binding(&binding(Some("a"), "x"))).unwrap();
    assert_eq!(kind(block_on(kube.create_binding(&binding(Some("b"), "x")))), KubeErrorKind::NotFound);
    let names: Vec<String> =
        block_on(kube.list_rbac()).unwrap().bindings.into_iter().map(|binding| binding.name).collect();
    assert_eq!(names, ["x", "x", "y"]);
    block_on(kube.delete_binding(&binding(Some("a"), "x"))).unwrap();
    assert_eq!(kind(block_on(kube.delete_binding(&binding(Some("a"), "x")))), KubeErrorKind::NotFound);
    assert_eq!(kube.to_snapshot(), snapshot);
}

#[test]
fn namespaces_are_those_of_the_snapshot_or_those_every_cluster_has() {
    assert!(block_on(dual().list_namespaces()).unwrap().contains(&"kube-system".to_owned()));
    let mut snapshot = snapshot(AuthenticationMode::Api);
    snapshot.namespaces = Some(vec!["only".to_owned()]);
    let kube = Simulator::from_snapshot(&snapshot, Behaviour::default()).unwrap();
    assert_eq!(block_on(kube.list_namespaces()).unwrap(), ["only"]);
}

#[test]
fn what_is_immutable_is_not_changed_and_may_be_deleted() {
    let mut snapshot = snapshot(AuthenticationMode::Api);
    let map = ConfigMap { data: data("- a"), immutable: Some(true), ..ConfigMap::default() };
    snapshot.aws_auth = Some(Manifest::from_config_map(map));
    let kube = Simulator::from_snapshot(&snapshot, Behaviour::default()).unwrap();
    let refused = block_on(kube.replace_aws_auth(&data("- b"), "")).unwrap_err();
    assert_eq!(refused.kind, KubeErrorKind::Invalid);
    let why =
        "ConfigMap \"aws-auth\" is invalid: data: Forbidden: field is immutable when `immutable` is set";
    assert_eq!(refused.message, why);
    let same = block_on(kube.replace_aws_auth(&data("- a"), "")).unwrap();
    block_on(kube.delete_aws_auth(&same.resource_version)).unwrap();
}

#[test]
fn unknown_bindings_stay_unknown_when_one_was_made() {
    let unknown = Snapshot { rbac: None, access_entries: None, ..snapshot(AuthenticationMode::Api) };
    let kube = Simulator::from_snapshot(&unknown, Behaviour::default()).unwrap();
    let binding = Binding {
        namespace: None,
        name: "ours".to_owned(),
        role_ref: RoleRef { kind: "ClusterRole".to_owned(), name: "view".to_owned() },
        subjects: Vec::new(),
    };
    block_on(kube.create_binding(&binding)).unwrap();
    create(&kube, DEV).unwrap();
    let (out, made) = (kube.to_snapshot(), kube.made());
    assert_eq!((out.rbac.as_ref(), out.access_entries.as_ref()), (None, None));
    assert_eq!((made.bindings.len(), made.entries.len()), (1, 1));
    // the next process goes on with it
    let again = Simulator::from_snapshot(&out, Behaviour::default()).unwrap();
    again.add_made(&made);
    assert_eq!(block_on(again.get_binding(None, "ours")).unwrap(), Some(binding.clone()));
    assert!(block_on(again.describe_access_entry(DEV)).is_ok());
    block_on(again.delete_binding(&binding)).unwrap();
    block_on(again.delete_access_entry(&arn(DEV))).unwrap();
    assert_eq!(again.made(), crate::snapshot::Made::default());
}
