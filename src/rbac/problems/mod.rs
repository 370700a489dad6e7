//! Roles and bindings that give other than it seems. Evaluation copes with all of them; each is worth a word.

mod drift;
mod rules;

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::aggregate::{Aggregation, MOST_RULES, Unselected};
use super::index::service_account_namespace;
use super::{Binding, BindingRef, Index, NoRole, Rbac, Role, Subject, SubjectKind};

/// How many objects a problem names.
const MOST_NAMED: usize = 3;

/// What is the matter with some objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ProblemKind {
    /// Bindings to a role that is not there.
    MissingRole,
    /// Bindings to a role of no kind that there is.
    UnknownRoleKind,
    /// Subjects of a kind that matches nobody, as `group`.
    UnknownSubjectKind,
    /// ServiceAccounts without a namespace in a ClusterRoleBinding, which match nobody.
    AccountWithoutNamespace,
    /// Aggregated ClusterRoles whose stored rules are not those that their controller would write.
    Drift,
    /// Aggregated ClusterRoles that are made of each other.
    AggregationCycle,
    /// Aggregated ClusterRoles with a selector that cannot be read: nothing is aggregated into them.
    UnreadableSelector,
    /// Aggregated ClusterRoles that would be too large.
    AggregationTooLarge,
    /// Rules that allow nothing, because a list is empty.
    IdleRule,
    /// Verbs that Kubernetes does not have.
    UnknownVerb,
    /// Keys that nobody reads, and that are spelled like one that is read.
    UnreadKey,
    /// Objects of a namespace that do not say of which. They are left out.
    LacksNamespace,
}

/// One kind of problem, and whom it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Problem {
    pub what: ProblemKind,
    /// How many objects have it.
    pub count: usize,
    /// The first few of them, with what is special about each.
    pub named: Vec<String>,
}

/// Every kind of problem that is there, each once.
///
/// `concerns`: which bindings are looked at, with the roles that they refer to. `None`: all, and all roles.
pub fn problems(rbac: &Rbac, index: &Index<'_>, concerns: Option<&dyn Fn(&Binding) -> bool>) -> Vec<Problem> {
    let mut found = Found::default();
    let mut referred = BTreeSet::new();
    for binding in rbac.bindings.iter().filter(|binding| concerns.is_none_or(|concerns| concerns(binding))) {
        match index.role_of(binding) {
            Ok(role) => {
                referred.insert((role.namespace.as_deref(), role.name.as_str()));
            }
            Err(NoRole::ClusterRole(_) | NoRole::Role(_)) => {
                found.add(ProblemKind::MissingRole, || BindingRef::from(binding).to_string());
            }
            Err(NoRole::Kind(_)) => {
                found.add(ProblemKind::UnknownRoleKind, || BindingRef::from(binding).to_string());
            }
        }
        for subject in &binding.subjects {
            found.subject(subject, binding);
        }
    }
    let is_looked_at = |role: &Role| {
        concerns.is_none() || referred.contains(&(role.namespace.as_deref(), role.name.as_str()))
    };
    for role in rbac.roles.iter().filter(|role| is_looked_at(role)) {
        found.rules(role);
    }
    if rbac.roles.iter().any(|role| role.aggregation.is_some() && is_looked_at(role)) {
        found.aggregation(&rbac.roles, &is_looked_at);
    }
    found.0
}

#[derive(Default)]
struct Found(Vec<Problem>);

impl Found {
    fn add(&mut self, what: ProblemKind, name: impl FnOnce() -> String) {
        Problem::add(&mut self.0, what, name);
    }

    fn subject(&mut self, subject: &Subject, binding: &Binding) {
        let of = || Binding::full_name(binding.namespace.as_deref(), &binding.name);
        match &subject.kind {
            SubjectKind::Other(kind) => {
                self.add(ProblemKind::UnknownSubjectKind, || format!("{} ({kind:?} {})", of(), subject.name));
            }
            SubjectKind::ServiceAccount if service_account_namespace(subject, binding).is_none() => {
                self.add(ProblemKind::AccountWithoutNamespace, || format!("{} ({})", of(), subject.name));
            }
            SubjectKind::ServiceAccount | SubjectKind::User | SubjectKind::Group => {}
        }
    }

    fn rules(&mut self, role: &Role) {
        if let Some((at, empty)) = rules::first_idle(role) {
            self.add(ProblemKind::IdleRule, || format!("{} (rule {}: {empty})", full_name(role), at + 1));
        }
        if let Some(verb) = rules::first_unknown_verb(role) {
            self.add(ProblemKind::UnknownVerb, || format!("{} ({verb:?})", full_name(role)));
        }
    }

