//! What an access is worth: by bindings of its names, and by policies.

use std::collections::{BTreeMap, BTreeSet};

use crate::oracle::Access;
use crate::world::{Binding, Subject};

/// Everything: by `system:masters`, by policy, or by a binding.
pub const ALL: &str = "*";

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Via {
    Username,
    Group(String),
    Policy(String),
}

/// Each right with all that gives it.
pub fn rights(access: &Access, bindings: &[Binding]) -> BTreeMap<String, BTreeSet<Via>> {
    let mut rights: BTreeMap<String, BTreeSet<Via>> = BTreeMap::new();
    let mut add = |right: String, via| rights.entry(right).or_default().insert(via);
    if access.groups.contains("system:masters") {
        add(ALL.to_owned(), Via::Group("system:masters".to_owned()));
    }
    for (policy, scope) in &access.policies {
        let right = match (policy.as_str(), scope.as_str()) {
            ("AmazonEKSClusterAdminPolicy", "cluster") => ALL.to_owned(),
            _ => format!("{policy}@{scope}"),
        };
        add(right, Via::Policy(policy.clone()));
    }
    for binding in bindings {
        let via = match &binding.subject {
            Subject::User(name) if *name == access.username => Via::Username,
            Subject::Group(name) if access.groups.contains(name) => Via::Group(name.clone()),
            Subject::User(_) | Subject::Group(_) => continue,
        };
        let right = match (binding.namespace, binding.role.as_str()) {
            (None, "cluster-admin") => ALL.to_owned(),
            (namespace, role) => format!("{role}@{}", namespace.unwrap_or("cluster")),
        };
        add(right, via);
    }
    rights
}

pub fn is_admin(access: &Access, bindings: &[Binding]) -> bool {
    rights(access, bindings).contains_key(ALL)
}
