use std::fmt;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::Fault;
use super::number::Number;
use crate::reader::Span;

/// A value as it reaches the JSON decoder.
#[derive(Debug, Clone)]
pub(in crate::reader) struct Value {
    /// Where it is written; for an alias, where the alias is.
    pub span: Span,
    pub data: Data,
    /// Why it, or something within it, cannot be written as JSON.
    pub fault: Option<Box<Fault>>,
    /// How many lists and mappings are within each other here.
    pub height: u32,
}

#[derive(Debug, Clone)]
pub(in crate::reader) enum Data {
    Null,
    Bool(bool),
    Number(Number),
    /// Shared: an alias may repeat a long text a hundred thousand times.
    Text(Rc<str>),
    /// Without its elements where EKS has no use for them.
    List(Vec<Value>),
    /// One pair for each key, in the order of the text; without them where EKS has no use for them.
    Map(Vec<Pair>),
}

#[derive(Debug, Clone)]
pub(in crate::reader) struct Pair {
    pub key: Rc<str>,
    pub key_span: Span,
    pub value: Value,
}

impl Data {
    /// What a finding says of it.
    pub(in crate::reader) fn kind(&self) -> ValueKind {
        match self {
            Self::Null => ValueKind::Nothing,
            Self::Bool(_) => ValueKind::Boolean,
            Self::Number(_) => ValueKind::Number,
            Self::Text(_) => ValueKind::String,
            Self::List(_) => ValueKind::List,
            Self::Map(_) => ValueKind::Mapping,
        }
    }
}

/// What kind of value stands where another one was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ValueKind {
    Nothing,
    Boolean,
    Number,
    String,
    List,
    Mapping,
}

impl ValueKind {
    /// As a noun.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::List => "a list",
            Self::Mapping => "a mapping",
        }
    }
}

impl fmt::Display for ValueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
