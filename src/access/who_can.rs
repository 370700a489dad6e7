//! Who may make one request, before and after.

use std::collections::BTreeMap;

use serde::Serialize;

use super::answer::Answers;
use super::resources::is_cluster_wide;
use super::roll::{Roll, Who};
use super::{Answer, Login};
use crate::rbac::Attributes;

/// Who may make a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WhoCan {
    pub request: Attributes,
    #[serde(flatten)]
    pub counts: Counts,
    /// Whoever may on either side, or of whom that is not known; what changes first.
    pub who: Vec<Row>,
}

/// How many may: a role of which any session may counts once, sessions of their own each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub before: usize,
    pub after: usize,
    /// Of whom it is not known, on one side or on both; they are in neither number.
    pub unknown: usize,
    /// Nodes that the Node authorizer may allow it; they are in neither number.
    pub nodes: usize,
}

/// Somebody, and both answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    #[serde(flatten)]
    pub who: Who,
    pub change: Change,
    pub before: Asked,
    pub after: Asked,
}

/// As whom it asks, and the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    pub username: Option<String>,
    #[serde(flatten)]
    pub answer: Answer,
}

/// What becomes of it, as it is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    Loses,
    Gains,
    Same,
    Unknown,
    /// As far as the Node authorizer allows it.
    Node,
}

impl Row {
    fn new(who: &Who, login: &Login, Answers { before, after }: Answers) -> Self {
        let is_member = matches!(who, Who::Group { .. });
        let asked =
            |name: &Option<String>, answer| Asked { username: name.clone().filter(|_| !is_member), answer };
        Self {
            who: who.clone(),
            change: Change::of(&before, &after),
            before: asked(&login.shown_before, before),
            after: asked(&login.shown_after, after),
        }
    }
}

impl Change {
    pub(super) fn of(before: &Answer, after: &Answer) -> Self {
        match (before, after) {
            (Answer::Yes { .. }, Answer::Yes { .. }) => Self::Same,
            (Answer::Yes { .. }, Answer::No | Answer::NoLogin) => Self::Loses,
            (Answer::No | Answer::NoLogin, Answer::Yes { .. }) => Self::Gains,
            (Answer::Unknown { .. }, _) | (_, Answer::Unknown { .. }) => Self::Unknown,
            (Answer::Node, _) | (_, Answer::Node) => Self::Node,
            (Answer::No | Answer::NoLogin, Answer::No | Answer::NoLogin) => Self::Same,
        }
    }
}

impl Counts {
    pub(super) fn of<'a>(answers: impl Iterator<Item = &'a Answers>) -> Self {
        let mut counts = Self::default();
        for Answers { before, after } in answers {
            counts.before += usize::from(before.is_yes());
            counts.after += usize::from(after.is_yes());
            counts.unknown += usize::from(Change::of(before, after) == Change::Unknown);
            counts.nodes += usize::from(Change::of(before, after) == Change::Node);
        }
        counts
    }
}

impl Roll<'_> {
    /// Who may make a request: in its namespace, or in all.
    pub fn who_can(&self, what: &Attributes) -> WhoCan {
        let answers: Vec<Answers> = self.given().iter().map(|member| self.ask(member, what)).collect();
        let answers: Vec<&Answers> = answers.iter().collect();
        let told = self.told(&answers);
        let counts = Counts::of(told.iter().filter_map(|at| answers.get(*at)).copied());
        WhoCan { request: what.clone(), counts, who: self.rows(&told, &answers) }
    }

    /// How many may in single namespaces, of which that differs from the whole cluster, about which the request is.
    pub fn elsewhere(&self, what: &Attributes) -> BTreeMap<String, Counts> {
        match what {
            Attributes::Resource { namespace: None, group, resource, .. }
                if !is_cluster_wide(group, resource) =>
            {
                let scopes = self.danger(&self.given(), what.clone(), true).scopes.into_iter().skip(1);
                scopes
                    .flat_map(|scope| scope.namespaces.into_iter().map(move |it| (it, scope.counts)))
                    .collect()
            }
            _ => BTreeMap::new(),
        }
    }

    /// The members to be told of: who may or perhaps may, without sessions that may what any session of their principal may.
    pub(super) fn told(&self, answers: &[&Answers]) -> Vec<usize> {
        let is_told = |at: &usize| {
            let (Some((who, _)), Some(own)) = (self.members.get(*at), answers.get(*at)) else { return false };
            match who {
                Who::Principal { .. } => {
                    let any = self.any.get(*at).copied().flatten().and_then(|at| answers.get(at));
                    let is_as_any = any.is_some_and(|any| any.is_same_words(own));
                    !(is_as_any || own.before.is_no() && own.after.is_no())
                }
                // where bindings were not read, there may be others, whom nothing names
                Who::Group { .. } | Who::User { .. } | Who::ServiceAccount { .. } => {
                    own.before.is_yes() || own.after.is_yes()
                }
            }
        };
        (0..self.members.len()).filter(is_told).collect()
    }

    pub(super) fn rows(&self, told: &[usize], answers: &[&Answers]) -> Vec<Row> {
        let row = |at: &usize| {
            let ((who, login), answers) = (self.members.get(*at)?, answers.get(*at)?);
            Some(Row::new(who, login, (*answers).clone()))
        };
        let mut rows: Vec<Row> = told.iter().filter_map(row).collect();
        rows.sort_by(|a, b| (a.change, &a.who).cmp(&(b.change, &b.who)));
        rows
    }
}
