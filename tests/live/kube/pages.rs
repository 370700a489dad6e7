use eksodus::kube::{KubeAccess as _, KubeApi as _, Node};
use eksodus::rbac::{Binding, Role};
use serde_json::json;

use super::run;
use crate::servers::apiserver::{ADMIN, ApiServer};

const RBAC: &str = "rbac.authorization.k8s.io";

/// More than one page of each.
#[test]
fn every_object_of_every_page_is_there_once_and_in_order() {
    let Some(server) = ApiServer::shared("every_object_of_every_page_is_there_once_and_in_order") else {
        return;
    };
    const COUNT: usize = 610;
    std::thread::scope(|threads| {
        for part in 0..8 {
            threads.spawn(move || {
                let numbers: Vec<usize> = (part..COUNT).step_by(8).collect();
                server.create_all(&numbers.iter().flat_map(|number| objects(*number)).collect::<Vec<_>>());
            });
        }
    });
    run(server, ADMIN, async |kube| {
        let rbac = kube.list_rbac().await.unwrap();
        let ours = |name: &&str| name.starts_with("test-page-");
        let expected: Vec<String> = (0..COUNT).map(|number| format!("test-page-{number:04}")).collect();
        let roles: Vec<&str> = rbac.roles.iter().map(|role| role.name.as_str()).filter(ours).collect();
        assert_eq!(roles, expected);
        let bindings: Vec<&str> = rbac.bindings.iter().map(|it| it.name.as_str()).filter(ours).collect();
        assert_eq!(bindings, expected);
        let role = rbac.roles.iter().find(|role| role.name == "test-page-0600").unwrap();
        assert_eq!((role.namespace.as_deref(), role.rules[0].verbs[0].as_str()), (None, "get"));
        let binding = rbac.bindings.iter().find(|it| it.name == "test-page-0600").unwrap();
        assert_eq!(
            (binding.namespace.as_deref(), binding.subjects[0].name.as_str()),
            (Some("default"), "team-600")
        );

        let key = |role: &Role| (role.namespace.clone(), role.name.clone());
        assert!(rbac.roles.is_sorted_by_key(key));
        assert!(rbac.bindings.is_sorted_by_key(|it: &Binding| (it.namespace.clone(), it.name.clone())));
        // made by the server as it starts: one of each kind
        assert!(rbac.roles.iter().any(|role| role.namespace.is_none() && role.name == "cluster-admin"));
        assert!(rbac.roles.iter().any(|role| role.namespace.as_deref() == Some("kube-public")));
        assert!(rbac.bindings.iter().any(|it| it.namespace.is_none() && it.name == "cluster-admin"));
    });
}

fn objects(number: usize) -> [(String, serde_json::Value); 2] {
    let metadata =
        json!({"name": format!("test-page-{number:04}"), "annotations": {"long": "x".repeat(500)}});
    let role = json!({
        "apiVersion": format!("{RBAC}/v1"),
        "kind": "ClusterRole",
        "metadata": metadata,
        "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
    });
    let binding = json!({
        "apiVersion": format!("{RBAC}/v1"),
        "kind": "RoleBinding",
        "metadata": metadata,
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": "view"},
        "subjects": [{"apiGroup": RBAC, "kind": "Group", "name": format!("team-{number}")}],
    });
    let path = |rest: &str| format!("/apis/{RBAC}/v1/{rest}");
    [(path("clusterroles"), role), (path("namespaces/default/rolebindings"), binding)]
}

#[test]
fn namespaces_and_nodes_are_listed() {
    let Some(server) = ApiServer::shared("namespaces_and_nodes_are_listed") else { return };
    let labels = json!({"eks.amazonaws.com/nodegroup": "workers"});
    let node = |name: &str, labels| json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}});
    server.create("/api/v1/nodes", &node("test-node-a", labels));
    let mut second = server.create("/api/v1/nodes", &node("test-node-b", json!(null)));
    second["status"] =
        json!({"conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady", "message": ""}]});
    let (status, answer) = server.request(ADMIN, "PUT", "/api/v1/nodes/test-node-b/status", Some(&second));
    assert_eq!(status, 200, "{answer}");
    run(server, ADMIN, async |kube| {
        let namespaces = kube.list_namespaces().await.unwrap();
        assert!(["default", "kube-system"].iter().all(|name| namespaces.iter().any(|it| it == name)));
        assert!(namespaces.is_sorted());
        let nodes = kube.list_nodes().await.unwrap();
        let ours: Vec<&Node> = nodes.iter().filter(|node| node.name.starts_with("test-node-")).collect();
        let node = |name: &str, ready, nodegroup: Option<&str>| Node {
            name: name.to_owned(),
            ready,
            nodegroup: nodegroup.map(str::to_owned),
            fargate_profile: None,
        };
        assert_eq!(ours, [&node("test-node-a", false, Some("workers")), &node("test-node-b", true, None)]);
    });
}
