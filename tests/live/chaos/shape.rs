//! A cluster of any size, as a snapshot folder, with what its migration must end in worked out beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

const ACCOUNT: &str = "111122223333";
const ADMIN: &str = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
pub const CLUSTER: &str = "chaos";

/// How many of what.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// `CONFIG_MAP` or `API_AND_CONFIG_MAP`.
    pub mode: &'static str,
    /// Roles of `system:masters`; the first one is who runs the tool.
    pub admins: usize,
    /// Roles and users with plain groups, in turns.
    pub people: usize,
    /// Node groups, each with a role of its own.
    pub nodes: usize,
}

/// What an access entry gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub kind: String,
    pub username: String,
    pub groups: BTreeSet<String>,
    pub policies: BTreeSet<String>,
}

/// A line of `aws-auth` that becomes an entry.
struct Line {
    section: &'static str,
    principal: String,
    id: String,
    username: String,
    groups: Vec<String>,
    entry: Entry,
}

impl Shape {
    /// 200 entries: 190 people, 8 administrators, 2 kinds of nodes.
    pub const LARGE: Self = Self { mode: "API_AND_CONFIG_MAP", admins: 8, people: 190, nodes: 2 };
    /// One of each kind of call.
    pub const SMALL: Self = Self { mode: "API_AND_CONFIG_MAP", admins: 2, people: 2, nodes: 1 };

    /// What access entries there must be in the end, and no other.
    pub fn target(&self) -> BTreeMap<String, Entry> {
        self.lines().into_iter().map(|line| (line.principal, line.entry)).collect()
    }

    /// Writes the snapshot folder.
    pub fn save(&self, folder: &Path) {
        fs::create_dir_all(folder).expect("a folder for the snapshot");
        let file = |name: &str, text: String| {
            let mut file = fs::File::create(folder.join(name)).expect("a file of the snapshot");
            std::io::Write::write_all(&mut file, text.as_bytes()).expect("it is written");
        };
        let lines = self.lines();
        file("aws-auth.yaml", aws_auth(&lines));
        file("cluster.json", cluster(self.mode).to_string());
        file("access-policies.json", json!({"accessPolicies": [{"arn": ADMIN}]}).to_string());
        if self.mode != "CONFIG_MAP" {
            file("access-entries.json", json!([]).to_string());
        }
        let groups: Vec<Value> = (0..self.nodes).map(nodegroup).collect();
        file("nodegroups.json", Value::from(groups).to_string());
        file("fargate-profiles.json", json!([]).to_string());
        let iam = |section: &str, name: &str| -> Vec<Value> {
            let of = lines.iter().filter(|line| line.section == section);
            of.map(|line| iam_object(line, name)).collect()
        };
        file("iam-roles.json", json!({"Roles": iam("mapRoles", "Role")}).to_string());
        file("iam-users.json", json!({"Users": iam("mapUsers", "User")}).to_string());
        file("rbac.yaml", RBAC.to_owned());
        file("namespaces.yaml", NAMESPACES.to_owned());
        let caller = format!("arn:aws:sts::{ACCOUNT}:assumed-role/admin-0/tester");
        let id = &lines[0].id;
        file(
            "caller.json",
            json!({"UserId": format!("{id}:tester"), "Account": ACCOUNT, "Arn": caller}).to_string(),
        );
    }

    fn lines(&self) -> Vec<Line> {
        let admins = (0..self.admins).map(|i| Line::role(&format!("admin-{i}"), &["system:masters", "ops"]));
        let people = (0..self.people).map(|i| {
            let team = format!("team-{}", i % 7);
            match i % 2 {
                0 => Line::role(&format!("person-{i}"), &[&team, "readers"]),
                _ => Line::user(&format!("person-{i}"), &[&team]),
            }
        });
        let nodes = (0..self.nodes).map(|i| Line::node(&format!("nodes-{i}")));
        admins.chain(people).chain(nodes).collect()
    }
}

