//! A cluster of any size, as a snapshot folder, with what its migration must end in worked out beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use eksodus::model::{AuthenticationMode, ConfigMap};
use eksodus::rbac::SubjectKind;
use eksodus::reader::Manifest;
use eksodus::snapshot::Snapshot;
use serde_json::json;

use crate::kit::cluster::{ACCOUNT, With, cluster, policy, role};

const ADMIN: &str = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
pub const CLUSTER: &str = "chaos";

/// How many of what, in dual mode.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
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
    username: String,
    groups: Vec<String>,
    entry: Entry,
}

impl Shape {
    /// 200 entries: 190 people, 8 administrators, 2 kinds of nodes.
    pub const LARGE: Self = Self { admins: 8, people: 190, nodes: 2 };
    /// One of each kind of call.
    pub const SMALL: Self = Self { admins: 2, people: 2, nodes: 1 };

    /// What access entries there must be in the end, and no other.
    pub fn target(&self) -> BTreeMap<String, Entry> {
        self.lines().into_iter().map(|line| (line.principal, line.entry)).collect()
    }

    /// Writes the snapshot folder.
    pub fn save(&self, folder: &Path) {
        let lines = self.lines();
        let [roles, users] = [("mapRoles", "rolearn"), ("mapUsers", "userarn")]
            .map(|(section, arn)| text(&lines, section, arn));
        let mut snapshot =
            cluster(AuthenticationMode::ApiAndConfigMap, &[("mapRoles", &roles), ("mapUsers", &users)])
                .named(CLUSTER)
                .caller("admin-0")
                .iam(&lines.iter().map(|line| &line.principal).collect::<Vec<_>>())
                .bound(SubjectKind::Group, "system:masters", "cluster-admin");
        for index in 0..self.nodes {
            let role = role(&format!("nodes-{index}"));
            snapshot = snapshot.nodegroup(&format!("group-{index}"), &role, Some("AL2023_x86_64_STANDARD"));
        }
        let snapshot = Snapshot {
            aws_auth: snapshot.aws_auth.map(stored),
            access_policies: Some(vec![policy("AmazonEKSClusterAdminPolicy")]),
            namespaces: Some(vec!["kube-system".to_owned()]),
            ..snapshot
        };
        snapshot.save(folder).expect("a folder");
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

/// With what the API server adds.
fn stored(manifest: Manifest) -> Manifest {
    let metadata = json!({"name": "aws-auth", "namespace": "kube-system"});
    Manifest::from_config_map(ConfigMap {
        metadata: metadata.as_object().expect("an object").clone(),
        resource_version: "7".to_owned(),
        ..manifest.config_map
    })
}

fn text(lines: &[Line], section: &str, arn: &str) -> String {
    let mut text = "# kept as it is\n".to_owned();
    for Line { principal, username, groups, .. } in lines.iter().filter(|line| line.section == section) {
        text += &format!("- {arn}: {principal}\n  username: {username:?}\n  groups: {groups:?}\n");
    }
    text
}
