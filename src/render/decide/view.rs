use serde::Serialize;

use super::says;
use super::text::asked;
use crate::findings::{Choice, Edit, RuleId, choice_words};
use crate::planner::{Asking, Effect, LinePlace, Matter, Offer, Question};

/// All that is open, for a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QuestionsView {
    questions: Vec<QuestionView>,
    /// What needs a decision that the file cannot hold.
    elsewhere: Vec<ElsewhereView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct QuestionView {
    /// `finding` or `change`.
    kind: &'static str,
    subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<RuleId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<LinePlace>,
    /// Of a change of permissions.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    says: Vec<String>,
    /// Safest first.
    options: Vec<OptionView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct OptionView {
    says: String,
    edits: Vec<Edit>,
    /// A whole decisions file that says this.
    yaml: String,
    /// What is still to be said, in the order of the placeholders.
    asks: Vec<String>,
    needs_reason: bool,
    /// `null`: it depends on what is still to be said.
    effect: Option<Effect>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ElsewhereView {
    rule: RuleId,
    subject: String,
    at: Option<LinePlace>,
    says: String,
    help: Vec<String>,
}

pub fn view(asking: &Asking<'_>) -> QuestionsView {
    let elsewhere = asking.elsewhere().map(|finding| {
        let words = finding.words();
        ElsewhereView {
            rule: finding.rule,
            subject: finding.subject.clone(),
            at: finding.at.clone(),
            says: words.message(),
            help: words.help,
        }
    });
    QuestionsView {
        questions: asking.questions().iter().map(|question| of_question(asking, question)).collect(),
        elsewhere: elsewhere.collect(),
    }
}

fn of_question(asking: &Asking<'_>, question: &Question) -> QuestionView {
    let (kind, rule, at, id) = match &question.asked {
        Matter::Finding(finding) => ("finding", Some(finding.rule), finding.at.clone(), None),
        Matter::Change { change, .. } => ("change", None, None, Some(change.id.clone())),
    };
    QuestionView {
        kind,
        subject: question.subject().to_owned(),
        rule,
        at,
        id,
        says: says(question),
        options: asking.offers(question).into_iter().map(option).collect(),
    }
}

fn option(Offer { choice, effect }: Offer) -> OptionView {
    OptionView {
        says: choice_words(&choice),
        yaml: choice.yaml(),
        asks: asks(&choice),
        needs_reason: choice.needs_reason(),
        edits: choice.edits,
        effect,
    }
}

fn asks(choice: &Choice) -> Vec<String> {
    let mut asks = Vec::new();
    for ask in choice.edits.iter().flat_map(Edit::open) {
        let ask = asked(&ask);
        if !asks.contains(&ask) {
            asks.push(ask);
        }
    }
    asks
}
