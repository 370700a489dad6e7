//! Clusters of any size, as snapshot folders.

use std::collections::BTreeMap;
use std::path::Path;

use eksodus::model::AuthenticationMode;
use eksodus::rbac::{Binding, PolicyRule, Rbac, Role, Subject, SubjectKind};
use eksodus::snapshot::{ObservedEntry, Snapshot};

use crate::kit::cluster::{With, binding, cluster, observed, policy, role};

/// As the kit names it.
pub const CLUSTER: &str = "prod";
pub const ADMIN: &str = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";

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
        let arns: Vec<String> = (0..self.lines).map(arn).collect();
        // as their lines want them
        let entries = (self.lines - self.entries..self.lines).map(|n| entry(n, n < self.masters));
        let snapshot = cluster(AuthenticationMode::ApiAndConfigMap, &[("mapRoles", &self.map_roles())])
            .caller(&name(0))
            .iam(&arns)
            .bound(SubjectKind::Group, "system:masters", "cluster-admin")
            .entries(entries.collect());
        let Rbac { mut roles, mut bindings } = snapshot.rbac.clone().expect("the kit's clusters have it");
        roles.extend((0..self.cluster_roles).map(cluster_role));
        bindings.extend((0..self.role_bindings).map(|n| role_binding(n, self.cluster_roles.max(1))));
        let snapshot = Snapshot {
            access_policies: Some(vec![policy("AmazonEKSClusterAdminPolicy")]),
            rbac: Some(Rbac { roles, bindings }),
            namespaces: Some((0..100).map(namespace).collect()),
            ..snapshot
        };
        snapshot.save(folder).expect("a folder");
    }

    fn map_roles(&self) -> String {
        let line = |n: usize| {
            let (arn, name) = (arn(n), name(n));
            let groups = if n < self.masters { "[system:masters]" } else { "[developers, viewers]" };
            format!("- rolearn: {arn}\n  username: {name}:{{{{SessionName}}}}\n  groups: {groups}\n")
        };
        (0..self.lines).map(line).collect()
    }
}

fn name(n: usize) -> String {
    format!("application-team-{n:05}")
}

pub fn arn(n: usize) -> String {
    role(&name(n))
}

fn entry(n: usize, is_master: bool) -> ObservedEntry {
    let username = format!("{}:{{{{SessionName}}}}", name(n));
    let entry = match is_master {
        true => observed(&arn(n), &username, &[], &["AmazonEKSClusterAdminPolicy"]),
        false => observed(&arn(n), &username, &["developers", "viewers"], &[]),
    };
    ObservedEntry { tags: BTreeMap::from([("team".to_owned(), format!("{n}"))]), ..entry }
}

fn namespace(n: usize) -> String {
    if n == 0 { "kube-system".to_owned() } else { format!("team-{n}") }
}

fn cluster_role(n: usize) -> Role {
    let all = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
    let look = PolicyRule {
        api_groups: all(&["", "apps", "batch"]),
        resources: all(&["pods", "deployments", "jobs", "configmaps"]),
        verbs: all(&["get", "list", "watch"]),
        ..PolicyRule::default()
    };
    let one = PolicyRule {
        api_groups: all(&[""]),
        resources: all(&["secrets"]),
        resource_names: vec![format!("secret-{n}")],
        verbs: all(&["get", "update"]),
        ..PolicyRule::default()
    };
    Role { namespace: None, name: format!("role-{n:05}"), rules: vec![look, one], ..Role::default() }
}

fn role_binding(n: usize, of: usize) -> Binding {
    let group = format!("team-{}", n % 400);
    let role = format!("role-{:05}", n % of);
    let mut binding = binding(&format!("binding-{n:05}"), SubjectKind::Group, &group, &role);
    binding.namespace = Some(format!("team-{}", n % 99 + 1));
    let someone = format!("{}:someone", name(n % 3_000));
    binding.subjects.push(Subject { kind: SubjectKind::User, name: someone, namespace: None });
    binding
}
