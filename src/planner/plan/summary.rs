use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::findings::Severity;
use crate::model::Phase;
use crate::planner::{ExistingFate, Outcome, Plan, Standing};

/// A plan in numbers. What there is none of is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Summary {
    /// Mappings, by the kind of their outcome.
    pub lines: BTreeMap<String, usize>,
    /// Entries that the migration leads to, by how they stand to what exists.
    pub targets: BTreeMap<String, usize>,
    pub existing: BTreeMap<ExistingFate, usize>,
    pub nodes: NodeCounts,
    /// Findings that need a decision, by the first phase that waits; warnings and infos.
    pub blocks: BTreeMap<Phase, usize>,
    pub warnings: usize,
    pub infos: usize,
    pub steps: BTreeMap<Phase, usize>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NodeCounts {
    pub covered: usize,
    pub uncovered: usize,
}

impl Summary {
    pub(super) fn of(plan: &Plan) -> Self {
        let weighs = |severity| plan.notices.iter().filter(|it| it.severity == severity).count();
        let covered = plan.nodes.iter().filter(|node| node.covered).count();
        Self {
            lines: named(counted(plan.lines.iter().map(|line| line.outcome.kind()))),
            targets: named(counted(plan.targets.iter().map(|target| target.standing.kind()))),
            existing: counted(plan.existing.iter().map(|existing| existing.fate)),
            nodes: NodeCounts { covered, uncovered: plan.nodes.len() - covered },
            blocks: counted(plan.notices.iter().filter_map(|it| match it.severity {
                Severity::Blocks(phase) => Some(phase),
                Severity::Warning | Severity::Info => None,
            })),
            warnings: weighs(Severity::Warning),
            infos: weighs(Severity::Info),
            steps: counted(plan.steps.iter().map(|step| step.phase)),
        }
    }
}

fn counted<T: Ord>(items: impl Iterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counts = BTreeMap::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    counts
}

/// A name is made once it is counted, not for each mapping.
fn named(counts: BTreeMap<&'static str, usize>) -> BTreeMap<String, usize> {
    counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
}

impl Outcome {
    /// As the plan's file has it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Migrates { .. } => "migrates",
            Self::Superseded { .. } => "superseded",
            Self::NeverMatches { .. } => "never-matches",
            Self::Dropped { .. } => "dropped",
            Self::Gone => "gone",
            Self::NotRead => "not-read",
            Self::Skipped { .. } => "skipped",
            Self::Overridden { .. } => "overridden",
            Self::Expanded { .. } => "expanded",
            Self::Blocked { .. } => "blocked",
        }
    }
}

impl Standing {
    /// As the plan's file has it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NotYetObservable => "not-yet-observable",
            Self::Create => "create",
            Self::Equal => "equal",
            Self::Update { .. } => "update",
            Self::Replace { .. } => "replace",
        }
    }
}
