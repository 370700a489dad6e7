//! What findings say: each once, made of its reason, for `lint` and for plans alike. Those about the text alone bring their
//! words with them, from their rule in `lint/rules` (decision 13). Fragments of plain text; each format escapes them for
//! itself.

mod blocker;
mod choice;
mod cluster;
mod mapping;
mod note;
mod plan;

pub use choice::choice_words;
pub use note::note_words;

use std::fmt::Display;

use super::{Choice, Reason};

/// What a finding says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// What is the matter, in one line.
    pub title: String,
    /// What stands right under its place in the text.
    pub label: String,
    /// What EKS does today. Empty where the title says all.
    pub today: String,
    /// What that means for the migration.
    pub then: String,
    /// One thing to do, or several to choose from: the decisions that would answer it first, each as it stands in the file.
    pub help: Vec<String>,
    /// Those decisions, safest first.
    pub choices: Vec<Choice>,
}

impl Words {
    pub fn of(reason: &Reason, subject: &str) -> Self {
        let words = Self::beside_choices(reason, subject);
        let choices = super::choices(reason, subject);
        let help = choice::in_file(&choices).into_iter().chain(words.help).collect();
        Self { help, choices, ..words }
    }

    /// With what there is to do besides deciding.
    fn beside_choices(reason: &Reason, subject: &str) -> Self {
        match reason {
            Reason::Waits { by } => blocker::words(by, subject),
            Reason::Unsound { why } => plan::words(why),
            Reason::OfText { rule: _, words } => words.clone(),
            Reason::NeverMatches { .. }
            | Reason::Dropped { .. }
            | Reason::Superseded { .. }
            | Reason::PrincipalGone
            | Reason::EntryGivesLess { .. }
            | Reason::EntryUnproven { .. }
            | Reason::Covered
            | Reason::Differs { .. }
            | Reason::Replaced { .. }
            | Reason::SectionLost { .. }
            | Reason::SectionCutShort { .. }
            | Reason::KeyCase { .. }
            | Reason::UnreadKey { .. }
            | Reason::MadeByEks { .. }
            | Reason::UnboundGroup { .. }
            | Reason::UnusedMapping { .. }
            | Reason::SessionsSeen { .. }
            | Reason::GainAccepted { .. }
            | Reason::GroupGiven { .. } => mapping::words(reason, subject),
            _ => cluster::words(reason, subject),
        }
    }

    /// What happens today and what that means, in one line; or what is the matter, where that says all.
    pub fn message(&self) -> String {
        match self.notes().as_slice() {
            [] => self.title.clone(),
            notes => notes.join("; "),
        }
    }

    /// What happens today, and what that means.
    pub fn notes(&self) -> Vec<&str> {
        [self.today.as_str(), self.then.as_str()].into_iter().filter(|text| !text.is_empty()).collect()
    }

    /// A title that says all.
    fn plain(title: impl Into<String>) -> Self {
        Self { title: title.into(), label: "this mapping".to_owned(), ..Self::default() }
    }

    fn titled(title: impl Into<String>, label: impl Into<String>) -> Self {
        Self { title: title.into(), label: label.into(), ..Self::default() }
    }

    fn today(self, today: impl Into<String>) -> Self {
        Self { today: today.into(), ..self }
    }

    fn then(self, then: impl Into<String>) -> Self {
        Self { then: then.into(), ..self }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}
