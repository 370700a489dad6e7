//! HCL in Terraform's canonical form, as `terraform fmt` leaves it: two spaces, and `=` aligned in each run of attributes
//! that take one line.

use std::fmt::Write as _;

use super::value::Value;
use crate::hidden::is_hidden;

/// A list that would end beyond this column is written one item a line.
const WIDTH: usize = 100;

/// The body of a file or of a block.
#[derive(Debug, Default)]
pub(in crate::export) struct Body(Vec<Item>);

#[derive(Debug)]
enum Item {
    Attribute(String, Expression),
    Block {
        kind: &'static str,
        labels: Vec<String>,
        body: Body,
    },
    /// A line of our own words; empty for a bare `#`.
    Comment(String),
    Gap,
}

#[derive(Debug, Clone)]
pub(in crate::export) enum Expression {
    Value(Value),
    /// Another thing of the configuration, such as `aws_eks_access_entry.dev.principal_arn`; `[…]` of keys of ours.
    Reference(String),
}

impl Body {
    pub fn attribute(mut self, name: &str, value: Value) -> Self {
        self.0.push(Item::Attribute(name.to_owned(), Expression::Value(value)));
        self
    }

    /// Left out when there is none.
    pub fn optional(self, name: &str, value: Option<Value>) -> Self {
        match value {
            Some(value) => self.attribute(name, value),
            None => self,
        }
    }

    pub fn reference(mut self, name: &str, to: String) -> Self {
        self.0.push(Item::Attribute(name.to_owned(), Expression::Reference(to)));
        self
    }

    pub fn block(mut self, kind: &'static str, labels: &[&str], body: Self) -> Self {
        let labels = labels.iter().map(|&label| label.to_owned()).collect();
        self.0.push(Item::Block { kind, labels, body });
        self
    }

    pub fn comment(mut self, words: impl Into<String>) -> Self {
        self.0.push(Item::Comment(words.into()));
        self
    }

    pub fn gap(mut self) -> Self {
        self.0.push(Item::Gap);
        self
    }

    pub fn then(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// With a final newline.
    pub fn written(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, 0);
        text
    }

    fn write(&self, text: &mut String, indent: usize) {
        let mut left = self.0.as_slice();
        while let Some((item, rest)) = left.split_first() {
            left = match item {
                Item::Gap => {
                    text.push('\n');
                    rest
                }
                Item::Comment(words) => {
                    let line = format!("# {words}");
                    let _ = writeln!(text, "{:indent$}{}", "", line.trim_end());
                    rest
                }
                Item::Block { kind, labels, body } => {
                    let _ = write!(text, "{:indent$}{kind}", "");
                    for label in labels {
                        let _ = write!(text, " {}", quoted(label));
                    }
                    text.push_str(" {\n");
                    body.write(text, indent + 2);
                    let _ = writeln!(text, "{:indent$}}}", "");
                    rest
                }
                Item::Attribute(..) => {
                    let is_attribute = |item: &&Item| matches!(item, Item::Attribute(..));
                    let run = left.iter().take_while(is_attribute).count();
                    let (run, rest) = left.split_at(run);
                    let attributes = run.iter().filter_map(|item| match item {
                        Item::Attribute(name, value) => Some((name.clone(), written(value, indent))),
                        _ => None,
                    });
                    assignments(text, indent, attributes.collect());
                    rest
                }
            };
        }
    }
}

/// Lines `name = value`, with the signs below one another as far as values take one line each.
fn assignments(text: &mut String, indent: usize, lines: Vec<(String, String)>) {
    let takes_one = |(_, value): &(String, String)| !value.contains('\n');
    for run in lines.chunk_by(|a, b| takes_one(a) && takes_one(b)) {
        let width = run.iter().map(|(name, _)| columns(name)).max().unwrap_or_default();
        for (name, value) in run {
            let fill = width - columns(name);
            let _ = writeln!(text, "{:indent$}{name}{:fill$} = {value}", "", "");
        }
    }
}

/// One for each character. Terraform counts clusters of them, which only the key of a tag could have: it would align such a
/// line otherwise, and read it as the same.
fn columns(text: &str) -> usize {
    text.chars().count()
}

fn written(expression: &Expression, indent: usize) -> String {
    match expression {
        Expression::Reference(to) => to.clone(),
        Expression::Value(value) => value_at(value, indent),
    }
}

fn value_at(value: &Value, indent: usize) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Flag(flag) => flag.to_string(),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| value_at(item, indent + 2)).collect();
            let line = format!("[{}]", items.join(", "));
            if columns(&line) + indent < WIDTH && !line.contains('\n') || items.is_empty() {
                return line;
            }
            let mut text = "[\n".to_owned();
            for item in items {
                let _ = writeln!(text, "{:fill$}{item},", "", fill = indent + 2);
            }
            let _ = write!(text, "{:indent$}]", "");
            text
        }
        Value::Fields(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Fields(fields) => {
            let lines = fields.iter().map(|(key, value)| (key_of(key), value_at(value, indent + 2)));
            let mut text = "{\n".to_owned();
            assignments(&mut text, indent + 2, lines.collect());
            let _ = write!(text, "{:indent$}}}", "");
            text
        }
    }
}

/// A bare word where it is one, and no keyword that an object could begin with.
fn key_of(key: &str) -> String {
    let is_word = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        && !matches!(key, "for" | "true" | "false" | "null");
    if is_word { key.to_owned() } else { quoted(key) }
}

/// A string in which nothing is a template (HCL native syntax specification, "Template Expressions").
fn quoted(value: &str) -> String {
    let mut text = String::from("\"");
    let mut chars = value.chars().peekable();
    let mut before = None;
    while let Some(c) = chars.next() {
        let _ = match c {
            '"' | '\\' => write!(text, "\\{c}"),
            '\n' => text.write_str("\\n"),
            '\r' => text.write_str("\\r"),
            '\t' => text.write_str("\\t"),
            // doubled where it would begin a template; behind another one it would be read as that one's double
            '$' | '%' if chars.peek() == Some(&'{') && before == Some(c) => {
                write!(text, "\\u{:04x}", u32::from(c))
            }
            '$' | '%' if chars.peek() == Some(&'{') => write!(text, "{c}{c}"),
            c if is_hidden(c) => match u32::from(c) {
                code @ 0..=0xffff => write!(text, "\\u{code:04x}"),
                code => write!(text, "\\U{code:08x}"),
            },
            c => text.write_char(c),
        };
        before = Some(c);
    }
    text.push('"');
    text
}
