//! Lint with a cluster at hand: where a plan speaks of a mapping, it is the plan that is right.
//!
//! The rules look at the text alone. Whether a mapping needs a decision depends on the cluster's mode, its access entries,
//! IAM and the decisions, and the planner has answered that; nothing of it is decided here again.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{Check, Rule};
use super::input::Input;
use super::registry::PLAN_RULES;
use super::rules::RULES;
use super::{Finding, Level, spans};
use crate::model::AuthenticationMode;
use crate::planner::{LinePlace, Notice, Outcome, Plan, Severity};
use crate::reader::{AwsAuth, EntryRef, Manifest, Section, SectionName, SectionStatus, Span};

/// Rules that need no decision, and that plans give as well.
const ALSO_OF_PLANS: [&str; 5] =
    ["dropped-entry", "missing-username", "section-cut-short", "superseded-line", "system-masters"];

/// The plan's word for a mapping that matches nobody; a rule of the text says which way.
const NEVER: &str = "never-matches";

/// What the rules find in the text, corrected and completed by what a plan says of each mapping. By place, then rule.
pub fn lint_planned(manifest: &Manifest, aws_auth: &AwsAuth, plan: &Plan) -> Vec<Finding> {
    let input = Input::of(manifest, aws_auth);
    let notices = Notices::of(plan);
    let mappings = Mappings::of(aws_auth);
    let owner = |finding: &Finding| owner(finding, aws_auth, &mappings);
    let mut findings: Vec<Finding> = Vec::new();
    // in API mode EKS does not read the text, so that nothing is true that is said of it
    if plan.mode != Some(AuthenticationMode::Api) {
        let found = RULES.iter().flat_map(|rule| rule.run(&input).into_iter().map(move |it| (rule, it)));
        let corrected = found.filter_map(|(rule, finding)| {
            let owner = owner(&finding);
            notices.correct(rule, finding, owner)
        });
        findings.extend(corrected);
    }
    let said: BTreeSet<(&str, Option<EntryRef>)> =
        findings.iter().map(|finding| (finding.rule, owner(finding))).collect();
    let unsaid = plan.notices.iter().filter(|notice| notice.rule != NEVER).filter_map(|notice| {
        let at = notice.at.as_ref()?;
        (!said.contains(&(notice.rule.as_str(), Some(at.entry)))).then(|| from_plan(notice, at, &input))
    });
    let unsaid: Vec<Finding> = unsaid.collect();
    findings.extend(unsaid);
    findings.sort_by_key(|finding| (finding.span.start, finding.rule, finding.span.end));
    findings
}

/// Where the mappings stand in the text.
pub struct Mappings {
    /// In the text's order.
    spans: Vec<(Span, LinePlace)>,
}

impl Mappings {
    pub fn of(aws_auth: &AwsAuth) -> Self {
        let AwsAuth { roles, users, accounts } = aws_auth;
        let mappings = roles.entries.iter().chain(&users.entries);
        let mappings = mappings.map(|mapping| (mapping.span, mapping.at, mapping.place));
        let accounts = accounts.entries.iter().map(|account| (account.span, account.at, account.place));
        let all = mappings.chain(accounts);
        let mut spans: Vec<_> = all.map(|(span, entry, place)| (span, LinePlace { entry, place })).collect();
        spans.sort_by_key(|(span, _)| (span.start, span.end));
        Self { spans }
    }

    /// The mapping that a byte of the text belongs to.
    pub fn at(&self, byte: usize) -> Option<&LinePlace> {
        let behind = self.spans.partition_point(|(span, _)| span.start <= byte);
        let (span, place) = self.spans.get(behind.checked_sub(1)?)?;
        (byte < span.end).then_some(place)
    }
}

/// What the plan says, by mapping.
struct Notices<'p> {
    /// The most severe of each rule.
    by_mapping: BTreeMap<(&'p str, EntryRef), &'p Notice>,
    outcomes: BTreeMap<EntryRef, &'p Outcome>,
}

