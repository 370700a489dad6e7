//! Lint with a cluster at hand: where a plan speaks of a mapping, it is the plan that is right.
//!
//! The rules look at the text alone. Whether a mapping needs a decision depends on the cluster's mode, its access entries,
//! IAM and the decisions, and the planner has answered that; nothing of it is decided here again.

use std::collections::{BTreeMap, BTreeSet};

use super::check::Rule;
use super::input::Input;
use super::registry::sorted;
use super::rules::RULES;
use super::{Located, spans};
use crate::findings::{Finding, RuleId};
use crate::model::AuthenticationMode;
use crate::planner::{Outcome, Plan};
use crate::reader::{AwsAuth, EntryRef, Manifest, SectionName, Span};

/// Rules that need no decision, and that plans give as well.
const ALSO_OF_PLANS: [RuleId; 5] = [
    RuleId::DroppedEntry,
    RuleId::MissingUsername,
    RuleId::SectionCutShort,
    RuleId::SupersededLine,
    RuleId::SystemMasters,
];

/// What the rules find in the text, corrected and completed by what a plan says of each mapping. By place, then rule.
pub fn lint_planned(manifest: &Manifest, aws_auth: &AwsAuth, plan: &Plan) -> Vec<Located> {
    let input = Input::of(manifest, aws_auth);
    let said = Said::of(plan);
    let mut found: Vec<Located> = Vec::new();
    // in API mode EKS does not read the text, so that nothing is true that is said of it
    if plan.mode != Some(AuthenticationMode::Api) {
        let of_text = RULES.iter().flat_map(|rule| rule.run(&input).into_iter().map(move |it| (rule, it)));
        found.extend(of_text.filter_map(|(rule, it)| said.correct(rule, it)));
    }
    let place = |finding: &Finding| (finding.rule, finding.at.as_ref().map(|at| at.entry));
    let known: BTreeSet<_> = found.iter().map(|it| place(&it.finding)).collect();
    // a rule of the text says which way a mapping matches nobody
    let unsaid =
        plan.notices.iter().filter(|it| it.rule != RuleId::NeverMatches && !known.contains(&place(it)));
    let unsaid = unsaid.filter_map(|it| {
        let span = span(it.at.as_ref()?.entry, &input);
        Some(Located { span, finding: it.clone() })
    });
    found.extend(unsaid);
    sorted(found)
}

/// What the plan says, by mapping.
struct Said<'p> {
    /// The most severe of each rule.
    by_mapping: BTreeMap<(RuleId, EntryRef), &'p Finding>,
    outcomes: BTreeMap<EntryRef, &'p Outcome>,
}

impl<'p> Said<'p> {
    fn of(plan: &'p Plan) -> Self {
        let mut by_mapping = BTreeMap::<_, &Finding>::new();
        for finding in &plan.notices {
            let Some(at) = &finding.at else { continue };
            let most = by_mapping.entry((finding.rule, at.entry)).or_insert(finding);
            if finding.severity < most.severity {
                *most = finding;
            }
        }
        let outcomes = plan.lines.iter().map(|line| (line.at.entry, &line.outcome)).collect();
        Self { by_mapping, outcomes }
    }

    /// As the plan has it; `None`: the plan knows better.
    fn correct(&self, rule: &Rule, Located { span, finding }: Located) -> Option<Located> {
        let Some(owner) = finding.at.as_ref().map(|at| at.entry) else {
            // of keys and sections as a whole a plan says the same
            return (!finding.severity.is_blocking()).then_some(Located { span, finding });
        };
        if finding.severity.is_blocking() || ALSO_OF_PLANS.contains(&rule.id) {
            // it knows the bindings, and every option
            let finding = (*self.by_mapping.get(&(rule.id, owner))?).clone();
            return Some(Located { span, finding });
        }
        let migrates = |outcome: &&Outcome| {
            matches!(outcome, Outcome::Migrates { .. } | Outcome::Blocked { .. } | Outcome::Expanded { .. })
        };
        // how a mapping would migrate is said of those that do
        let is_true = !rule.is_of_mappings() || self.outcomes.get(&owner).is_some_and(migrates);
        is_true.then_some(Located { span, finding })
    }
}

fn span(at: EntryRef, input: &Input<'_>) -> Span {
    let aws_auth = input.aws_auth;
    let account = || {
        let mut accounts = aws_auth.accounts.entries.iter();
        let account = accounts.find(|account| account.at == at)?;
        Some(spans::account(input.text(), account))
    };
    let found = match at.section {
        SectionName::MapAccounts => account(),
        SectionName::MapRoles | SectionName::MapUsers => aws_auth.mapping(at).map(spans::arn),
    };
    let end = || input.ends().find(|it| it.at.as_ref().is_some_and(|end| end.entry == at)).map(|it| it.span);
    found.or_else(end).unwrap_or_else(|| spans::key(input.text(), at.section.as_str()))
}
