use super::held::Held;
use super::input::Input;
use super::{Finding, Level};
use crate::reader::Span;

/// A rule: its id for ever, its weight, and what finds it.
pub(crate) struct Rule {
    pub id: &'static str,
    pub level: Level,
    pub check: Check,
}

pub(crate) enum Check {
    /// Looks at the file as a whole.
    File(fn(&Input<'_>) -> Vec<Found>),
    /// Looks at each line that is in force and whose principal could have an entry.
    Line(fn(&Held<'_>) -> Vec<Found>),
}

/// What a rule says; the whole of it, so that no finding leaves out what happens or what to do.
pub(crate) struct Found {
    pub span: Span,
    pub title: String,
    pub label: String,
    /// What the server does with it today.
    pub today: String,
    /// What that means for the migration.
    pub then: String,
    pub help: String,
}

impl Rule {
    pub(crate) fn run(&self, input: &Input<'_>) -> Vec<Finding> {
        let found = match self.check {
            Check::File(check) => check(input),
            Check::Line(check) => input.held.iter().flat_map(check).collect(),
        };
        found.into_iter().map(|found| self.finding(found)).collect()
    }

    fn finding(&self, found: Found) -> Finding {
        let Found { span, title, label, today, then, help } = found;
        Finding {
            rule: self.id,
            severity: self.level,
            title,
            span,
            label,
            notes: vec![today, then],
            help: Some(help),
        }
    }
}
