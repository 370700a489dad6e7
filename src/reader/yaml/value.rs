use std::rc::Rc;

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
    /// Without its elements where the server has no use for them.
    List(Vec<Value>),
    /// One pair for each key, in the order of the text; without them where the server has no use for them.
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
    pub(in crate::reader) fn noun(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}
