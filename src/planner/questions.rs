//! What is open, and what each answer would do: found out by planning with it.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Action, Decisions, Finding, Phase, Plan, plan};
use crate::findings::{Ask, Choice, Edit, RuleId};
use crate::parity::Change;
use crate::rbac::BindingRef;
use crate::snapshot::Snapshot;

/// A cluster whose questions are asked, and what is decided so far.
pub struct Asking<'s> {
    snapshot: &'s Snapshot,
    /// The last day of what is accepted must not have passed: `YYYY-MM-DD`.
    today: String,
    pub decisions: Decisions,
    pub plan: Plan,
}

/// Something that a decision can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub asked: Matter,
    /// Safest first.
    pub choices: Vec<Choice>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matter {
    /// It needs a decision.
    Finding(Finding),
    /// Somebody loses or gains permissions, and nobody has said that it is meant.
    Change { principal: String, session: Option<String>, is_lost: bool, change: Change },
}

/// A choice that really answers the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub choice: Choice,
    /// `None`: it depends on what is still to be said.
    pub effect: Option<Effect>,
}

/// What a plan with the choice does that the plan without it does not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Effect {
    /// Bindings that are created, so that a new name keeps what the old one has.
    pub bindings_copied: Vec<BindingRef>,
    /// Entries that are created, changed or replaced.
    pub entries: usize,
    pub loses: Vec<Changed>,
    pub gains: Vec<Changed>,
    /// Rules and subjects of what needs a decision only then.
    pub opens: Vec<(RuleId, String)>,
    /// How many questions are left.
    pub left: usize,
}

/// Somebody whose permissions change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Changed {
    pub principal: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    pub permissions: usize,
    #[serde(skip)]
    id: String,
}

impl<'s> Asking<'s> {
    /// `today`: `YYYY-MM-DD`.
    pub fn of(snapshot: &'s Snapshot, decisions: Decisions, today: &str) -> Self {
        let plan = plan(snapshot, &decisions);
        Self { snapshot, today: today.to_owned(), decisions, plan }
    }

    /// With a choice taken; `None` while something of it is open.
    pub fn with(&self, choice: &Choice) -> Option<Self> {
        Some(Self::of(self.snapshot, self.decisions.with(choice)?, &self.today))
    }

    /// In the order in which the plan has them: what waits first, first.
    pub fn questions(&self) -> Vec<Question> {
        let of_finding = |finding: &Finding| {
            let choices = finding.words().choices;
            (!choices.is_empty()).then(|| Question { asked: Matter::Finding(finding.clone()), choices })
        };
        let findings = self.plan.blockers(Phase::ApiMode).filter_map(of_finding);
        findings.chain(self.changes()).collect()
    }

    /// What needs a decision that no decision of the file is: something has to be done, or looked up.
    pub fn elsewhere(&self) -> impl Iterator<Item = &Finding> {
        self.plan.blockers(Phase::ApiMode).filter(|finding| finding.words().choices.is_empty())
    }

    /// The choices that answer the question, each with what it does; one that would only lead to another obstacle for the
    /// same mapping is none.
    pub fn offers(&self, question: &Question) -> Vec<Offer> {
        let offer = |choice: &Choice| {
            let Some(stand_in) = stand_in(choice) else {
                return Some(Offer { choice: choice.clone(), effect: None });
            };
            let effect = self.effect(question, &stand_in)?;
            Some(Offer { choice: choice.clone(), effect: Some(effect) })
        };
        question.choices.iter().filter_map(offer).collect()
    }

    /// What a complete choice does; `None`: it does not answer the question.
    pub fn effect(&self, question: &Question, choice: &Choice) -> Option<Effect> {
        let then = self.with(choice)?;
        if !then.answers(question) {
            return None;
        }
        let now = |binding: &BindingRef| bindings(&self.plan).contains(binding);
        let (loses, gains) = (changed(&self.plan, true), changed(&self.plan, false));
        let open: BTreeSet<_> = self.plan.blockers(Phase::ApiMode).map(key).collect();
        let opens = then.plan.blockers(Phase::ApiMode).filter(|finding| !open.contains(&key(finding)));
        Some(Effect {
            bindings_copied: bindings(&then.plan).into_iter().filter(|it| !now(it)).collect(),
            entries: entries(&then.plan).saturating_sub(entries(&self.plan)),
            loses: changed(&then.plan, true).difference(&loses).cloned().collect(),
            gains: changed(&then.plan, false).difference(&gains).cloned().collect(),
            opens: opens.map(|finding| (finding.rule, finding.subject.clone())).collect(),
            left: then.questions().len(),
        })
    }

