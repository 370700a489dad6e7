use std::fmt;

use super::{Call, ConfigData, EntryLogin};
use crate::model::{AccessEntry, AccessScope, AuthenticationMode, EntryUsername, PrincipalArn};
use crate::planner::{Action, Expected, Step};
use crate::rbac::Binding;
use crate::snapshot::ObservedEntry;

/// What one step changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    Mode,
    Entry(PrincipalArn),
    /// No namespace: a ClusterRoleBinding.
    Binding {
        namespace: Option<String>,
        name: String,
    },
    AwsAuth,
}

impl Resource {
    pub fn binding(binding: &Binding) -> Self {
        Self::Binding { namespace: binding.namespace.clone(), name: binding.name.clone() }
    }

    /// `None` for a binding from nothing to nothing.
    pub fn of(step: &Step) -> Option<Self> {
        Some(match &step.action {
            Action::Mode { .. } => Self::Mode,
            Action::Entry { principal, .. } => Self::Entry(principal.clone()),
            Action::Binding { before, after } => Self::binding(before.as_ref().or(after.as_ref())?),
            Action::AwsAuth { .. } => Self::AwsAuth,
        })
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mode => f.write_str("authentication mode"),
            Self::Entry(principal) => write!(f, "access entry {principal}"),
            Self::Binding { namespace, name } => f.write_str(&Binding::full_name(namespace.as_deref(), name)),
            Self::AwsAuth => f.write_str("aws-auth"),
        }
    }
}

/// The whole state of a resource; `None` is "there is none".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourceState {
    Mode(AuthenticationMode),
    Entry(Option<AccessEntry>),
    /// An entry that no customer could write, so that it equals none that a plan names.
    OddEntry(String),
    Binding(Option<Binding>),
    AwsAuth(Option<ConfigData>),
}

impl ResourceState {
    pub fn entry(entry: Option<AccessEntry>) -> Self {
        Self::Entry(entry.map(normal))
    }

    pub fn observed_entry(entry: Option<&ObservedEntry>) -> Self {
        match entry {
            None => Self::Entry(None),
            Some(entry) => match entry.as_entry() {
                Some(entry) => Self::entry(Some(entry)),
                None => Self::OddEntry(format!(
                    "type {}, username {:?}, groups {:?}",
                    entry.entry_type, entry.username, entry.groups
                )),
            },
        }
    }

    /// What the step expects to find; an entry that could not be observed is taken for absent.
    pub fn before(step: &Step) -> Self {
        match &step.action {
            Action::Mode { from, .. } => Self::Mode(*from),
            Action::Entry { before: Expected::Unobserved | Expected::Absent, .. } => Self::Entry(None),
            Action::Entry { before: Expected::Entry(entry), .. } => Self::entry(Some(entry.clone())),
            Action::Binding { before, .. } => Self::Binding(before.clone()),
            Action::AwsAuth { before, .. } => Self::AwsAuth(before.clone()),
        }
    }

    /// What the step leaves behind.
    pub fn after(step: &Step) -> Self {
        match &step.action {
            Action::Mode { to, .. } => Self::Mode(*to),
            Action::Entry { after, .. } => Self::entry(after.clone()),
            Action::Binding { after, .. } => Self::Binding(after.clone()),
            Action::AwsAuth { after, .. } => Self::AwsAuth(after.clone()),
        }
    }

    /// Equal in all that decides about access: tags may differ.
    pub fn gives_the_same(&self, other: &Self) -> bool {
        let untagged = |value: &Self| match value {
            Self::Entry(Some(entry)) => {
                let mut entry = entry.clone();
                entry.tags.clear();
                Self::Entry(Some(entry))
            }
            other => other.clone(),
        };
        untagged(self) == untagged(other)
    }

    /// Everything that the other one gives, and perhaps more, to a login that is the same one.
    ///
    /// Of a node's entry the type is all there is to it.
    pub fn gives_at_least(&self, other: &Self) -> bool {
        let (Self::Entry(Some(this)), Self::Entry(Some(other))) = (self, other) else {
            return self.gives_the_same(other);
        };
        let AccessEntry { principal, entry_type, username: _, groups, policies, tags: _ } = other;
        let covers =
            |policy, scope: &AccessScope| this.policies.get(policy).is_some_and(|held| held.covers(scope));
        let gives_all =
            this.groups.is_superset(groups) && policies.iter().all(|(policy, scope)| covers(policy, scope));
        this.principal == *principal
            && this.entry_type == *entry_type
            && this.effective_username() == other.effective_username()
            && (gives_all || this.is_cluster_admin_by_policy())
    }

