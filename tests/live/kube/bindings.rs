use eksodus::kube::{KubeApi as _, KubeErrorKind};
use eksodus::rbac::{Binding, RoleRef, Subject, SubjectKind};
use serde_json::json;

use super::run;
use crate::servers::apiserver::{ADMIN, ApiServer};

fn binding(namespace: Option<&str>, name: &str) -> Binding {
    let subject = |kind, name: &str, namespace: Option<&str>| Subject {
        kind,
        name: name.to_owned(),
        namespace: namespace.map(str::to_owned),
    };
    Binding {
        namespace: namespace.map(str::to_owned),
        name: name.to_owned(),
        role_ref: RoleRef { kind: "ClusterRole".to_owned(), name: "view".to_owned() },
        subjects: vec![
            subject(SubjectKind::User, "arn:aws:iam::111122223333:user/é x", None),
            subject(SubjectKind::Group, "readers", None),
            subject(SubjectKind::ServiceAccount, "robot", Some("default")),
        ],
    }
}

#[test]
fn bindings_of_both_kinds_are_made_seen_and_deleted() {
    let Some(server) = ApiServer::shared("bindings_of_both_kinds_are_made_seen_and_deleted") else { return };
    run(server, ADMIN, async |kube| {
        for binding in [binding(None, "test:made once"), binding(Some("default"), "test:made")] {
            let namespace = binding.namespace.as_deref();
            assert_eq!(kube.get_binding(namespace, &binding.name).await.unwrap(), None);
            kube.create_binding(&binding).await.unwrap();
            assert_eq!(kube.get_binding(namespace, &binding.name).await.unwrap().unwrap(), binding);
            assert!(kube.list_rbac().await.unwrap().bindings.contains(&binding));
            let again = kube.create_binding(&binding).await.unwrap_err();
            assert_eq!(again.kind, KubeErrorKind::AlreadyExists, "{again}");
            kube.delete_binding(&binding).await.unwrap();
            assert_eq!(kube.get_binding(namespace, &binding.name).await.unwrap(), None);
            assert_eq!(kube.delete_binding(&binding).await.unwrap_err().kind, KubeErrorKind::NotFound);
        }
        let nowhere = kube.create_binding(&binding(Some("nowhere"), "test")).await.unwrap_err();
        assert_eq!(
            (nowhere.kind, nowhere.message.as_str()),
            (KubeErrorKind::NotFound, r#"namespaces "nowhere" not found"#)
        );
    });
}

#[test]
fn a_binding_with_other_subjects_is_not_deleted() {
    let Some(server) = ApiServer::shared("a_binding_with_other_subjects_is_not_deleted") else { return };
    run(server, ADMIN, async |kube| {
        let present = binding(None, "test:changed");
        kube.create_binding(&present).await.unwrap();
        let mut other = present.clone();
        other.subjects.pop();
        let refused = kube.delete_binding(&other).await.unwrap_err();
        assert_eq!(refused.kind, KubeErrorKind::Conflict, "{refused}");
        assert_eq!(kube.get_binding(None, &present.name).await.unwrap(), Some(present));
    });
}

/// Kubernetes documentation, "Privilege escalation prevention and bootstrapping".
#[test]
fn nobody_binds_what_they_do_not_hold() {
    let Some(server) = ApiServer::shared("nobody_binds_what_they_do_not_hold") else { return };
    let role = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "test:binder"},
        "rules": [{"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterrolebindings"], "verbs": ["create"]}],
    });
    server.create("/apis/rbac.authorization.k8s.io/v1/clusterroles", &role);
    let grant = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "test:binder"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "test:binder"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "guest-1"}],
    });
    server.create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", &grant);
    run(server, "guest-1", async |kube| {
        let mut wanted = binding(None, "test:escalation");
        wanted.role_ref.name = "cluster-admin".to_owned();
        let refused = kube.create_binding(&wanted).await.unwrap_err();
        assert_eq!(refused.kind, KubeErrorKind::Forbidden);
        assert!(
            refused.message.contains("attempting to grant RBAC permissions not currently held"),
            "{refused}"
        );
    });
}
