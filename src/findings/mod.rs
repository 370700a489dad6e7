//! What is found in an `aws-auth`, a cluster or a plan: one catalogue of rules, one severity, one kind of finding with a typed
//! reason. The reason is what counts, is compared and goes into a plan; what it says is made of it in `words/`, but for rules
//! about the text alone, which bring their words (decision 13).

mod blocker;
mod catalogue;
mod choice;
mod finding;
mod note;
mod page;
mod reason;
#[cfg(test)]
mod schema;
mod severity;
mod words;
mod yaml_fix;

pub use blocker::{Blocker, Gain, GivesMore, Impossible, NotWritable, PolicyRefusal, TypeNeed};
pub use catalogue::RuleId;
pub use choice::{
    Ask, Choice, Edit, GroupEdit, KeyPath, PLACEHOLDERS, PrincipalEdit, Unanswerable, choices, quoted,
};
pub use finding::Finding;
pub use note::{DecidedAt, DecidedValue, Granted, Note};
pub use page::RulePage;
pub use reason::{
    DeleteBlocker, Misspelt, NodeWayOut, NotUndone, PlatformGap, Reason, Unsound, UnusedDecision,
};
pub use severity::Severity;
pub use words::{Words, choice_words, note_words};
pub use yaml_fix::YamlFix;
