use super::held::Held;
use super::input::Input;
use super::{Located, spans};
use crate::findings::{Finding, Reason, RuleId, Words};
use crate::reader::{Account, LinePlace, Mapping, Span};

/// A rule: its id for ever, and what finds it.
pub(crate) struct Rule {
    pub id: RuleId,
    pub check: Check,
}

pub(crate) enum Check {
    /// Looks at the file as a whole.
    File(fn(&Input<'_>) -> Vec<Found>),
    /// Looks at each effective mapping whose principal could have an entry.
    Mapping(fn(&Held<'_>) -> Vec<Found>),
    /// As [`Self::File`], for what plans say too.
    FileAbout(fn(&Input<'_>) -> Vec<About>),
    /// As [`Self::Mapping`], for what plans say too.
    MappingAbout(fn(&Held<'_>) -> Vec<About>),
}

/// What a rule of the text alone says; the whole of it, so that no finding leaves out what happens or what to do.
pub(crate) struct Found {
    pub span: Span,
    pub title: String,
    pub label: String,
    /// What EKS does with it today.
    pub today: String,
    /// What that means for the migration.
    pub then: String,
    pub help: String,
}

/// What plans find too, with its place in the text.
pub(crate) struct About {
    pub span: Span,
    pub at: Option<LinePlace>,
    pub subject: String,
    pub reason: Reason,
}

impl About {
    pub(crate) fn mapping(mapping: &Mapping, span: Span, reason: Reason) -> Self {
        let at = LinePlace { entry: mapping.at, place: mapping.place };
        Self { span, at: Some(at), subject: mapping.arn.clone(), reason }
    }

    pub(crate) fn account(input: &Input<'_>, account: &Account, reason: Reason) -> Self {
        let at = LinePlace { entry: account.at, place: account.place };
        let span = spans::account(input.text(), account);
        Self { span, at: Some(at), subject: account.text.clone(), reason }
    }

    fn located(self) -> Located {
        let Self { span, at, subject, reason } = self;
        Located { span, finding: Finding::new(at, subject, reason) }
    }
}

impl Rule {
    /// Whether it looks at mappings one by one, as they would migrate.
    pub(crate) fn is_of_mappings(&self) -> bool {
        matches!(self.check, Check::Mapping(_) | Check::MappingAbout(_))
    }

    pub(crate) fn run(&self, input: &Input<'_>) -> Vec<Located> {
        let about = |found: Vec<About>| found.into_iter().map(About::located).collect();
        let of_text = |found: Vec<Found>| found.into_iter().map(|it| self.of_text(input, it)).collect();
        match self.check {
            Check::File(check) => of_text(check(input)),
            Check::Mapping(check) => of_text(input.held.iter().flat_map(check).collect()),
            Check::FileAbout(check) => about(check(input)),
            Check::MappingAbout(check) => about(input.held.iter().flat_map(check).collect()),
        }
    }

    fn of_text(&self, input: &Input<'_>, found: Found) -> Located {
        let Found { span, title, label, today, then, help } = found;
        let at = input.places.at(span.start).cloned();
        let subject = at.as_ref().map(|at| input.subject(at.entry)).unwrap_or_default();
        let words = Words { title, label, today, then, help: vec![help], choices: Vec::new() };
        Located { span, finding: Finding::new(at, subject, Reason::OfText { rule: self.id, words }) }
    }
}