impl Line {
    fn new(section: &'static str, kind: &str, name: &str, username: String, groups: &[&str]) -> Self {
        let plain = groups.iter().filter(|group| !group.starts_with("system:"));
        let masters = groups.contains(&"system:masters");
        let entry = Entry {
            kind: "STANDARD".to_owned(),
            username: username.clone(),
            groups: plain.map(|group| (*group).to_owned()).collect(),
            policies: masters.then(|| ADMIN.to_owned()).into_iter().collect(),
        };
        Self {
            section,
            principal: format!("arn:aws:iam::{ACCOUNT}:{kind}/{name}"),
            id: format!("{}EXAMPLE{}", if kind == "role" { "AROA" } else { "AIDA" }, name.to_uppercase()),
            username,
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
            entry,
        }
    }

    fn role(name: &str, groups: &[&str]) -> Self {
        Self::new("mapRoles", "role", name, format!("{name}:{{{{SessionName}}}}"), groups)
    }

    fn user(name: &str, groups: &[&str]) -> Self {
        Self::new("mapUsers", "user", name, name.to_owned(), groups)
    }

    fn node(name: &str) -> Self {
        let username = "system:node:{{EC2PrivateDNSName}}".to_owned();
        let groups = ["system:bootstrappers", "system:nodes"];
        let mut line = Self::new("mapRoles", "role", name, username, &groups);
        line.entry.kind = "EC2_LINUX".to_owned();
        // shown by EKS, and not to be chosen
        line.entry.groups = BTreeSet::from(["system:nodes".to_owned()]);
        line
    }
}

fn aws_auth(lines: &[Line]) -> String {
    let mut text = "apiVersion: v1\ndata:\n".to_owned();
    for (section, arn) in [("mapRoles", "rolearn"), ("mapUsers", "userarn")] {
        text.push_str(&format!("  {section}: |\n    # kept as it is\n"));
        for Line { principal, username, groups, .. } in lines.iter().filter(|line| line.section == section) {
            let groups = groups.join("\", \"");
            text.push_str(&format!(
                "    - {arn}: {principal}\n      username: \"{username}\"\n      groups: [\"{groups}\"]\n"
            ));
        }
    }
    text + "kind: ConfigMap\nmetadata:\n  name: aws-auth\n  namespace: kube-system\n  resourceVersion: \"7\"\n"
}

fn cluster(mode: &str) -> Value {
    json!({"cluster": {
        "name": CLUSTER,
        "arn": format!("arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/{CLUSTER}"),
        "version": "1.31",
        "platformVersion": "eks.12",
        "status": "ACTIVE",
        "endpoint": "https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com",
        "accessConfig": {"authenticationMode": mode},
    }})
}

fn nodegroup(index: usize) -> Value {
    json!({"nodegroup": {
        "nodegroupName": format!("group-{index}"),
        "clusterName": CLUSTER,
        "status": "ACTIVE",
        "amiType": "AL2023_x86_64_STANDARD",
        "nodeRole": format!("arn:aws:iam::{ACCOUNT}:role/nodes-{index}"),
    }})
}

fn iam_object(line: &Line, object: &str) -> Value {
    let name = line.principal.rsplit('/').next().unwrap_or_default();
    json!({
        "Path": "/",
        format!("{object}Name"): name,
        format!("{object}Id"): line.id,
        "Arn": line.principal,
        "CreateDate": "2022-03-14T09:20:00+00:00",
    })
}

const RBAC: &str = "\
apiVersion: v1
kind: List
items:
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata:
    name: cluster-admin
  rules:
  - apiGroups: [\"*\"]
    resources: [\"*\"]
    verbs: [\"*\"]
  - nonResourceURLs: [\"*\"]
    verbs: [\"*\"]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRoleBinding
  metadata:
    name: cluster-admin
  roleRef:
    apiGroup: rbac.authorization.k8s.io
    kind: ClusterRole
    name: cluster-admin
  subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: Group
    name: system:masters
";

const NAMESPACES: &str = "\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Namespace
  metadata:
    name: kube-system
";
