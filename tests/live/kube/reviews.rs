use eksodus::kube::{KubeAccess as _, KubeErrorKind};
use eksodus::rbac::{Attributes, UserInfo};
use serde_json::json;

use super::run;
use crate::servers::apiserver::{ADMIN, ApiServer};

const RBAC: &str = "rbac.authorization.k8s.io";

fn who(name: &str, groups: &[&str]) -> UserInfo {
    UserInfo { username: name.to_owned(), groups: groups.iter().map(|group| (*group).to_owned()).collect() }
}

#[test]
fn reviews_answer_for_users_groups_names_and_urls() {
    let Some(server) = ApiServer::shared("reviews_answer_for_users_groups_names_and_urls") else { return };
    let path = |rest: &str| format!("/apis/{RBAC}/v1/{rest}");
    server.create(
        &path("clusterroles"),
        &json!({
            "apiVersion": format!("{RBAC}/v1"),
            "kind": "ClusterRole",
            "metadata": {"name": "test:review"},
            "rules": [
                {"apiGroups": ["apps"], "resources": ["deployments", "deployments/scale"], "verbs": ["get"]},
                {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["one"], "verbs": ["update"]},
            ],
        }),
    );
    server.create(
        &path("namespaces/default/rolebindings"),
        &json!({
            "apiVersion": format!("{RBAC}/v1"),
            "kind": "RoleBinding",
            "metadata": {"name": "test:review"},
            "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": "test:review"},
            "subjects": [
                {"apiGroup": RBAC, "kind": "Group", "name": "review-team"},
                {"apiGroup": RBAC, "kind": "User", "name": "review-user"},
            ],
        }),
    );
    run(server, ADMIN, async |kube| {
        let get = Attributes::resource("get", "apps", "deployments");
        let here = get.clone().in_namespace("default");
        let scale = match here.clone() {
            Attributes::Resource { namespace, verb, group, resource, name, .. } => Attributes::Resource {
                namespace,
                verb,
                group,
                resource,
                subresource: Some("scale".to_owned()),
                name,
            },
            other => other,
        };
        let status = match scale.clone() {
            Attributes::Resource { namespace, verb, group, resource, name, .. } => Attributes::Resource {
                namespace,
                verb,
                group,
                resource,
                subresource: Some("status".to_owned()),
                name,
            },
            other => other,
        };
        let update = Attributes::resource("update", "", "configmaps").in_namespace("default");
        let url = |path: &str| Attributes::NonResource { path: path.to_owned(), verb: "get".to_owned() };
        let (member, user, stranger) =
            (who("x", &["a", "review-team"]), who("review-user", &[]), who("x", &["a"]));
        for (somebody, what, expected) in [
            (&member, &here, true),
            (&user, &here, true),
            (&stranger, &here, false),
            (&member, &get, false),
            (&member, &get.clone().in_namespace("kube-system"), false),
            (&member, &scale, true),
            (&member, &status, false),
            (&member, &update.clone().named("one"), true),
            (&member, &update.clone().named("two"), false),
            (&member, &update, false),
            (&who("x", &["system:masters"]), &get, true),
            (&who("x", &["system:authenticated"]), &url("/version"), true),
            (&who("x", &["system:authenticated"]), &url("/metrics"), false),
        ] {
            assert_eq!(kube.is_allowed(somebody, what).await.unwrap(), expected, "{somebody:?} {what:?}");
        }
    });
}

#[test]
fn callers_learn_what_they_may_do_themselves() {
    let Some(server) = ApiServer::shared("callers_learn_what_they_may_do_themselves") else { return };
    let list = Attributes::resource("list", "", "namespaces");
    run(server, ADMIN, async |kube| {
        assert!(kube.may_i(&list).await.unwrap());
        // Kubernetes 1.20 has no such review
        assert_eq!(kube.who_am_i().await.unwrap(), None);
    });
    run(server, "bob", async |kube| {
        assert!(!kube.may_i(&list).await.unwrap());
        assert!(
            kube.may_i(&Attributes::resource("create", "authorization.k8s.io", "selfsubjectaccessreviews"))
                .await
                .unwrap()
        );
        let refused = kube.is_allowed(&who("x", &[]), &list).await.unwrap_err();
        let text = r#"SubjectAccessReview: subjectaccessreviews.authorization.k8s.io is forbidden: User "bob" cannot create resource "subjectaccessreviews" in API group "authorization.k8s.io" at the cluster scope"#;
        assert_eq!((refused.kind, refused.to_string().as_str()), (KubeErrorKind::Forbidden, text));
    });
}
