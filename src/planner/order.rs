//! The order of the steps, and why the caller's own entry comes last.

use super::mappings::settle::Settled;
use super::{Action, Expected, Phase, Standing, Step, Target};
use crate::model::AuthenticationMode;
use crate::rbac::Binding;

/// All changes in the order of their execution.
///
/// Bindings come before the entries whose groups need them. The caller's own entry comes last: an entry overrides its mapping
/// the moment it is made, and until all others are there the caller's rights come from where they come from today.
/// What runs at the same time is told in `executor::run::schedule`, which keeps the caller's entry last as well.
pub(super) fn order_steps(
    mode: Option<AuthenticationMode>,
    settled: &Settled,
    prune: Option<Action>,
) -> Vec<Step> {
    let mut steps = Vec::new();
    if mode == Some(AuthenticationMode::ConfigMap) {
        steps.push(mode_step(
            Phase::DualMode,
            AuthenticationMode::ConfigMap,
            AuthenticationMode::ApiAndConfigMap,
        ));
    }
    steps.extend(settled.bindings.iter().map(|binding| Step {
        id: format!("entries/{:?}/{}", binding.kind(), path_of(binding)),
        phase: Phase::Entries,
        action: Action::Binding { before: None, after: Some(binding.clone()) },
    }));
    let (callers, others): (Vec<&Target>, Vec<&Target>) =
        settled.targets.values().partition(|target| target.is_caller);
    steps.extend(others.into_iter().chain(callers).filter_map(entry_step));
    steps.extend(prune.map(|action| Step { id: "prune/aws-auth".to_owned(), phase: Phase::Prune, action }));
    if matches!(mode, Some(AuthenticationMode::ConfigMap | AuthenticationMode::ApiAndConfigMap)) {
        steps.push(mode_step(Phase::ApiMode, AuthenticationMode::ApiAndConfigMap, AuthenticationMode::Api));
    }
    steps
}

fn mode_step(phase: Phase, from: AuthenticationMode, to: AuthenticationMode) -> Step {
    Step { id: format!("{phase}/{to}"), phase, action: Action::Mode { from, to } }
}

fn entry_step(target: &Target) -> Option<Step> {
    let (before, recreate) = match &target.standing {
        Standing::Equal => return None,
        Standing::NotYetObservable => (Expected::Unobserved, false),
        Standing::Create => (Expected::Absent, false),
        Standing::Update { from } => (Expected::Entry(from.clone()), false),
        // one whose type differs is deleted and created anyway
        Standing::Replace { from, dead } => (Expected::Entry(from.clone()), *dead),
    };
    let principal = target.entry.principal.clone();
    Some(Step {
        id: ["entries/", principal.as_str()].concat(),
        phase: Phase::Entries,
        action: Action::Entry { principal, before, after: Some(target.entry.clone()), recreate },
    })
}

fn path_of(binding: &Binding) -> String {
    match &binding.namespace {
        Some(namespace) => format!("{namespace}/{}", binding.name),
        None => binding.name.clone(),
    }
}