impl<'p> Notices<'p> {
    fn of(plan: &'p Plan) -> Self {
        let mut by_mapping = BTreeMap::<(&str, EntryRef), &Notice>::new();
        for notice in &plan.notices {
            let Some(at) = &notice.at else { continue };
            let most = by_mapping.entry((notice.rule.as_str(), at.entry)).or_insert(notice);
            if level(notice.severity) < level(most.severity) {
                *most = notice;
            }
        }
        let outcomes = plan.lines.iter().map(|line| (line.at.entry, &line.outcome)).collect();
        Self { by_mapping, outcomes }
    }

    /// As the plan has it; `None`: the plan knows better.
    fn correct(&self, rule: &Rule, mut finding: Finding, owner: Option<EntryRef>) -> Option<Finding> {
        let Some(owner) = owner else {
            // of keys and sections as a whole a plan says the same
            return (finding.severity != Level::Blocks).then_some(finding);
        };
        if finding.severity == Level::Blocks || ALSO_OF_PLANS.contains(&rule.id) {
            let notice = self.by_mapping.get(&(rule.id, owner))?;
            finding.severity = level(notice.severity);
            if finding.severity == Level::Blocks {
                // it knows the bindings, and every option
                finding.notes = vec![notice.message.clone()];
                finding.help = help(notice);
            }
            return Some(finding);
        }
        let migrates = |outcome: &&Outcome| {
            matches!(outcome, Outcome::Migrates { .. } | Outcome::Blocked { .. } | Outcome::Expanded { .. })
        };
        // how a mapping would migrate is said of those that do
        let is_true = match rule.check {
            Check::Line(_) => self.outcomes.get(&owner).is_some_and(migrates),
            Check::File(_) => true,
        };
        is_true.then_some(finding)
    }
}

fn level(severity: Severity) -> Level {
    match severity {
        Severity::Blocks(_) => Level::Blocks,
        Severity::Warning => Level::Warning,
        Severity::Info => Level::Info,
    }
}

/// What a finding is about: a mapping; or behind the last one of its section, where a section ends too early.
fn owner(finding: &Finding, aws_auth: &AwsAuth, mappings: &Mappings) -> Option<EntryRef> {
    if matches!(finding.rule, "section-lost" | "section-cut-short") {
        return ends(aws_auth).find(|(_, span)| span.start == finding.span.start).map(|(at, _)| at);
    }
    mappings.at(finding.span.start).map(|place| place.entry)
}

/// Where sections end too early.
fn ends(aws_auth: &AwsAuth) -> impl Iterator<Item = (EntryRef, Span)> {
    fn end<E>(section: &Section<E>) -> Option<(EntryRef, Span)> {
        let at = EntryRef { section: section.name, index: section.entries.len() };
        match &section.status {
            SectionStatus::Lost { span, .. } | SectionStatus::CutShort { span, .. } => Some((at, *span)),
            SectionStatus::Absent | SectionStatus::Read => None,
        }
    }
    [end(&aws_auth.roles), end(&aws_auth.users), end(&aws_auth.accounts)].into_iter().flatten()
}

fn from_plan(notice: &Notice, at: &LinePlace, input: &Input<'_>) -> Finding {
    let Notice { rule, severity, at: _, subject: _, message, help: _ } = notice;
    let (title, notes) = match severity {
        Severity::Blocks(phase) => (format!("needs a decision before {phase}"), vec![message.clone()]),
        Severity::Warning | Severity::Info => (message.clone(), Vec::new()),
    };
    Finding {
        rule: known(rule),
        severity: level(*severity),
        title,
        span: span(at.entry, input),
        label: if matches!(severity, Severity::Blocks(_)) { "this mapping waits" } else { "this mapping" }
            .to_owned(),
        notes,
        help: help(notice),
    }
}

fn help(notice: &Notice) -> Option<String> {
    (!notice.help.is_empty()).then(|| notice.help.join("; or "))
}

/// Every id of a plan stands in one of the two lists: a test holds it.
fn known(id: &str) -> &'static str {
    let ids = RULES.iter().map(|rule| rule.id).chain(PLAN_RULES.iter().copied());
    ids.into_iter().find(|known| *known == id).unwrap_or("of-the-plan")
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
    let end = || ends(aws_auth).find(|(end, _)| *end == at).map(|(_, span)| span);
    found.or_else(end).unwrap_or_else(|| spans::key(input.text(), at.section.as_str()))
}
