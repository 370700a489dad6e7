//! The phases of a plan, and what is done in each.

use crate::model::AuthenticationMode;
use crate::planner::{Action, Expected, Phase, Plan, Step};

/// A phase with its steps, and whether they can be rolled back.
pub(super) struct PhaseSummary<'p> {
    pub phase: Phase,
    pub steps: Vec<&'p Step>,
}

/// Whether what was done can be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Undo {
    Irreversible,
    Reversible,
    ReadOnly,
}

impl Undo {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Irreversible => "irreversible",
            Self::Reversible => "can be rolled back",
            Self::ReadOnly => "read-only",
        }
    }
}

impl PhaseSummary<'_> {
    pub fn undo(&self) -> Undo {
        match self.phase {
            Phase::DualMode | Phase::ApiMode => Undo::Irreversible,
            Phase::Entries | Phase::Prune => Undo::Reversible,
            Phase::Preflight | Phase::Verify => Undo::ReadOnly,
        }
    }

    pub fn what(&self) -> String {
        match self.phase {
            Phase::Preflight => "check that the cluster is as it was when this was planned".to_owned(),
            Phase::Verify => "read all entries back; nodes covered; your access intact".to_owned(),
            Phase::DualMode | Phase::ApiMode | Phase::Entries | Phase::Prune => {
                let mut kinds: Vec<([&'static str; 2], usize)> = Vec::new();
                for kind in self.steps.iter().map(|step| kind(&step.action)) {
                    match kinds.iter_mut().find(|(known, _)| *known == kind) {
                        Some((_, n)) => *n += 1,
                        None => kinds.push((kind, 1)),
                    }
                }
                let each = kinds.iter().map(|([one, many], n)| match n {
                    1 => (*one).to_owned(),
                    n => format!("{many} ×{n}"),
                });
                each.collect::<Vec<_>>().join(", ")
            }
        }
    }
}

/// What steps do, a line for each phase: `entries: create entries ×9, create a role binding; can be rolled back`.
pub fn work(steps: &[&Step]) -> Vec<String> {
    let of = |phase| {
        let steps: Vec<&Step> = steps.iter().copied().filter(|step| step.phase == phase).collect();
        let summary = PhaseSummary { phase, steps };
        let is_some = !summary.steps.is_empty();
        is_some.then(|| format!("{phase}: {}; {}", summary.what(), summary.undo().as_str()))
    };
    Phase::ALL.into_iter().filter_map(of).collect()
}

/// What an action does, of one and of several.
pub(super) fn kind(action: &Action) -> [&'static str; 2] {
    match action {
        Action::Mode { to: AuthenticationMode::Api, .. } => ["set authentication mode API"; 2],
        Action::Mode { .. } => ["set authentication mode API_AND_CONFIG_MAP"; 2],
        Action::Binding { before: None, .. } => ["create a role binding", "create role bindings"],
        Action::Binding { after: None, .. } => ["delete a role binding", "delete role bindings"],
        Action::Binding { .. } => ["replace a role binding", "replace role bindings"],
        Action::Entry { after: None, .. } => ["delete an entry", "delete entries"],
        Action::Entry { recreate: true, .. } => ["replace an entry", "replace entries"],
        Action::Entry { before: Expected::Entry(before), after: Some(after), .. }
            if before.entry_type != after.entry_type =>
        {
            ["replace an entry", "replace entries"]
        }
        Action::Entry { before: Expected::Entry(_), .. } => ["update an entry", "update entries"],
        Action::Entry { before: Expected::Absent, .. } => ["create an entry", "create entries"],
        Action::Entry { before: Expected::Unobserved, .. } => {
            ["create an entry, or adopt an identical one", "create entries, or adopt identical ones"]
        }
        Action::AwsAuth { after: None, .. } => ["delete aws-auth"; 2],
        Action::AwsAuth { .. } => ["remove the covered mappings from aws-auth"; 2],
    }
}

/// The phases that do something, and the checks around them; empty when there is nothing to do.
pub(super) fn phases(plan: &Plan) -> Vec<PhaseSummary<'_>> {
    if plan.steps.is_empty() {
        return Vec::new();
    }
    Phase::ALL
        .into_iter()
        .map(|phase| PhaseSummary {
            phase,
            steps: plan.steps.iter().filter(|step| step.phase == phase).collect(),
        })
        .filter(|summary| {
            !summary.steps.is_empty() || matches!(summary.phase, Phase::Preflight | Phase::Verify)
        })
        .collect()
}
