//! What docs/permissions.md gives is enough for every call of a command, and nothing of it is too much.

use std::collections::BTreeMap;
use std::time::Duration;

use eksodus::kube::client::KubeClient;
use eksodus::kube::{KubeAccess as _, KubeApi as _, KubeError, KubeErrorKind, Lease, LeaseApi as _};
use eksodus::preflight::Task::{Entries, Lock, Prune, Read, Rollback, Verify};
use eksodus::preflight::{Extra, Need, Needed, Task, needs_of_tasks, roles};
use eksodus::rbac::{Attributes, Binding, RoleRef, Subject, SubjectKind, UserInfo};
use serde_json::{Value, json};

use super::{block_on, connect_as, connect_as_admin, somebody};
use crate::servers::apiserver::ApiServer;

const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";
const ALL: [Task; 6] = [Read, Verify, Lock, Entries, Prune, Rollback];

/// The roles under a heading of the document, as objects.
fn documented(name: &str) -> Vec<Value> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/permissions.md");
    let document = std::fs::read_to_string(path).unwrap();
    let block = document.split(&format!("<!-- {name} -->")).nth(1).unwrap();
    let block = block.split(&format!("<!-- end of {name} -->")).next().unwrap();
    objects(block.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap())
}

fn objects(yaml: &str) -> Vec<Value> {
    serde_saphyr::from_multiple(yaml).unwrap()
}

/// Creates the roles under a name of the user's own, and binds them to the user.
fn give(server: &ApiServer, user: &str, mut roles: Vec<Value>) {
    for role in &mut roles {
        let kind = role["kind"].as_str().unwrap().to_owned();
        role["metadata"]["name"] = json!(user);
        let namespace = role["metadata"]["namespace"].as_str().map(str::to_owned);
        let at =
            namespace.as_ref().map_or(RBAC.to_owned(), |namespace| format!("{RBAC}/namespaces/{namespace}"));
        server.create(&format!("{at}/{}s", kind.to_lowercase()), role);
        let binding = json!({
            "metadata": {"name": user, "namespace": namespace},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": user},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
        });
        server.create(&format!("{at}/{}bindings", kind.to_lowercase()), &binding);
    }
}

