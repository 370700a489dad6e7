use std::collections::BTreeSet;

use super::request::{Field, Request};
use crate::model::{AccessScope, GroupName};
use crate::parity::Identity;
use crate::rbac::{
    AccessPolicy, Binding, PolicyRule, Rbac, Role, Subject, SubjectKind, UserInfo, access_policy,
};

/// A rule that somebody has, and where.
#[derive(Clone, Copy)]
pub(super) struct Grant<'a> {
    pub(super) place: Place<'a>,
    pub(super) rule: &'a PolicyRule,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place<'a> {
    /// In every namespace, in none, and on URLs.
    Everywhere,
    Namespace(&'a str),
    /// Of an access scope: names, and prefixes that end in `*`.
    Scope(&'a BTreeSet<String>),
}

/// The API server asks nobody else about them (kubernetes: pkg/kubeapiserver/authorizer/reload.go).
pub(super) fn is_master(identity: &Identity) -> bool {
    identity.user.groups.contains(GroupName::MASTERS)
}

/// By access policies and by RBAC (kubernetes: pkg/registry/rbac/validation/rule.go, VisitRulesFor).
pub(super) fn grants<'a>(identity: &'a Identity, rbac: &'a Rbac) -> impl Iterator<Item = Grant<'a>> {
    let by_policies = identity.policies.iter().flat_map(|(policy, scope)| {
        let place = match scope {
            AccessScope::Cluster => Place::Everywhere,
            AccessScope::Namespaces(names) => Place::Scope(names),
        };
        let rules = access_policy(policy.name()).map_or_else(Default::default, AccessPolicy::rules);
        rules.iter().map(move |rule| Grant { place, rule })
    });
    let binds =
        |binding: &&Binding| binding.subjects.iter().any(|it| is_subject(&identity.user, it, binding));
    let by_bindings = rbac.bindings.iter().filter(binds).flat_map(|binding| {
        let place = binding.namespace.as_deref().map_or(Place::Everywhere, Place::Namespace);
        rules_of(binding, rbac).iter().map(move |rule| Grant { place, rule })
    });
    by_policies.chain(by_bindings)
}

fn is_subject(user: &UserInfo, subject: &Subject, binding: &Binding) -> bool {
    match subject.kind {
        SubjectKind::User => user.username == subject.name,
        SubjectKind::Group => user.groups.contains(&subject.name),
        SubjectKind::ServiceAccount => {
            let namespaces = [&subject.namespace, &binding.namespace];
            let namespace = namespaces.into_iter().flatten().find(|name| !name.is_empty());
            let account = |namespace: &String| {
                let rest = user.username.strip_prefix("system:serviceaccount:")?;
                rest.strip_prefix(namespace.as_str())?.strip_prefix(':')
            };
            namespace.and_then(account) == Some(subject.name.as_str())
        }
        SubjectKind::Other(_) => false,
    }
}

/// A role that is missing gives nothing, and takes nothing from the other bindings.
fn rules_of<'a>(binding: &Binding, rbac: &'a Rbac) -> &'a [PolicyRule] {
    let namespace = match (binding.role_ref.kind.as_str(), &binding.namespace) {
        ("ClusterRole", _) => None,
        ("Role", Some(namespace)) => Some(namespace),
        _ => return &[],
    };
    let is_meant = |it: &&Role| it.namespace.as_ref() == namespace && it.name == binding.role_ref.name;
    rbac.roles.iter().find(is_meant).map_or(&[], |role| &role.rules)
}

impl Grant<'_> {
    pub(super) fn allows(&self, request: &Request<'_>) -> bool {
        request.fields().iter().all(|field| self.passes(*field, request))
    }

    /// Whether this field does not speak against it (kubernetes: pkg/apis/rbac/v1/evaluation_helpers.go). A resource alone
    /// speaks against it when no subresource would help; the subresource is looked at together with it.
    pub(super) fn passes(&self, field: Field, request: &Request<'_>) -> bool {
        let Self { place, rule } = self;
        let value = request.get(field);
        let is_in = |list: &[String]| list.iter().any(|it| it == "*" || it == value);
        match field {
            Field::Namespace => place.has(value),
            Field::Group => is_in(&rule.api_groups),
            Field::Verb => is_in(&rule.verbs),
            Field::Resource => rule.resources.iter().any(|it| {
                let is_below = |above: &str| it.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'));
                it == "*" || it == value || is_below("*") || is_below(value)
            }),
            Field::Subresource => rule.resources.iter().any(|it| {
                let resource = request.get(Field::Resource);
                let is =
                    |above: &str| it.strip_prefix(above).and_then(|it| it.strip_prefix('/')) == Some(value);
                it == "*" || if value.is_empty() { it == resource } else { is("*") || is(resource) }
            }),
            Field::Name => rule.resource_names.is_empty() || rule.resource_names.iter().any(|it| it == value),
            Field::Path => rule
                .non_resource_urls
                .iter()
                .any(|it| it == value || (it.ends_with('*') && value.starts_with(it.trim_end_matches('*')))),
        }
    }
}

impl Request<'_> {
    /// Wherever the rule holds.
    pub fn is_allowed_by(&self, rule: &PolicyRule) -> bool {
        Grant { place: Place::Everywhere, rule }.allows(self)
    }
}

impl Place<'_> {
    fn has(self, namespace: &str) -> bool {
        let is_like = |name: &String| {
            name == namespace || name.strip_suffix('*').is_some_and(|prefix| namespace.starts_with(prefix))
        };
        match self {
            Self::Everywhere => true,
            Self::Namespace(name) => !namespace.is_empty() && namespace == name,
            Self::Scope(names) => !namespace.is_empty() && names.iter().any(is_like),
        }
    }
}
