use crate::model::{EntryType, GroupRefusal, InvalidArn, UsernameRefusal};
use crate::reader::Place;

/// The text is not a decisions file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct DecisionsError {
    /// As the file was named.
    pub name: String,
    /// `None` where the whole text is at fault.
    pub place: Option<Place>,
    pub kind: DecisionsErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecisionsErrorKind {
    /// Not YAML, an unknown key, or a value of another type.
    #[error("{0}")]
    Misread(String),
    #[error("version is missing; begin with `version: 1`")]
    NoVersion,
    #[error("version {0} is unknown; write `version: 1`")]
    UnknownVersion(String),
    #[error("it has a second YAML document")]
    SecondDocument,
    #[error("{0} is empty")]
    Empty(&'static str),
    /// As a hint has it.
    #[error("{0} is to be filled in")]
    Placeholder(String),
    #[error("username {text:?}: {why}")]
    Username { text: String, why: UsernameRefusal },
    #[error("group {text:?}: {why}")]
    Group { text: String, why: GroupRefusal },
    #[error("{text:?} is not the ARN of a role or user: {why}")]
    Arn { text: String, why: InvalidArn },
    #[error("{0:?} is not a type of access entry")]
    UnknownType(String),
    #[error("{0:?} is not the name of an access policy")]
    PolicyName(String),
    #[error("access policy {0} is listed twice; it has one scope")]
    PolicyTwice(String),
    #[error("skip cannot be combined with {0}")]
    SkipAndMore(&'static str),
    #[error("keep: entry and take: mapping exclude each other")]
    KeepAndTake,
    #[error("it decides nothing")]
    NothingDecided,
    #[error("type {entry_type} takes no {what}")]
    TakesNone { entry_type: EntryType, what: &'static str },
    #[error("{0:?} is listed twice")]
    Twice(String),
    #[error("{0:?} is not a date such as 2026-12-31")]
    NotADay(String),
    #[error("{0:?} is not a 12-digit account id")]
    Account(String),
    #[error("{principal} is not in account {account}")]
    OtherAccount { principal: String, account: String },
}