    /// The value after the call; `None` when this is not the value that the call replaces.
    pub fn with(&self, call: &Call) -> Option<Self> {
        match (self, call) {
            (Self::Mode(now), Call::UpdateMode { from, to }) => (now == from).then_some(Self::Mode(*to)),
            (Self::Entry(None), Call::CreateEntry { entry }) => Some(Self::entry(Some(entry.clone()))),
            (Self::Entry(Some(_)), Call::DeleteEntry { entry }) => {
                (*self == Self::entry(Some(entry.clone()))).then_some(Self::Entry(None))
            }
            (Self::Entry(Some(now)), Call::UpdateEntry { principal, before, after }) => {
                let EntryLogin { username, groups } = after.clone();
                let found = Self::entry(Some(AccessEntry {
                    username: before.username.clone(),
                    groups: before.groups.clone(),
                    ..now.clone()
                }));
                let fits = now.principal == *principal && *self == found;
                fits.then(|| Self::entry(Some(AccessEntry { username, groups, ..now.clone() })))
            }
            (Self::Entry(Some(now)), Call::Associate { principal, policy, before, after }) => {
                let fits = now.principal == *principal && now.policies.get(policy) == before.as_ref();
                let mut entry = now.clone();
                entry.policies.insert(policy.clone(), after.clone());
                fits.then_some(Self::Entry(Some(entry)))
            }
            (Self::Entry(Some(now)), Call::Disassociate { principal, policy, before }) => {
                let fits = now.principal == *principal && now.policies.get(policy) == Some(before);
                let mut entry = now.clone();
                entry.policies.remove(policy);
                fits.then_some(Self::Entry(Some(entry)))
            }
            (Self::Binding(None), Call::CreateBinding { binding }) => {
                Some(Self::Binding(Some(binding.clone())))
            }
            (Self::Binding(Some(now)), Call::DeleteBinding { binding }) => {
                (now == binding).then_some(Self::Binding(None))
            }
            (Self::AwsAuth(None), Call::CreateAwsAuth { after, parts: _ }) => {
                Some(Self::AwsAuth(Some(after.clone())))
            }
            (Self::AwsAuth(Some(now)), Call::ReplaceAwsAuth { before, after }) => {
                (now == before).then(|| Self::AwsAuth(Some(after.clone())))
            }
            (Self::AwsAuth(Some(now)), Call::DeleteAwsAuth { before, parts: _ }) => {
                (now == before).then_some(Self::AwsAuth(None))
            }
            _ => None,
        }
    }
}

/// A username spelled as EKS's own default is the default.
fn normal(mut entry: AccessEntry) -> AccessEntry {
    if let EntryUsername::Custom(username) = &entry.username
        && entry.entry_type.is_default_username(&entry.principal, username.as_str())
    {
        entry.username = EntryUsername::Default;
    }
    entry
}

impl fmt::Display for ResourceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mode(mode) => write!(f, "{mode}"),
            Self::Entry(None) | Self::Binding(None) | Self::AwsAuth(None) => f.write_str("none"),
            Self::Entry(Some(entry)) => {
                let AccessEntry { principal: _, entry_type, username: _, groups, policies, tags: _ } = entry;
                write!(f, "type {entry_type}")?;
                if let Some(username) = entry.effective_username() {
                    write!(f, ", username {username}")?;
                }
                for group in groups {
                    write!(f, ", group {group}")?;
                }
                for (policy, scope) in policies {
                    write!(f, ", {} ({scope})", policy.name())?;
                }
                Ok(())
            }
            Self::OddEntry(text) => f.write_str(text),
            Self::Binding(Some(binding)) => {
                write!(f, "{} {}", binding.role_ref.kind, binding.role_ref.name)?;
                for subject in &binding.subjects {
                    write!(f, ", {} {}", String::from(subject.kind.clone()), subject.name)?;
                }
                Ok(())
            }
            Self::AwsAuth(Some(data)) => {
                for (index, (key, value)) in data.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{key} ({} bytes)", value.len())?;
                }
                Ok(())
            }
        }
    }
}
