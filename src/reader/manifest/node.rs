use serde_json::Value;

use crate::reader::Span;
use crate::reader::yaml::{Number, Resolved, resolve};

/// One value of the document, with its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub span: Span,
    pub kind: NodeKind,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum NodeKind {
    Scalar {
        text: String,
        resolved: Resolved,
    },
    List(Vec<Node>),
    /// In file order, duplicates included: the last one counts.
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// `implicit`: neither quoted nor tagged.
    ///
    /// # Errors
    /// The text is not what its tag says; the fragment says so.
    pub(super) fn scalar(
        span: Span,
        text: String,
        tag: Option<&str>,
        implicit: bool,
    ) -> Result<Self, String> {
        let resolved = resolve(tag, implicit, &text)?;
        Ok(Self { span, kind: NodeKind::Scalar { text, resolved } })
    }

    /// What it is, as a noun with its article.
    pub(super) fn found(&self) -> &'static str {
        match &self.kind {
            NodeKind::Scalar { resolved, .. } => match resolved {
                Resolved::Null => "null",
                Resolved::Bool(_) => "a boolean",
                Resolved::Number(_) => "a number",
                Resolved::Text | Resolved::Binary(_) => "a string",
            },
            NodeKind::List(_) => "a list",
            NodeKind::Map(_) => "a mapping",
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self.kind, NodeKind::Scalar { resolved: Resolved::Null, .. })
    }

    /// The text of a string, and of nothing else.
    pub(super) fn as_str(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Scalar { text, resolved: Resolved::Text } => Some(text),
            NodeKind::Scalar { resolved: Resolved::Binary(text), .. } => Some(text),
            _ => None,
        }
    }

    /// A mapping key as JSON has it: numbers and booleans become strings (sigs.k8s.io/yaml, convertToJSONableObject).
    pub(super) fn as_key(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Scalar { text, resolved: Resolved::Bool(_) | Resolved::Number(_) } => Some(text),
            _ => self.as_str(),
        }
    }

    pub(super) fn as_map(&self) -> Option<&[(Self, Self)]> {
        match &self.kind {
            NodeKind::Map(pairs) => Some(pairs),
            _ => None,
        }
    }

    /// The value of a key of a mapping; the last one of several, as every reader of Kubernetes takes it.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.as_map()?.iter().rev().find(|(k, _)| k.as_key() == Some(key)).map(|(_, value)| value)
    }

    /// The value as JSON. Keys that JSON cannot have are left out, and NaN is null.
    pub(super) fn to_json(&self) -> Value {
        match &self.kind {
            NodeKind::Scalar { text, resolved } => match resolved {
                Resolved::Null => Value::Null,
                Resolved::Bool(value) => Value::from(*value),
                Resolved::Number(Number::Int(value)) => Value::from(*value),
                Resolved::Number(Number::Uint(value)) => Value::from(*value),
                Resolved::Number(Number::Float(value)) => Value::from(*value),
                Resolved::Text => Value::from(text.as_str()),
                Resolved::Binary(text) => Value::from(text.as_str()),
            },
            NodeKind::List(items) => items.iter().map(Self::to_json).collect(),
            NodeKind::Map(pairs) => Value::Object(
                pairs.iter().filter_map(|(k, v)| Some((k.as_key()?.to_owned(), v.to_json()))).collect(),
            ),
        }
    }
}
