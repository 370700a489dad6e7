use super::{Call, EntryLogin, ResourceState};
use crate::model::AccessEntry;
use crate::planner::{Action, Expected, Step};

/// A step that no sequence of calls can do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoCalls {
    #[error("step {step}: EKS cannot change the mode from {from} to {to}")]
    Mode { step: String, from: &'static str, to: &'static str },
    #[error("step {step}: an entry's tags cannot be changed without replacing it")]
    Tags { step: String },
    #[error("step {step}: the entry is another principal's")]
    Principal { step: String },
    #[error("step {step}: an entry that was not observed cannot be deleted")]
    Unobserved { step: String },
    #[error("step {step}: a binding's name and namespace cannot change")]
    Binding { step: String },
    #[error("step {step} is listed twice")]
    Twice { step: String },
    #[error("step {step}: its calls do not produce its value")]
    Astray { step: String },
}

/// A call, and the whole state of its resource on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Transition {
    pub call: Call,
    pub before: ResourceState,
    pub after: ResourceState,
}

/// The calls of a step with the values between them.
pub(crate) fn transitions_of(step: &Step) -> Result<Vec<Transition>, NoCalls> {
    let astray = || NoCalls::Astray { step: step.id.clone() };
    let mut value = ResourceState::before(step);
    let mut transitions = Vec::new();
    for call in calls_of(step)? {
        let after = value.with(&call).ok_or_else(astray)?;
        transitions.push(Transition { call, before: value, after: after.clone() });
        value = after;
    }
    if value != ResourceState::after(step) {
        return Err(astray());
    }
    Ok(transitions)
}

/// The calls of a step, in order, from the value it expects to the value it leaves behind.
///
/// An entry is without rights between its creation and its first association, so nothing comes in between.
/// Where an entry is changed, rights are gained before others are lost.
///
/// # Errors
/// When EKS or Kubernetes has no calls for it.
pub fn calls_of(step: &Step) -> Result<Vec<Call>, NoCalls> {
    let id = || step.id.clone();
    match &step.action {
        Action::Mode { from, to } if from.next() == Some(*to) => {
            Ok(vec![Call::UpdateMode { from: *from, to: *to }])
        }
        Action::Mode { from, to } => Err(NoCalls::Mode { step: id(), from: from.as_str(), to: to.as_str() }),
        Action::Binding { before, after } => {
            let moved = before.as_ref().zip(after.as_ref()).is_some_and(|(before, after)| {
                (&before.namespace, &before.name) != (&after.namespace, &after.name)
            });
            if moved {
                return Err(NoCalls::Binding { step: id() });
            }
            if before == after {
                return Ok(Vec::new());
            }
            let delete = before.clone().map(|binding| Call::DeleteBinding { binding });
            let create = after.clone().map(|binding| Call::CreateBinding { binding });
            Ok(delete.into_iter().chain(create).collect())
        }
        Action::AwsAuth { before, after, parts } => Ok(match (before.clone(), after.clone()) {
            (Some(before), Some(after)) if before == after => Vec::new(),
            (Some(before), Some(after)) => vec![Call::ReplaceAwsAuth { before, after }],
            (None, Some(after)) => vec![Call::CreateAwsAuth { after, parts: parts.clone() }],
            (Some(before), None) => vec![Call::DeleteAwsAuth { before, parts: parts.clone() }],
            (None, None) => Vec::new(),
        }),
        Action::Entry { principal, before, after, recreate } => {
            let values = [
                match before {
                    Expected::Entry(entry) => Some(entry),
                    Expected::Absent | Expected::Unobserved => None,
                },
                after.as_ref(),
            ];
            if values.iter().flatten().any(|entry| entry.principal != *principal) {
                return Err(NoCalls::Principal { step: id() });
            }
            if *before == Expected::Unobserved && after.is_none() {
                return Err(NoCalls::Unobserved { step: id() });
            }
            match values {
                [None, None] => Ok(Vec::new()),
                [None, Some(after)] => Ok(create(after)),
                [Some(before), None] => Ok(vec![Call::DeleteEntry { entry: before.clone() }]),
                [Some(before), Some(after)] if *recreate || before.entry_type != after.entry_type => {
                    let delete = Call::DeleteEntry { entry: before.clone() };
                    Ok(std::iter::once(delete).chain(create(after)).collect())
                }
                [Some(before), Some(after)] if before.tags != after.tags => Err(NoCalls::Tags { step: id() }),
                [Some(before), Some(after)] => Ok(update(before, after)),
            }
        }
    }
}

fn create(after: &AccessEntry) -> Vec<Call> {
    let AccessEntry { principal, entry_type: _, username: _, groups: _, policies, tags: _ } = after;
    let bare = AccessEntry { policies: Default::default(), ..after.clone() };
    let associate = policies.iter().map(|(policy, scope)| Call::Associate {
        principal: principal.clone(),
        policy: policy.clone(),
        before: None,
        after: scope.clone(),
    });
    std::iter::once(Call::CreateEntry { entry: bare }).chain(associate).collect()
}

fn update(before: &AccessEntry, after: &AccessEntry) -> Vec<Call> {
    let principal = &after.principal;
    let mut calls = Vec::new();
    for (policy, scope) in &after.policies {
        let held = before.policies.get(policy);
        if held != Some(scope) {
            calls.push(Call::Associate {
                principal: principal.clone(),
                policy: policy.clone(),
                before: held.cloned(),
                after: scope.clone(),
            });
        }
    }
    let same_login = AccessEntry { policies: before.policies.clone(), ..after.clone() };
    if ResourceState::entry(Some(same_login)) != ResourceState::entry(Some(before.clone())) {
        calls.push(Call::UpdateEntry {
            principal: principal.clone(),
            before: EntryLogin::of(before),
            after: EntryLogin::of(after),
        });
    }
    for (policy, scope) in &before.policies {
        if !after.policies.contains_key(policy) {
            calls.push(Call::Disassociate {
                principal: principal.clone(),
                policy: policy.clone(),
                before: scope.clone(),
            });
        }
    }
    calls
}