    fn aggregation(&mut self, roles: &[Role], is_looked_at: &dyn Fn(&Role) -> bool) {
        let aggregation = Aggregation::of(roles);
        let cycles: BTreeSet<usize> = aggregation.cycles().into_iter().collect();
        let mut drift = drift::Comparison::default();
        let mut left = MOST_RULES;
        for (at, members) in aggregation.members.iter().filter(|(at, _)| is_looked_at(&roles[**at])) {
            let (role, name) = (&roles[*at], || roles[*at].name.clone());
            match members {
                Err(Unselected::Selector) => self.add(ProblemKind::UnreadableSelector, name),
                Err(Unselected::TooMuch) => self.add(ProblemKind::AggregationTooLarge, name),
                Ok(_) if cycles.contains(at) => self.add(ProblemKind::AggregationCycle, name),
                Ok(_) => match drift.of(role, aggregation.written_next(*at, &mut left)) {
                    drift::Answer::Same => {}
                    drift::Answer::Differs(how) => {
                        self.add(ProblemKind::Drift, || format!("{} ({how})", role.name));
                    }
                    drift::Answer::TooLarge => self.add(ProblemKind::AggregationTooLarge, name),
                },
            }
        }
    }
}

fn full_name(role: &Role) -> String {
    match &role.namespace {
        None => format!("ClusterRole {}", role.name),
        Some(namespace) => format!("Role {namespace}/{}", role.name),
    }
}

impl Problem {
    /// To those that are there already; only the first few are named.
    pub(crate) fn add(problems: &mut Vec<Self>, what: ProblemKind, name: impl FnOnce() -> String) {
        match problems.iter_mut().find(|problem| problem.what == what) {
            None => problems.push(Self { what, count: 1, named: vec![name()] }),
            Some(problem) => {
                problem.count += 1;
                if problem.named.len() < MOST_NAMED {
                    problem.named.push(name());
                }
            }
        }
    }
}

/// What is the matter, what that means, and with whom.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, count, named } = self;
        let n = |one: &str, many: &str| match count {
            1 => format!("1 {one}"),
            count => format!("{count} {many}"),
        };
        let text = match what {
            ProblemKind::MissingRole => {
                n("binding refers to a missing role, and gives", "bindings refer to missing roles, and give")
                    + " nothing"
            }
            ProblemKind::UnknownRoleKind => {
                n(
                    "binding refers to an unknown kind of role, and gives",
                    "bindings refer to unknown kinds of roles, and give",
                ) + " nothing"
            }
            ProblemKind::UnknownSubjectKind => {
                n("subject has an unknown kind and matches", "subjects have unknown kinds and match")
                    + " nobody: write User, Group or ServiceAccount"
            }
            ProblemKind::AccountWithoutNamespace => {
                n(
                    "ServiceAccount without a namespace in a ClusterRoleBinding matches",
                    "ServiceAccounts without a namespace in ClusterRoleBindings match",
                ) + " nobody"
            }
            ProblemKind::Drift => {
                n("aggregated ClusterRole stores", "aggregated ClusterRoles store")
                    + " other rules than its controller would write; the stored rules apply"
            }
            ProblemKind::AggregationCycle => {
                n("aggregated ClusterRole is", "aggregated ClusterRoles are")
                    + " aggregated from each other, so their rules depend on the order of filling"
            }
            ProblemKind::UnreadableSelector => {
                n("aggregated ClusterRole has", "aggregated ClusterRoles have")
                    + " an invalid selector, so nothing is aggregated"
            }
            ProblemKind::AggregationTooLarge => {
                n("aggregated ClusterRole is", "aggregated ClusterRoles are")
                    + " made of too many rules to compute; the stored rules apply"
            }
            ProblemKind::IdleRule => {
                n("role has", "roles have") + " a rule that allows nothing, because one of its lists is empty"
            }
            ProblemKind::UnknownVerb => n("role has", "roles have") + " an unknown verb",
            ProblemKind::UnreadKey => {
                n("unknown key is", "unknown keys are") + " ignored: keys are case-sensitive"
            }
            ProblemKind::LacksNamespace => {
                n("object has no namespace, and counts", "objects have no namespace, and count") + " in none"
            }
        };
        write!(f, "{text}: {}", named.join(", "))?;
        match count - named.len() {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
