//! A tree of typed values, which each format writes in its own syntax.

use std::collections::BTreeSet;

/// What YAML, TypeScript and HCL can all say. Fields keep their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::export) enum Value {
    Text(String),
    Flag(bool),
    List(Vec<Value>),
    Fields(Vec<(String, Value)>),
}

impl Value {
    pub fn text(text: impl ToString) -> Self {
        Self::Text(text.to_string())
    }

    pub fn texts<T: ToString>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(texts.into_iter().map(Self::text).collect())
    }

    pub fn fields<K: Into<String>>(fields: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Fields(fields.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// Neither a list nor fields, or one of them that is empty: written behind its key.
    pub fn is_leaf(&self) -> bool {
        match self {
            Self::Text(_) | Self::Flag(_) => true,
            Self::List(items) => items.is_empty(),
            Self::Fields(fields) => fields.is_empty(),
        }
    }

    /// Every text in it, the names of fields among them.
    pub fn all_texts(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut left = vec![self];
        while let Some(value) = left.pop() {
            match value {
                Self::Text(text) => drop(found.insert(text.as_str())),
                Self::Flag(_) => {}
                Self::List(items) => left.extend(items),
                Self::Fields(fields) => {
                    found.extend(fields.iter().map(|(key, _)| key.as_str()));
                    left.extend(fields.iter().map(|(_, value)| value));
                }
            }
        }
        found
    }
}

impl From<serde_json::Value> for Value {
    /// What has no form here, numbers and null, is in no document that is exported.
    fn from(json: serde_json::Value) -> Self {
        match json {
            serde_json::Value::String(text) => Self::Text(text),
            serde_json::Value::Bool(flag) => Self::Flag(flag),
            serde_json::Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            serde_json::Value::Object(fields) => {
                Self::fields(fields.into_iter().map(|(key, value)| (key, Self::from(value))))
            }
            other => Self::text(other),
        }
    }
}
