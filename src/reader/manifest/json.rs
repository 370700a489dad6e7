use super::node::{Node, NodeKind};
use crate::reader::Span;

/// The document when it is one of strict JSON; `None` when it is not, whatever else it may be.
///
/// Kubernetes takes a text that begins with `{` for JSON, and YAML parsers refuse some of it, such as surrogate pairs.
pub(super) fn document(text: &str) -> Option<Node> {
    let start = text.find(|c: char| !is_space(c)).filter(|at| text[*at..].starts_with('{'))?;
    serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
    Walker { text, at: start }.value()
}

const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// Walks over a text that is known to be JSON, no deeper than serde_json goes.
struct Walker<'t> {
    text: &'t str,
    at: usize,
}

impl Walker<'_> {
    fn value(&mut self) -> Option<Node> {
        let start = self.at;
        let kind = match self.peek()? {
            '{' => NodeKind::Map(self.elements('}', |walker| {
                let key = walker.value()?;
                walker.eat(':');
                Some((key, walker.value()?))
            })?),
            '[' => NodeKind::List(self.elements(']', Self::value)?),
            '"' => {
                let end = start + string_len(&self.text[start..])?;
                self.at = end;
                let text = serde_json::from_str(&self.text[start..end]).ok()?;
                let span = Span { start, end };
                self.skip_space();
                return Node::scalar(span, text, None, false).ok();
            }
            _ => {
                let rest = &self.text[start..];
                let end = start + rest.find(|c| is_space(c) || ",]}".contains(c)).unwrap_or(rest.len());
                self.at = end;
                let node =
                    Node::scalar(Span { start, end }, self.text[start..end].to_owned(), None, true).ok();
                self.skip_space();
                return node;
            }
        };
        let span = Span { start, end: self.at };
        self.skip_space();
        Some(Node { span, kind })
    }

    /// What stands between the bracket here and the closing one, which is consumed without the space behind it.
    fn elements<T>(&mut self, close: char, one: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut elements = Vec::new();
        self.eat(self.peek()?);
        while self.peek()? != close {
            elements.push(one(self)?);
            if self.peek()? == ',' {
                self.eat(',');
            }
        }
        self.at += close.len_utf8();
        Some(elements)
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn eat(&mut self, c: char) {
        self.at += c.len_utf8();
        self.skip_space();
    }

    fn skip_space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches(is_space).len();
    }
}

/// The length of the string that the text begins with, quotes included.
fn string_len(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().enumerate().skip(1).find_map(|(at, byte)| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends.then_some(at + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_those_of_the_values() {
        let text = "\n{ \"a\\\"\" : [1, {} , \"x\\\\\"] , \"b\":{\"c\" : null}}\n";
        let root = document(text).unwrap();
        let cut = |node: &Node| &text[node.span.start..node.span.end];
        assert_eq!(cut(&root), text.trim());
        assert_eq!(cut(root.get("a\"").unwrap()), "[1, {} , \"x\\\\\"]");
        assert_eq!(cut(root.get("b").unwrap()), "{\"c\" : null}");
        assert!(root.get("b").unwrap().get("c").unwrap().is_null());
    }

    #[test]
    fn what_is_not_strict_json_is_left_to_the_yaml_parser() {
        for text in ["", "[1]", "{a: 1}", "{\"a\": 1} {}", "{\"a\": 1,}", "{\"a\": 1}\n---\n{}"] {
            assert_eq!(document(text), None, "{text}");
        }
    }
}