    /// The question is settled, and no decision that cannot be took its place.
    fn answers(&self, question: &Question) -> bool {
        match &question.asked {
            Matter::Finding(asked) => {
                let is_no_better = |rule: RuleId| {
                    [RuleId::ImpossibleDecision, RuleId::EntryInTheWay].contains(&rule) && rule != asked.rule
                };
                let is_left = |found: &&Finding| {
                    let is_same = (&found.at, &found.subject) == (&asked.at, &asked.subject);
                    is_same && (found.reason == asked.reason || is_no_better(found.rule))
                };
                !self.plan.blockers(Phase::ApiMode).any(|found| is_left(&found))
            }
            Matter::Change { change, .. } => !self.changes().any(|other| match other.asked {
                Matter::Change { change: other, .. } => other.id == change.id,
                Matter::Finding(_) => false,
            }),
        }
    }

    fn changes(&self) -> impl Iterator<Item = Question> {
        let principals = self.plan.parity.iter().flat_map(|parity| &parity.principals);
        principals.flat_map(|of| {
            let sides = [(true, &of.lost), (false, &of.gained)];
            sides.into_iter().filter_map(|(is_lost, change)| {
                let change = change.as_ref()?;
                let is_open = change.accepted.as_ref().is_none_or(|accepted| accepted.until < self.today);
                is_open.then(|| Question {
                    choices: vec![Choice::accept(&change.id)],
                    asked: Matter::Change {
                        principal: of.principal.clone(),
                        session: of.session.clone(),
                        is_lost,
                        change: change.clone(),
                    },
                })
            })
        })
    }
}

impl Question {
    /// Whom it is about.
    pub fn subject(&self) -> &str {
        match &self.asked {
            Matter::Finding(finding) => &finding.subject,
            Matter::Change { principal, .. } => principal,
        }
    }
}

/// The choice with whatever reason: none has an effect of its own. `None`: more than that is open.
fn stand_in(choice: &Choice) -> Option<Choice> {
    let mut choice = choice.clone();
    while let Some(ask) = choice.open() {
        let said = match ask {
            Ask::Reason => "-",
            Ask::Until => "9999-12-31",
            Ask::Arn | Ask::Arns(_) | Ask::Username | Ask::Group | Ask::Groups => return None,
        };
        choice = choice.answered(said).ok()?;
    }
    Some(choice)
}

fn key(finding: &Finding) -> (RuleId, Option<String>, String) {
    (finding.rule, finding.at.as_ref().map(ToString::to_string), finding.subject.clone())
}

/// Bindings that a plan creates.
fn bindings(plan: &Plan) -> BTreeSet<BindingRef> {
    let created = plan.steps.iter().filter_map(|step| match &step.action {
        Action::Binding { before: None, after: Some(binding) } => Some(BindingRef::from(binding)),
        _ => None,
    });
    created.collect()
}

fn entries(plan: &Plan) -> usize {
    plan.steps.iter().filter(|step| matches!(step.action, Action::Entry { .. })).count()
}

fn changed(plan: &Plan, is_lost: bool) -> BTreeSet<Changed> {
    let principals = plan.parity.iter().flat_map(|parity| &parity.principals);
    let of = principals.filter_map(|of| {
        let change = if is_lost { of.lost.as_ref() } else { of.gained.as_ref() }?;
        Some(Changed {
            principal: of.principal.clone(),
            session: of.session.clone(),
            permissions: change.permissions,
            id: change.id.clone(),
        })
    });
    of.collect()
}

impl Choice {
    /// That a change of permissions is meant.
    fn accept(id: &str) -> Self {
        Self { edits: vec![Edit::AcceptDifference { id: id.to_owned(), reason: None, until: None }] }
    }
}
