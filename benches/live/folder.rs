//! Clusters of any size, as snapshot folders.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

pub const CLUSTER: &str = "measured";
pub const ADMIN: &str = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
const ACCOUNT: &str = "111122223333";

/// How many of what; the first principal is an administrator and runs the tool.
#[derive(Debug, Clone, Copy, Default)]
pub struct Size {
    /// Roles with a line in `aws-auth`.
    pub lines: usize,
    /// Of them in `system:masters`.
    pub masters: usize,
    /// Of them with an entry already, the last ones.
    pub entries: usize,
    pub cluster_roles: usize,
    pub role_bindings: usize,
}

impl Size {
    pub fn save(&self, folder: &Path) {
        fs::create_dir_all(folder).expect("a folder");
        let file = |name: &str, text: String| {
            #[expect(clippy::disallowed_methods, reason = "a scratch folder needs no write-and-rename")]
            fs::write(folder.join(name), text).expect("a file");
        };
        let json = |name: &str, value: Value| file(name, value.to_string());
        file("aws-auth.yaml", self.aws_auth());
        json(
            "cluster.json",
            json!({"cluster": {
                "name": CLUSTER,
                "arn": format!("arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/{CLUSTER}"),
                "version": "1.31",
                "platformVersion": "eks.12",
                "status": "ACTIVE",
                "endpoint": "https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com",
                "accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP"},
            }}),
        );
        json("access-policies.json", json!({"accessPolicies": [{"arn": ADMIN}]}));
        json("access-entries.json", self.entries().collect());
        json("nodegroups.json", json!([]));
        json("fargate-profiles.json", json!([]));
        json("iam-roles.json", json!({"Roles": (0..self.lines).map(role).collect::<Value>()}));
        json("iam-users.json", json!({"Users": []}));
        file("rbac.yaml", self.rbac());
        file("namespaces.yaml", list((0..100).map(namespace)));
        let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/{}/someone", name(0));
        json("caller.json", json!({"UserId": format!("{}:someone", id(0)), "Account": ACCOUNT, "Arn": arn}));
    }

    fn aws_auth(&self) -> String {
        let line = |n: usize| {
            let (arn, name) = (arn(n), name(n));
            let groups = if n < self.masters { "[system:masters]" } else { "[developers, viewers]" };
            format!(
                "    - rolearn: {arn}\n      username: {name}:{{{{SessionName}}}}\n      groups: {groups}\n"
            )
        };
        let lines: String = (0..self.lines).map(line).collect();
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: aws-auth\n  namespace: kube-system\n  resourceVersion: \"7\"\ndata:\n  mapRoles: |\n{lines}"
        )
    }

    /// As their lines want them.
    fn entries(&self) -> impl Iterator<Item = Value> {
        (self.lines - self.entries..self.lines).map(|n| entry(n, n < self.masters))
    }

    fn rbac(&self) -> String {
        let admin = json!({
            "kind": "ClusterRole",
            "metadata": {"name": "cluster-admin"},
            "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}, {"nonResourceURLs": ["*"], "verbs": ["*"]}],
        });
        let masters = json!({
            "kind": "ClusterRoleBinding",
            "metadata": {"name": "cluster-admin"},
            "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": "cluster-admin"},
            "subjects": [{"apiGroup": RBAC, "kind": "Group", "name": "system:masters"}],
        });
        let roles = (0..self.cluster_roles).map(cluster_role);
        let bindings = (0..self.role_bindings).map(|n| role_binding(n, self.cluster_roles.max(1)));
        list([admin, masters].into_iter().chain(roles).chain(bindings))
    }
}

const RBAC: &str = "rbac.authorization.k8s.io";

/// JSON is YAML.
fn list(items: impl Iterator<Item = Value>) -> String {
    let object = |mut item: Value| {
        let version = if item["kind"] == "Namespace" { "v1".to_owned() } else { format!("{RBAC}/v1") };
        item["apiVersion"] = json!(version);
        item
    };
    json!({"apiVersion": "v1", "kind": "List", "items": items.map(object).collect::<Value>()}).to_string()
}

fn name(n: usize) -> String {
    format!("application-team-{n:05}")
}

fn id(n: usize) -> String {
    format!("AROA{n:017}")
}

pub fn arn(n: usize) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{}", name(n))
}

fn role(n: usize) -> Value {
    json!({"Path": "/", "RoleName": name(n), "RoleId": id(n), "Arn": arn(n), "CreateDate": "2022-01-01T00:00:00+00:00"})
}

fn entry(n: usize, is_master: bool) -> Value {
    let (groups, policies) = match is_master {
        true => (json!([]), json!([policy()])),
        false => (json!(["developers", "viewers"]), json!([])),
    };
    json!({
        "accessEntry": {
            "clusterName": CLUSTER,
            "principalArn": arn(n),
            "kubernetesGroups": groups,
            "accessEntryArn": format!("arn:aws:eks:eu-west-1:{ACCOUNT}:access-entry/{CLUSTER}/role/{ACCOUNT}/{}/{n}", name(n)),
            "createdAt": "2024-01-01T00:00:00+00:00",
            "modifiedAt": "2024-01-01T00:00:00+00:00",
            "tags": {"team": format!("{n}")},
            "username": format!("{}:{{{{SessionName}}}}", name(n)),
            "type": "STANDARD",
        },
        "associatedAccessPolicies": policies,
    })
}

fn policy() -> Value {
    json!({
        "policyArn": ADMIN,
        "accessScope": {"type": "cluster", "namespaces": []},
        "associatedAt": "2024-01-01T00:00:00+00:00",
        "modifiedAt": "2024-01-01T00:00:00+00:00",
    })
}

fn namespace(n: usize) -> Value {
    let name = if n == 0 { "kube-system".to_owned() } else { format!("team-{n}") };
    json!({"kind": "Namespace", "metadata": {"name": name}})
}

fn cluster_role(n: usize) -> Value {
    json!({
        "kind": "ClusterRole",
        "metadata": {"name": format!("role-{n:05}")},
        "rules": [
            {"apiGroups": ["", "apps", "batch"], "resources": ["pods", "deployments", "jobs", "configmaps"], "verbs": ["get", "list", "watch"]},
            {"apiGroups": [""], "resources": ["secrets"], "resourceNames": [format!("secret-{n}")], "verbs": ["get", "update"]},
        ],
    })
}

fn role_binding(n: usize, of: usize) -> Value {
    json!({
        "kind": "RoleBinding",
        "metadata": {"name": format!("binding-{n:05}"), "namespace": format!("team-{}", n % 99 + 1)},
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": format!("role-{:05}", n % of)},
        "subjects": [
            {"apiGroup": RBAC, "kind": "Group", "name": format!("team-{}", n % 400)},
            {"apiGroup": RBAC, "kind": "User", "name": format!("{}:someone", name(n % 3_000))},
        ],
    })
}
