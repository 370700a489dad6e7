//! What an identity may do: by which sources, and where.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::{GrantedBy, Identity};
use crate::model::{AccessScope, PolicyArn};
use crate::rbac::{Attributes, BindingRef, Grant, Index, PolicyRule, RoleRef, access_policy};

/// One source of rights, and what it gives where it holds.
#[derive(Debug, Clone, Copy)]
pub struct Granted<'r> {
    pub source: Source<'r>,
    pub rules: &'r [PolicyRule],
}

/// What rights come from.
#[derive(Debug, Clone, Copy)]
pub enum Source<'r> {
    Masters,
    Policy { policy: &'r PolicyArn, scope: &'r AccessScope },
    Binding(Grant<'r>),
}

/// A namespace that something names, or all that begin with a prefix, as an access scope may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place<'r> {
    Named(&'r str),
    Prefix(&'r str),
}

/// Everything that an identity is given, by where it holds.
///
/// What holds in the cluster holds in each namespace as well. The Node authorizer is no source of rules: what it allows a
/// node depends on the pods that run there.
#[derive(Debug, Clone)]
pub struct Access<'r> {
    pub cluster: Vec<Granted<'r>>,
    pub(super) places: BTreeMap<Place<'r>, Vec<Granted<'r>>>,
    /// The Node authorizer judges it, besides all else (kubernetes: plugin/pkg/auth/authorizer/node).
    pub is_node: bool,
    /// Access policies of which AWS has published no rules, or not all: what they give beyond is unknown.
    pub incomplete: BTreeSet<&'r PolicyArn>,
}

impl<'r> Access<'r> {
    /// What the identity is given; the bindings are those of the index.
    pub fn of(index: &Index<'r>, identity: &'r Identity) -> Self {
        let Identity { user, policies } = identity;
        let mut access = Self { is_node: user.node_name().is_some(), ..Self::none() };
        if identity.is_master() {
            access.cluster.push(Granted { source: Source::Masters, rules: everything() });
        }
        for (policy, scope) in policies {
            access.add_policy(policy, scope);
        }
        for grant in index.grants_anywhere(user) {
            let granted = Granted { source: Source::Binding(grant), rules: grant.rules.unwrap_or_default() };
            match grant.binding.namespace.as_deref() {
                None => access.cluster.push(granted),
                // as a file may have it: no request is there
                Some("") => {}
                Some(namespace) => access.add(Place::Named(namespace), granted),
            }
        }
        access
    }

    /// Of somebody who does not authenticate.
    pub fn none() -> Self {
        let (cluster, places) = (Vec::new(), BTreeMap::new());
        Self { cluster, places, is_node: false, incomplete: BTreeSet::new() }
    }

    fn add_policy(&mut self, policy: &'r PolicyArn, scope: &'r AccessScope) {
        let published = access_policy(policy.name()).and_then(|policy| policy.published());
        if !published.is_some_and(|published| published.complete) {
            self.incomplete.insert(policy);
        }
        let rules = published.map_or(&[][..], |published| published.rules.as_slice());
        let granted = Granted { source: Source::Policy { policy, scope }, rules };
        match scope {
            AccessScope::Cluster => self.cluster.push(granted),
            AccessScope::Namespaces(names) => {
                for name in names {
                    self.add(name.strip_suffix('*').map_or(Place::Named(name), Place::Prefix), granted);
                }
            }
        }
    }

    fn add(&mut self, place: Place<'r>, granted: Granted<'r>) {
        self.places.entry(place).or_default().push(granted);
    }

    /// What allows a request, the first source of it; the Node authorizer and unpublished rules apart.
    pub fn allowed_by(&self, what: &Attributes) -> Option<&Granted<'r>> {
        let here = what.namespace().into_iter().flat_map(|namespace| self.within(namespace));
        self.cluster.iter().chain(here).find(|granted| granted.allows(what))
    }

    /// What holds in a namespace besides that of the whole cluster.
    pub fn within(&self, namespace: &str) -> impl Iterator<Item = &Granted<'r>> {
        self.places
            .iter()
            .filter(move |(place, _)| place.holds_in(namespace))
            .flat_map(|(_, granted)| granted)
    }

    pub(super) fn all_granted(&self) -> impl Iterator<Item = &Granted<'r>> {
        self.cluster.iter().chain(self.places.values().flatten())
    }

    /// All that is given, that of the whole cluster first, then place by place.
    pub(super) fn placed(&self) -> impl Iterator<Item = (Option<Place<'r>>, Granted<'r>)> {
        let of_places =
            self.places.iter().flat_map(|(place, all)| all.iter().map(move |it| (Some(*place), *it)));
        self.cluster.iter().map(|granted| (None, *granted)).chain(of_places)
    }

    /// All that is given, each with the namespace or prefix it holds in; `None` in the whole cluster.
    pub fn all(&self) -> impl Iterator<Item = (Option<String>, &Granted<'r>)> {
        let of_places = self
            .places
            .iter()
            .flat_map(|(place, all)| all.iter().map(move |it| (Some(place.to_string()), it)));
        self.cluster.iter().map(|granted| (None, granted)).chain(of_places)
    }
}

impl Granted<'_> {
    pub(super) fn allows(&self, what: &Attributes) -> bool {
        self.rules.iter().any(|rule| rule.allows(what))
    }
}

impl Place<'_> {
    fn holds_in(&self, namespace: &str) -> bool {
        match self {
            Self::Named(name) => *name == namespace,
            Self::Prefix(prefix) => namespace.starts_with(prefix),
        }
    }

    /// Whatever the other place is, this one is there too.
    pub fn includes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Named(a), Self::Named(b)) => a == b,
            (Self::Named(_), Self::Prefix(_)) => false,
            (Self::Prefix(prefix), Self::Named(name) | Self::Prefix(name)) => name.starts_with(prefix),
        }
    }
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::Prefix(prefix) => write!(f, "{prefix}*"),
        }
    }
}

impl<'r> Source<'r> {
    /// As it is kept.
    pub fn to_owned(self) -> GrantedBy {
        match self {
            Self::Masters => GrantedBy::Masters,
            Self::Policy { policy, scope } => {
                GrantedBy::AccessPolicy { policy: policy.clone(), scope: scope.clone() }
            }
            Self::Binding(Grant { binding, subject, rules: _ }) => {
                GrantedBy::Binding { binding: BindingRef::from(binding), subject: subject.clone() }
            }
        }
    }

    /// What two sides have in common: the rights of the one are none that the other lacks. Roles are the same on both.
    pub(super) fn key(&self) -> SourceKey<'r> {
        match self {
            Self::Masters => SourceKey::Masters,
            Self::Policy { policy, scope } => SourceKey::Policy(policy.name(), scope),
            Self::Binding(Grant { binding, .. }) => {
                SourceKey::Binding(binding.namespace.as_deref(), &binding.name, &binding.role_ref)
            }
        }
    }
}

/// By what a source is the same one on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum SourceKey<'k> {
    Masters,
    Policy(&'k str, &'k AccessScope),
    Binding(Option<&'k str>, &'k str, &'k RoleRef),
}

/// What `system:masters` may do: every verb on every resource, and every path.
fn everything() -> &'static [PolicyRule] {
    static EVERYTHING: OnceLock<[PolicyRule; 2]> = OnceLock::new();
    EVERYTHING.get_or_init(|| {
        let star = || vec!["*".to_owned()];
        let urls = PolicyRule { verbs: star(), non_resource_urls: star(), ..PolicyRule::default() };
        [PolicyRule::every_resource(), urls]
    })
}
