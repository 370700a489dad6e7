//! Somebody edits one access entry by hand after a run: what `verify` says of it.
//!
//! Which principals are the plan's is told by the values of the plan, and an edit is made in what was observed.

use std::collections::BTreeSet;

use eksodus::model::AccessScope;
use eksodus::planner::{ExistingFate, Plan};
use eksodus::snapshot::{ObservedEntry, Snapshot};

/// One edit of one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    AddPolicy,
    RemovePolicy,
    Widen,
    Narrow,
    AddGroup,
    RemoveGroup,
    Rename,
    DeleteEntry,
    /// The principal, by another one of its ARN.
    Recreate,
    DeletePrincipal,
}

impl Edit {
    pub const ALL: [Self; 10] = [
        Self::AddPolicy,
        Self::RemovePolicy,
        Self::Widen,
        Self::Narrow,
        Self::AddGroup,
        Self::RemoveGroup,
        Self::Rename,
        Self::DeleteEntry,
        Self::Recreate,
        Self::DeletePrincipal,
    ];

    /// The cluster with the edit; `None` where there is nothing to edit that way.
    pub fn of(self, principal: &str, now: &Snapshot) -> Option<Snapshot> {
        let mut edited = now.clone();
        let is_done = match self {
            Self::DeleteEntry => {
                let entries = edited.access_entries.as_mut()?;
                let before = entries.len();
                entries.retain(|entry| entry.principal != principal);
                entries.len() < before
            }
            Self::Recreate | Self::DeletePrincipal => self.in_iam(principal, &mut edited),
            _ => {
                let mut entries = edited.access_entries.iter_mut().flatten();
                self.in_entry(entries.find(|entry| entry.principal == principal)?)
            }
        };
        is_done.then_some(edited)
    }

    fn in_entry(self, entry: &mut ObservedEntry) -> bool {
        // of a node's entry EKS keeps all but the type
        if !entry.entry_type.is_standard() {
            return false;
        }
        let named = |name: &str| format!("arn:aws:eks::aws:cluster-access-policy/{name}").parse().unwrap();
        let one: AccessScope = AccessScope::Namespaces(BTreeSet::from(["edited".to_owned()]));
        let scoped = |is_it: &dyn Fn(&AccessScope) -> bool| {
            entry.policies.iter().find(|(_, scope)| is_it(scope)).map(|(policy, _)| policy.clone())
        };
        match self {
            Self::AddPolicy => entry.policies.insert(named("AmazonEKSEditPolicy"), one).is_none(),
            Self::RemovePolicy => entry.policies.pop_first().is_some(),
            Self::Widen => match scoped(&|scope| *scope != AccessScope::Cluster) {
                Some(policy) => entry.policies.insert(policy, AccessScope::Cluster).is_some(),
                None => false,
            },
            Self::Narrow => match scoped(&|scope| *scope == AccessScope::Cluster) {
                Some(policy) => entry.policies.insert(policy, one).is_some(),
                None => false,
            },
            Self::AddGroup => entry.groups.insert("edited".to_owned()),
            Self::RemoveGroup => entry.groups.pop_first().is_some(),
            Self::Rename => {
                entry.username = "edited".to_owned();
                true
            }
            Self::DeleteEntry | Self::Recreate | Self::DeletePrincipal => false,
        }
    }

    fn in_iam(self, principal: &str, now: &mut Snapshot) -> bool {
        let later = || "2098-01-01T00:00:00Z".to_owned();
        let Snapshot { iam_roles, iam_users, .. } = now;
        match (self, iam_roles, iam_users) {
            (Self::Recreate, roles, users) => {
                let roles = roles.iter_mut().flat_map(|list| &mut list.items);
                let users = users.iter_mut().flat_map(|list| &mut list.items);
                let roles = roles.map(|it| (it.arn.as_str() == principal, &mut it.id, &mut it.created));
                let users = users.map(|it| (it.arn.as_str() == principal, &mut it.id, &mut it.created));
                roles.chain(users).filter(|(is_it, ..)| *is_it).fold(false, |_, (_, id, created)| {
                    id.push_str("ANOTHER");
                    *created = later();
                    true
                })
            }
            (_, Some(roles), _)
                if roles.complete && roles.items.iter().any(|it| it.arn.as_str() == principal) =>
            {
                roles.items.retain(|it| it.arn.as_str() != principal);
                true
            }
            (_, _, Some(users))
                if users.complete && users.items.iter().any(|it| it.arn.as_str() == principal) =>
            {
                users.items.retain(|it| it.arn.as_str() != principal);
                true
            }
            _ => false,
        }
    }
}

/// The principals that the plan leads to an entry, or whose entry it keeps although a mapping names them.
pub fn principals_of(plan: &Plan) -> Vec<String> {
    let targets = plan.targets.iter().map(|target| target.entry.principal.to_string());
    let is_kept = |fate| matches!(fate, ExistingFate::Overrides | ExistingFate::Blocked);
    let kept = plan.existing.iter().filter(|it| is_kept(it.fate)).map(|it| it.principal.clone());
    targets.chain(kept).collect()
}
