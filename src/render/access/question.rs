use std::collections::BTreeSet;

use serde::Serialize;

use super::with_expected;
use super::words::{request, taken, unknown};
use crate::access::{Answer, Answered, Login, Reading, Side, Sides, Taken, near};
use crate::parity::{Assumption, MissingInput};
use crate::rbac::Attributes;
use crate::render::page::{Page, Shown, paint};
use crate::render::parity::{assumption, by};
use crate::render::style::{BAD, CARE, GOOD, HEADING};
use crate::render::whois;

/// Who somebody is, and whether they may make one request.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    #[serde(flatten)]
    pub who: whois::Answer,
    pub request: Attributes,
    pub taken: Vec<Taken>,
    pub missing: BTreeSet<MissingInput>,
    pub assumptions: BTreeSet<Assumption>,
    pub logins: Vec<Answered>,
}

impl Question {
    pub fn new(who: whois::Answer, sides: &Sides<'_>, logins: &[Login], asked: &Reading) -> Self {
        Self {
            who: with_expected(who, logins),
            request: asked.what.clone(),
            taken: asked.taken.clone(),
            missing: sides.missing.clone(),
            assumptions: sides.assumptions.clone(),
            logins: logins.iter().map(|login| sides.ask(login, &asked.what)).collect(),
        }
    }

    pub fn text(&self, file: &str) -> Page {
        let mut page = self.who.text(file);
        page.blank();
        page.line(0, paint(HEADING, request(&self.request)));
        for it in &self.taken {
            page.line(0, format!("note: {}", taken(it)));
        }
        for login in &self.logins {
            self.login(&mut page, login);
        }
        for it in &self.assumptions {
            page.line(0, format!("assuming: {}", assumption(it)));
        }
        page
    }

    fn login(&self, page: &mut Page, login: &Answered) {
        let Answered { session, mapping, before, after } = login;
        let any = self.logins.iter().find(|any| any.session.is_none() && any.mapping == *mapping);
        // a session that gets the answer of any other is told with them
        let is_alike = |any: &Answered| {
            any.before.answer.is_same_word(&before.answer) && any.after.answer.is_same_word(&after.answer)
        };
        if session.is_some() && self.logins.len() > 1 && any.is_some_and(is_alike) {
            return;
        }
        let title = match (session, mapping) {
            (_, Some(mapping)) => Some(format!("by {mapping}")),
            (Some(session), _) if self.logins.len() > 1 => Some(format!("session {session}")),
            (None, None) if self.logins.len() > 1 => Some("any session".to_owned()),
            _ => None,
        };
        let level = usize::from(title.is_some());
        title.into_iter().for_each(|title| page.line(0, title));
        if (&before.answer, &before.near) == (&after.answer, &after.near) {
            self.side(page, level, "before and after", before);
        } else {
            self.side(page, level, "before", before);
            self.side(page, level, "after", after);
        }
    }

    fn side(&self, page: &mut Page, level: usize, when: &str, side: &Side) {
        let (style, word, why) = match &side.answer {
            Answer::Yes { by: source, .. } => (GOOD, "yes", format!(", by {}", by(source))),
            Answer::Node => (CARE, "the Node authorizer decides", ", by the Pods on the node".to_owned()),
            Answer::Unknown { .. } => (CARE, "unknown", String::new()),
            Answer::No => (BAD, "no", String::new()),
            Answer::NoLogin => (BAD, "no", ": it does not authenticate".to_owned()),
        };
        page.line(level, Shown::from(format!("{when}: ")).and(paint(style, word)).and(why));
        if let Answer::Yes { rule, .. } = &side.answer {
            page.line(level + 1, format!("the rule: {rule}"));
        }
        if let Answer::Unknown { missing } = &side.answer {
            missing.iter().for_each(|input| unknown(page, level + 1, input));
        }
        if let Some(miss) = &side.near {
            page.line(level + 1, format!("near: {}", near(miss, &self.request)));
        }
    }
}
