//! What a principal may do in the cluster, by the simulator's entries and the reader's lookup: not the planner's word.

use std::collections::{BTreeMap, BTreeSet};

use eksodus::model::{PrincipalArn, Token, UsernameTemplate};
use eksodus::rbac::{Rbac, SubjectKind};
use eksodus::reader::{Identity, Lookup, lookup, read};
use eksodus::simulator::Simulator;

pub const SESSION: &str = "ann.b";
const DNS: &str = "ip-10-0-0-1.ec2.internal";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    pub username: String,
    pub groups: BTreeSet<String>,
    /// Bindings' roles with the namespace they hold in, and policies with their scope; `*` for everything.
    pub rights: BTreeSet<String>,
    pub by_entry: bool,
}

/// Who the principal's session is now, and what that gives; `None`: not let in.
pub fn access(world: &Simulator, principal: &PrincipalArn) -> Option<Access> {
    let now = world.to_snapshot();
    // where the snapshot knows no bindings, those that the run made are all there is
    let made = || Rbac { roles: Vec::new(), bindings: world.made().bindings };
    let rbac = now.rbac.clone().unwrap_or_else(made);
    if let Some(entry) = world.entry_in_force(principal) {
        let session = if principal.is_role() { SESSION } else { "" };
        let username = UsernameTemplate::new(entry.username)
            .with(Token::SessionName, session)
            .with(Token::SessionNameRaw, session)
            .with(Token::Ec2PrivateDnsName, DNS)
            .to_string();
        let mut rights = by_rbac(&rbac, &username, &entry.groups);
        for (policy, scope) in &entry.policies {
            match policy.name() {
                "AmazonEKSClusterAdminPolicy" => rights.insert("*".to_owned()),
                name => rights.insert(format!("{name} {scope}")),
            };
        }
        let groups = entry.groups;
        return Some(Access { username, groups, rights, by_entry: true });
    }
    if !now.cluster.as_ref()?.mode.reads_config_map() {
        return None;
    }
    let auth = read(now.aws_auth.as_ref()?);
    match lookup(&auth, &Identity::from_arn(&principal.to_string(), SESSION), &BTreeMap::new()) {
        Lookup::Mapped(mapped) => {
            let groups: BTreeSet<String> = mapped.groups.into_iter().collect();
            let rights = by_rbac(&rbac, &mapped.username, &groups);
            Some(Access { username: mapped.username, groups, rights, by_entry: false })
        }
        _ => None,
    }
}

fn by_rbac(rbac: &Rbac, username: &str, groups: &BTreeSet<String>) -> BTreeSet<String> {
    let is_named = |kind: &SubjectKind, name: &str| match kind {
        SubjectKind::User => name == username,
        SubjectKind::Group => groups.contains(name),
        _ => false,
    };
    let mut rights: BTreeSet<String> = rbac
        .bindings
        .iter()
        .filter(|binding| binding.subjects.iter().any(|subject| is_named(&subject.kind, &subject.name)))
        .map(|binding| match (&binding.namespace, binding.role_ref.name.as_str()) {
            (None, "cluster-admin") => "*".to_owned(),
            (namespace, role) => format!("{role} {}", namespace.as_deref().unwrap_or("cluster")),
        })
        .collect();
    if groups.contains("system:masters") {
        rights.insert("*".to_owned());
    }
    rights
}
