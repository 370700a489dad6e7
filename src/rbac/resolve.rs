//! Which rules apply to a user, each with the binding and the subject behind it.

use std::fmt;

use super::index::{service_account_namespace, username};
use super::{Binding, Index, NoRole, PolicyRule, Subject, SubjectKind, UserInfo};

/// What one binding gives a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant<'r> {
    pub binding: &'r Binding,
    /// The first one of the binding that matches.
    pub subject: &'r Subject,
    /// As the role stores them; or why there are none.
    pub rules: Result<&'r [PolicyRule], NoRole<'r>>,
}

impl<'r> Index<'r> {
    /// What applies to the user in a namespace: ClusterRoleBindings first, then the RoleBindings of the namespace, each in the
    /// order of the snapshot. `None`: the cluster as a whole, and URLs.
    ///
    /// A reference to a role that is not there takes nothing from the other bindings
    /// (kubernetes: pkg/registry/rbac/validation/rule.go, VisitRulesFor).
    pub fn grants(&self, user: &UserInfo, namespace: Option<&str>) -> Vec<Grant<'r>> {
        self.grants_where(user, |binding| {
            binding.namespace.is_none() || binding.namespace.as_deref() == namespace
        })
    }

    /// What applies to the user anywhere: ClusterRoleBindings first, then the RoleBindings of all namespaces.
    pub fn grants_anywhere(&self, user: &UserInfo) -> Vec<Grant<'r>> {
        self.grants_where(user, |_| true)
    }

    fn grants_where(&self, user: &UserInfo, applies: impl Fn(&Binding) -> bool) -> Vec<Grant<'r>> {
        let mut bindings: Vec<&'r Binding> = self.bound(user).filter(|binding| applies(binding)).collect();
        // all stand in one list, so that their addresses are their order in it
        bindings.sort_by_key(|binding| (binding.kind(), std::ptr::from_ref(*binding).addr()));
        bindings.dedup_by(|a, b| std::ptr::eq(*a, *b));
        let grants = bindings.into_iter().filter_map(|binding| {
            let subject = binding.subjects.iter().find(|subject| matches(subject, binding, user))?;
            let rules = self.role_of(binding).map(|role| role.rules.as_slice());
            Some(Grant { binding, subject, rules })
        });
        grants.collect()
    }

    /// The bindings that name the user or a group of theirs, in all namespaces; one may come more than once.
    pub(super) fn bound(&self, user: &UserInfo) -> impl Iterator<Item = &'r Binding> {
        let by_name = self.bindings_of_user(&user.username).iter();
        let by_group = user.groups.iter().flat_map(|group| self.bindings_of_group(group));
        by_name.chain(by_group).copied()
    }
}

impl Grant<'_> {
    /// None where the role is not there.
    pub fn rules(&self) -> &[PolicyRule] {
        self.rules.unwrap_or_default()
    }
}

impl fmt::Display for Grant<'_> {
    /// As the API server names it: `RoleBinding "devs/team-a" of Role "deployer" to Group "devs"`, the name first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { binding, subject, rules: _ } = self;
        let (kind, of) = match &binding.namespace {
            None => ("ClusterRoleBinding", binding.name.clone()),
            Some(namespace) => ("RoleBinding", format!("{}/{namespace}", binding.name)),
        };
        let to = match subject.kind {
            SubjectKind::ServiceAccount => {
                format!(
                    "{}/{}",
                    subject.name,
                    service_account_namespace(subject, binding).unwrap_or_default()
                )
            }
            _ => subject.name.clone(),
        };
        let (role, subject) = (&binding.role_ref, String::from(subject.kind.clone()));
        write!(f, "{kind} {of:?} of {} {:?} to {subject} {to:?}", role.kind, role.name)
    }
}

/// Kubernetes: pkg/registry/rbac/validation/rule.go, appliesTo. Exact spelling, and no wildcards.
fn matches(subject: &Subject, binding: &Binding, user: &UserInfo) -> bool {
    match subject.kind {
        SubjectKind::Group => user.groups.contains(&subject.name),
        _ => username(subject, binding).is_some_and(|name| name == user.username),
    }
}
