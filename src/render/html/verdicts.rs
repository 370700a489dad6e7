//! Who stands in the matrix, in which row, and where a principal's mapping is.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::CanonicalArn;
use crate::parity::{PrincipalParity, Verdict};
use crate::planner::{ExistingFate, Line, Outcome, Plan, Target};
use crate::reader::LinePlace;
use crate::render::parity::alike;

/// What is said of a principal, or of one scope of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Word {
    Loses,
    Gains,
    LosesAndGains,
    Unknown,
    DiffersInForm,
    Equal,
}

impl Word {
    pub(super) fn of(parity: &PrincipalParity) -> Self {
        match parity.verdict {
            Verdict::Loses if parity.gained.is_some() => Self::LosesAndGains,
            verdict => Self::of_scope(verdict),
        }
    }

    pub(super) const fn of_scope(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Loses => Self::Loses,
            Verdict::Gains => Self::Gains,
            Verdict::Unknown => Self::Unknown,
            Verdict::DiffersInForm => Self::DiffersInForm,
            Verdict::Equal => Self::Equal,
        }
    }

    pub(super) const fn said(self) -> &'static str {
        match self {
            Self::Loses => "loses",
            Self::Gains => "gains",
            Self::LosesAndGains => "loses and gains",
            Self::Unknown => "unknown",
            Self::DiffersInForm => "differs in form",
            Self::Equal => "the same",
        }
    }

    /// For eyes that do not tell the colours apart.
    pub(super) const fn glyph(self) -> &'static str {
        match self {
            Self::Loses => "−",
            Self::Gains => "+",
            Self::LosesAndGains => "±",
            Self::Unknown => "?",
            Self::DiffersInForm => "≈",
            Self::Equal => "=",
        }
    }

    /// The class of what is coloured so.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Loses | Self::LosesAndGains => "verdict loses",
            Self::Gains => "verdict gains",
            Self::Unknown => "verdict unknown",
            Self::DiffersInForm => "verdict form",
            Self::Equal => "verdict equal",
        }
    }

    /// The words by which it is filtered.
    pub(super) const fn filter(self) -> &'static str {
        match self {
            Self::Loses => "loses",
            Self::Gains => "gains",
            Self::LosesAndGains => "loses gains",
            Self::Unknown => "unknown",
            Self::DiffersInForm => "form",
            Self::Equal => "equal",
        }
    }
}

/// Somebody of whom nothing changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Same<'p> {
    pub principal: &'p str,
    /// Why, if it is not that the entry gives what the mapping gives.
    pub because: Option<&'static str>,
}

/// Everybody in the order of the rows: who may do more or less, the gravest first, then all others.
#[derive(Debug, Clone, Default)]
pub(super) struct Verdicts<'p> {
    /// Those who lose and gain the same, together.
    pub groups: Vec<Vec<&'p PrincipalParity>>,
    pub same: Vec<Same<'p>>,
    rows: BTreeMap<&'p str, (usize, Word)>,
    mappings: BTreeMap<&'p str, usize>,
    targets: BTreeMap<&'p str, &'p Target>,
}

impl<'p> Verdicts<'p> {
    pub(super) fn of(plan: &'p Plan) -> Self {
        let mappings = mappings(plan);
        let targets = plan.targets.iter().map(|target| (target.entry.principal.as_str(), target)).collect();
        let Some(parity) = &plan.parity else { return Self { mappings, targets, ..Self::default() } };
        let groups = alike(parity);
        let mut rows: BTreeMap<&str, (usize, Word)> = BTreeMap::new();
        for (row, of) in groups.iter().flatten().enumerate() {
            rows.entry(of.principal.as_str()).or_insert((row, Word::of(of)));
        }
        let changing = groups.iter().map(Vec::len).sum::<usize>();
        let same: Vec<Same<'p>> =
            everybody(plan).into_iter().filter(|it| !rows.contains_key(it.principal)).collect();
        rows.extend(same.iter().enumerate().map(|(i, it)| (it.principal, (changing + i, Word::Equal))));
        Self { groups, same, rows, mappings, targets }
    }

    /// The row of a principal, the first of its sessions, and its verdict.
    pub(super) fn row(&self, principal: &str) -> Option<(usize, Word)> {
        self.rows.get(principal).copied()
    }

    /// Which of the plan's lines is the mapping of a principal.
    pub(super) fn mapping(&self, principal: &str) -> Option<usize> {
        self.mappings.get(principal).copied()
    }

    pub(super) fn target(&self, principal: &str) -> Option<&'p Target> {
        self.targets.get(principal).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.groups.iter().map(Vec::len).sum::<usize>() + self.same.len()
    }
}

/// By principal, the mapping that its entry is made from, or that waits, ends or is overridden.
fn mappings(plan: &Plan) -> BTreeMap<&str, usize> {
    let places: BTreeMap<&LinePlace, usize> =
        plan.lines.iter().enumerate().map(|(i, line)| (&line.at, i)).collect();
    let has_access = |line: &Line| {
        matches!(line.outcome, Outcome::Blocked { .. } | Outcome::Skipped { .. } | Outcome::Overridden { .. })
    };
    let of_line = plan.lines.iter().enumerate().filter(|(_, line)| has_access(line));
    let of_line = of_line.map(|(i, line)| (line.arn.as_str(), i));
    let of_target = plan
        .targets
        .iter()
        .filter_map(|target| Some((target.entry.principal.as_str(), *places.get(&target.from)?)));
    of_line.chain(of_target).collect()
}

/// Everybody who authenticates on either side, as far as the plan names them.
fn everybody(plan: &Plan) -> Vec<Same<'_>> {
    let targets =
        plan.targets.iter().map(|target| Same { principal: target.entry.principal.as_str(), because: None });
    let has_account = |line: &&Line| line.arn.split(':').nth(4).is_some_and(|account| !account.is_empty());
    let waiting = plan.lines.iter().filter(has_account).filter_map(|line| {
        let because = match line.outcome {
            Outcome::Blocked { .. } => "as it is, until its mapping is decided",
            Outcome::Skipped { .. } => "it is skipped by decision, and may do nothing today",
            _ => return None,
        };
        Some(Same { principal: line.arn.as_str(), because: Some(because) })
    });
    let staying = plan.existing.iter().filter_map(|existing| {
        let because = match existing.fate {
            ExistingFate::Update | ExistingFate::Replace | ExistingFate::Dead => return None,
            ExistingFate::Equal
            | ExistingFate::Overrides
            | ExistingFate::Foreign
            | ExistingFate::EksOwned
            | ExistingFate::Blocked => "its access entry stays as it is",
        };
        Some(Same { principal: existing.principal.as_str(), because: Some(because) })
    });
    // one whose entry is effective is no other for its mapping, however that spells it
    let mut seen = BTreeSet::new();
    let of_entries = targets.chain(staying).map(|it| (CanonicalArn::of(it.principal), it));
    let of_mappings = waiting.map(|it| (CanonicalArn::as_mapped(it.principal), it));
    of_entries.chain(of_mappings).filter_map(|(key, it)| seen.insert(key).then_some(it)).collect()
}