/// What these roles allow, once the server has heard of it: its authorizer hears of roles a moment later.
async fn until_given(admin: &KubeClient, user: &str, needs: &[Need]) {
    let who = UserInfo { username: user.to_owned(), groups: ["system:authenticated".to_owned()].into() };
    for need in needs {
        let Needed::Kube { what, .. } = &need.what else { continue };
        let mut tries = 0;
        while !admin.is_allowed(&who, what).await.unwrap() {
            tries += 1;
            assert!(tries < 500, "{what} was given to {user}, and is not allowed");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

fn needs(tasks: &[Task]) -> Vec<Need> {
    let cluster = "arn:aws:eks:eu-west-1:111122223333:cluster/prod-eu".parse().unwrap();
    let needs = needs_of_tasks(tasks, &cluster, Extra::default());
    needs.into_iter().filter(|need| matches!(need.what, Needed::Kube { .. })).collect()
}

fn binding(namespace: Option<&str>, name: &str, kind: &str, role: &str) -> Binding {
    Binding {
        namespace: namespace.map(str::to_owned),
        name: name.to_owned(),
        role_ref: RoleRef { kind: kind.to_owned(), name: role.to_owned() },
        subjects: vec![Subject {
            kind: SubjectKind::Group,
            name: "checks-nobody".to_owned(),
            namespace: None,
        }],
    }
}

/// Every call that these tasks make, and those of them that the server forbade.
async fn forbidden(client: &KubeClient, admin: &KubeClient, user: &str, tasks: &[Task]) -> Vec<String> {
    let mut forbidden = Vec::new();
    let mut made = |call: &str, ended: Result<(), KubeError>| match ended {
        Ok(()) => {}
        Err(error) if error.kind == KubeErrorKind::Forbidden => forbidden.push(format!("{call}: {error}")),
        // what an earlier, forbidden call was to make
        Err(error) if error.kind == KubeErrorKind::NotFound => {}
        Err(error) => panic!("{call}: {error}"),
    };
    for task in tasks {
        match task {
            Read => {
                made("get aws-auth", client.get_aws_auth().await.map(drop));
                made("list RBAC", client.list_rbac().await.map(drop));
                made("list namespaces", client.list_namespaces().await.map(drop));
            }
            Verify => {
                made("list nodes", client.list_nodes().await.map(drop));
                let who = UserInfo { username: "x".to_owned(), groups: [].into() };
                let what = Attributes::resource("list", "", "pods");
                made("review access", client.is_allowed(&who, &what).await.map(drop));
            }
            Lock => {
                let duration = Duration::from_secs(15);
                let lease = |holder: Option<&str>, resource_version: &str| Lease {
                    holder: holder.map(str::to_owned),
                    duration,
                    renewed: "2026-01-01T00:00:00.000000Z".to_owned(),
                    transitions: 0,
                    resource_version: resource_version.to_owned(),
                };
                made("get Lease", client.get_lease(user).await.map(drop));
                made("create Lease", client.create_lease(user, &lease(Some("me"), "")).await.map(drop));
                // somebody else's, where this user may not create one
                let _ = admin.create_lease(user, &lease(Some("other"), "")).await;
                let version = admin.get_lease(user).await.unwrap().unwrap().resource_version;
                made("replace Lease", client.replace_lease(user, &lease(None, &version)).await.map(drop));
            }
            Entries => {
                for binding in bindings(user) {
                    let namespace = binding.namespace.as_deref();
                    made("get binding", client.get_binding(namespace, &binding.name).await.map(drop));
                    made("create binding", client.create_binding(&binding).await);
                }
            }
            Prune => {
                let _ = admin.create_aws_auth(&data("one"), &Default::default()).await;
                let version = admin.get_aws_auth().await.unwrap().unwrap().resource_version;
                made("replace aws-auth", client.replace_aws_auth(&data("two"), &version).await.map(drop));
                let version = admin.get_aws_auth().await.unwrap().unwrap().resource_version;
                made("delete aws-auth", client.delete_aws_auth(&version).await);
            }
            Rollback => {
                for binding in bindings(user) {
                    let _ = admin.create_binding(&binding).await;
                    made("delete binding", client.delete_binding(&binding).await);
                    let _ = admin.delete_binding(&binding).await;
                }
                if let Some(left) = admin.get_aws_auth().await.unwrap() {
                    admin.delete_aws_auth(&left.resource_version).await.unwrap();
                }
                made(
                    "create aws-auth",
                    client.create_aws_auth(&data("one"), &Default::default()).await.map(drop),
                );
                if let Some(left) = admin.get_aws_auth().await.unwrap() {
                    made("delete aws-auth", client.delete_aws_auth(&left.resource_version).await);
                }
            }
            _ => {}
        }
    }
    forbidden
}

/// To roles whose rules the user does not hold: nothing but `bind` lets them be bound.
fn bindings(user: &str) -> [Binding; 3] {
    let name = |what: &str| format!("{user}-{what}");
    [
        binding(None, &name("everywhere"), "ClusterRole", "cluster-admin"),
        binding(Some("default"), &name("here"), "ClusterRole", "cluster-admin"),
        binding(Some("default"), &name("own"), "Role", "checks-secrets"),
    ]
}

fn data(text: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("mapRoles".to_owned(), format!("# {text}\n"))])
}

/// The Role that tests bind.
fn prepare(server: &ApiServer) {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let rule = json!({"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]});
        let role = json!({"metadata": {"name": "checks-secrets"}, "rules": [rule]});
        server.create(&format!("{RBAC}/namespaces/default/roles"), &role);
    });
}

#[test]
fn the_documented_roles_are_enough_for_every_call() {
    let Some(server) = ApiServer::shared("checks::the_documented_roles_are_enough_for_every_call") else {
        return;
    };
    let _alone = server.aws_auth();
    prepare(server);
    let commands: [(&str, &[Task]); 5] = [
        ("snapshot", &[Read]),
        ("verify", &[Read, Verify]),
        ("apply", &[Read, Lock, Entries]),
        ("prune", &[Read, Lock, Entries, Prune]),
        ("rollback", &[Read, Lock, Rollback]),
    ];
    for (name, tasks) in commands {
        let user = somebody();
        give(server, &user, documented(name));
        block_on(async {
            let admin = connect_as_admin(server).await;
            until_given(&admin, &user, &needs(tasks)).await;
            let client = connect_as(server, &user, &[]).await;
            assert_eq!(forbidden(&client, &admin, &user, tasks).await, Vec::<String>::new(), "{name}");
        });
    }
}

#[test]
fn without_any_one_right_a_call_is_forbidden() {
    let Some(server) = ApiServer::shared("checks::without_any_one_right_a_call_is_forbidden") else { return };
    let _alone = server.aws_auth();
    prepare(server);
    let all = needs(&ALL);
    assert!(all.len() >= 20, "{}", all.len());
    for without in &all {
        let rest: Vec<Need> = all.iter().filter(|need| *need != without).cloned().collect();
        let user = somebody();
        give(server, &user, objects(&roles("rest", &rest).unwrap()));
        block_on(async {
            let admin = connect_as_admin(server).await;
            until_given(&admin, &user, &rest).await;
            let client = connect_as(server, &user, &[]).await;
            let Needed::Kube { what, .. } = &without.what else { return };
            assert!(!client.may_i(what).await.unwrap(), "{what}");
            let forbidden = forbidden(&client, &admin, &user, &ALL).await;
            assert!(!forbidden.is_empty(), "no call needs {what}");
        });
    }
}
