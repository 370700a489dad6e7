//! What is in the API server when a journey begins.

use serde_json::{Value, json};

use crate::servers::apiserver::{ADMIN, ApiServer};

pub const AWS_AUTH: &str = "/api/v1/namespaces/kube-system/configmaps/aws-auth";
pub const LEASE: &str = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/eksodus";
pub const NODES: &str = "/api/v1/nodes";
/// A role that a test makes, and its binding.
pub const NO_LEASES: &str = "journey-no-leases";
pub const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";

/// By hand over the years: comments, quotes of all kinds, CRLF, and no end of the last line.
pub const MAP_ROLES: &str = "\
# node groups; do not touch\r
- rolearn: arn:aws:iam::111122223333:role/prod-eu-workers
  username: system:node:{{EC2PrivateDNSName}}
  groups:
    - system:bootstrappers
    - system:nodes
- 'groups': [\"system:bootstrappers\", 'system:nodes', system:node-proxier]   # Fargate\r
  \"rolearn\": 'arn:aws:iam::111122223333:role/prod-eu-fargate'\r
  username:   \"system:node:{{SessionName}}\"\r

    # people, by way of Identity Center
- rolearn: arn:aws:iam::111122223333:role/AWSReservedSSO_PlatformAdmin_0123456789abcdef
  username: platform:{{SessionName}}
  groups:
    - system:masters
    - platform
- {rolearn: arn:aws:iam::111122223333:role/ci/deployer, username: ci, groups: [system:masters]}
- rolearn: arn:aws:iam::111122223333:role/deployer
  username: deployer
  groups: [deployers]
- rolearn: arn:aws:iam::111122223333:role/retired-jenkins # gone since May
  username: jenkins
  groups: [system:masters]";

pub const MAP_USERS: &str = "\
- userarn: arn:aws:iam::111122223333:user/break-glass
  username: break-glass
  groups:
    - system:masters
- userarn: arn:aws:iam::111122223333:user/ops/maria
  username: \"maria\"
  groups: [viewers]
";

/// The ConfigMap, with data and metadata that are none of this program's business.
pub fn aws_auth() -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "aws-auth",
            "namespace": "kube-system",
            "labels": {"team": "platform"},
            "annotations": {"example.com/note": "ask before you touch\nthis "},
        },
        "data": {"mapRoles": MAP_ROLES, "mapUsers": MAP_USERS, "README": "# not read by anybody\r\n\tat all"},
    })
}

/// `aws-auth` changed by somebody else.
pub fn change(server: &ApiServer, change: impl FnOnce(&mut Value)) {
    let (_, mut object) = server.request(ADMIN, "GET", AWS_AUTH, None);
    change(&mut object);
    let (status, answer) = server.request(ADMIN, "PUT", AWS_AUTH, Some(&object));
    assert_eq!(status, 200, "{answer}");
}

/// Everything of a journey, as it was never touched.
pub fn put(server: &ApiServer) {
    let all = |path: &str| server.request(ADMIN, "DELETE", path, None);
    for path in [LEASE, NODES, &format!("{RBAC}/namespaces/shop/rolebindings")] {
        let (status, answer) = all(path);
        assert!(matches!(status, 200 | 404), "{answer}");
    }
    for kind in ["clusterrolebindings", "clusterroles"] {
        all(&format!("{RBAC}/{kind}/{NO_LEASES}"));
    }
    for name in ["default", "jobs", "shop"] {
        put_one(server, "/api/v1/namespaces", &json!({"metadata": {"name": name}}), false);
    }
    let rule = |groups: Value, resources: Value, verbs: Value| json!([{"apiGroups": groups, "resources": resources, "verbs": verbs}]);
    let deployer = rule(json!(["apps"]), json!(["deployments"]), json!(["get", "list", "update", "patch"]));
    let viewer = rule(json!(["", "apps"]), json!(["pods", "deployments"]), json!(["get", "list", "watch"]));
    for (name, rules) in [("deployer", deployer), ("viewer", viewer)] {
        let role = json!({"metadata": {"name": name}, "rules": rules});
        put_one(server, &format!("{RBAC}/clusterroles"), &role, true);
    }
    for (name, role) in [("deployers", "deployer"), ("viewers", "viewer")] {
        let all = format!("{RBAC}/clusterrolebindings");
        put_one(server, &all, &binding(name, role, "Group", name), true);
    }
    let shop = format!("{RBAC}/namespaces/shop/rolebindings");
    put_one(server, &shop, &binding("maria-deploys", "deployer", "User", "maria"), true);
    for name in ["ip-10-0-1-17.ec2.internal", "ip-10-0-1-18.ec2.internal"] {
        node(server, name, true);
    }
    server.create("/api/v1/namespaces/kube-system/configmaps?fieldManager=kubectl-create", &aws_auth());
}

pub fn binding(name: &str, role: &str, kind: &str, subject: &str) -> Value {
    let group = "rbac.authorization.k8s.io";
    json!({
        "metadata": {"name": name},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": group, "kind": kind, "name": subject}],
    })
}

/// A node, as its kubelet says that it is.
pub fn node(server: &ApiServer, name: &str, is_ready: bool) {
    let node = json!({"metadata": {"name": name, "labels": {"kubernetes.io/os": "linux", "eks.amazonaws.com/nodegroup": "workers-a"}}});
    put_one(server, NODES, &node, false);
    let (_, mut node) = server.request(ADMIN, "GET", &format!("{NODES}/{name}"), None);
    let status = if is_ready { "True" } else { "False" };
    let condition = json!({"type": "Ready", "status": status, "reason": "Kubelet", "message": "said so"});
    node["status"]["conditions"] = json!([condition]);
    let (code, answer) = server.request(ADMIN, "PUT", &format!("{NODES}/{name}/status"), Some(&node));
    assert_eq!(code, 200, "{answer}");
}

/// Made, or made anew.
fn put_one(server: &ApiServer, all: &str, object: &Value, anew: bool) {
    let name = object["metadata"]["name"].as_str().expect("a name");
    if anew {
        server.request(ADMIN, "DELETE", &format!("{all}/{name}"), None);
    }
    let (status, answer) = server.request(ADMIN, "POST", all, Some(object));
    assert!(status == 201 || (status == 409 && !anew), "{answer}");
}
