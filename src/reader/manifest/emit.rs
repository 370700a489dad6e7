use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Map, Value};

use super::style::Style;
use crate::model::ConfigMap;
use crate::reader::Span;
use crate::reader::yaml::{Resolved, resolve};

/// The manifest as `kubectl get configmap aws-auth -o yaml` prints it: keys sorted, a block scalar wherever one can
/// carry the value, no line folded.
pub fn emit(config_map: &ConfigMap) -> String {
    emit_with_scalars(config_map).0
}

/// An object as `kubectl -o yaml` prints it.
pub(crate) fn emit_value(fields: &Map<String, Value>) -> String {
    let mut emitter = Emitter { text: String::new() };
    emitter.fields(0, fields);
    emitter.text
}

/// The manifest, and where each value of `data` stands in it.
pub(super) fn emit_with_scalars(config_map: &ConfigMap) -> (String, BTreeMap<String, Span>) {
    let ConfigMap { data, binary_data, immutable, metadata, resource_version } = config_map;
    let mut emitter = Emitter { text: "apiVersion: v1\n".to_owned() };
    if !binary_data.is_empty() {
        emitter.text.push_str("binaryData:\n");
    }
    for (key, value) in binary_data {
        emitter.indent(2);
        emitter.key(key);
        emitter.text.push(' ');
        emitter.scalar(2, value);
    }
    let mut scalars = BTreeMap::new();
    if !data.is_empty() {
        emitter.text.push_str("data:\n");
    }
    for (key, value) in data {
        emitter.indent(2);
        emitter.key(key);
        emitter.text.push(' ');
        scalars.insert(key.clone(), emitter.scalar(2, value));
    }
    if let Some(immutable) = immutable {
        emitter.text.push_str(if *immutable { "immutable: true\n" } else { "immutable: false\n" });
    }
    emitter.text.push_str("kind: ConfigMap\n");
    let mut metadata: Map<String, Value> = metadata.clone();
    if !resource_version.is_empty() {
        metadata.insert("resourceVersion".to_owned(), Value::from(resource_version.as_str()));
    }
    if !metadata.is_empty() {
        emitter.text.push_str("metadata:");
        emitter.value(0, &Value::Object(metadata));
    }
    (emitter.text, scalars)
}

struct Emitter {
    text: String,
}

impl Emitter {
    fn indent(&mut self, indent: usize) {
        self.text.extend(std::iter::repeat_n(' ', indent));
    }

    fn key(&mut self, key: &str) {
        match style_of(key) {
            Style::Plain => self.text.push_str(key),
            Style::SingleQuoted => self.single_quoted(key),
            _ => self.double_quoted(key),
        }
        self.text.push(':');
    }

    /// The value of a key, or behind the `-` of a list item, at the indentation of that key or sign.
    fn value(&mut self, indent: usize, value: &Value) {
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                self.text.push('\n');
                self.indent(indent + 2);
                self.fields(indent + 2, fields);
            }
            // as go-yaml does, a list is not indented below its key
            Value::Array(items) if !items.is_empty() => {
                self.text.push('\n');
                self.indent(indent);
                self.items(indent, items);
            }
            Value::String(text) => {
                self.text.push(' ');
                self.scalar(indent, text);
            }
            // null, booleans, numbers and what is empty are the same in JSON
            other => {
                let _ = writeln!(self.text, " {other}");
            }
        }
    }

    /// The first one goes where the text ends.
    fn fields(&mut self, indent: usize, fields: &Map<String, Value>) {
        let sorted: BTreeMap<&String, &Value> = fields.iter().collect();
        for (nth, (key, value)) in sorted.into_iter().enumerate() {
            self.indent(if nth == 0 { 0 } else { indent });
            self.key(key);
            self.value(indent, value);
        }
    }

    /// The first one goes where the text ends.
    fn items(&mut self, indent: usize, items: &[Value]) {
        for (nth, item) in items.iter().enumerate() {
            self.indent(if nth == 0 { 0 } else { indent });
            self.text.push('-');
            match item {
                Value::Object(fields) if !fields.is_empty() => {
                    self.text.push(' ');
                    self.fields(indent + 2, fields);
                }
                Value::Array(items) if !items.is_empty() => {
                    self.text.push(' ');
                    self.items(indent + 2, items);
                }
                other => self.value(indent, other),
            }
        }
    }

    /// A string and its line end; gives its place.
    fn scalar(&mut self, indent: usize, value: &str) -> Span {
        let start = self.text.len();
        let style = style_of(value);
        match style {
            Style::Plain => self.text.push_str(value),
            Style::SingleQuoted => self.single_quoted(value),
            Style::Literal => self.literal(indent + 2, value),
            Style::DoubleQuoted | Style::Folded => self.double_quoted(value),
        }
        let end = self.text.len();
        if style != Style::Literal {
            self.text.push('\n');
        }
        Span { start, end }
    }

    fn single_quoted(&mut self, value: &str) {
        let _ = write!(self.text, "'{}'", value.replace('\'', "''"));
    }

    fn literal(&mut self, indent: usize, value: &str) {
        self.text.push('|');
        if value.starts_with([' ', '\n']) {
            self.text.push('2');
        }
        if value == "\n" || value.ends_with("\n\n") {
            self.text.push('+');
        } else if !value.ends_with('\n') {
            self.text.push('-');
        }
        self.text.push('\n');
        for line in value.split_inclusive('\n') {
            if line != "\n" {
                self.indent(indent);
            }
            self.text.push_str(line);
        }
        if !value.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn double_quoted(&mut self, value: &str) {
        self.text.push('"');
        for c in value.chars() {
            match c {
                '"' | '\\' => self.text.extend(['\\', c]),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                c if is_printable(c) => self.text.push(c),
                c => {
                    let code = u32::from(c);
                    let _ = match code {
                        0..=0xff => write!(self.text, "\\x{code:02X}"),
                        0x100..=0xffff => write!(self.text, "\\u{code:04X}"),
                        _ => write!(self.text, "\\U{code:08X}"),
                    };
                }
            }
        }
        self.text.push('"');
    }
}

/// The style that go-yaml takes for a string.
fn style_of(value: &str) -> Style {
    let printable = value.chars().all(is_printable);
    if value.contains('\n') {
        let block = value.chars().all(|c| c == '\n' || is_printable(c))
            && !value.ends_with(' ')
            && !value.contains(" \n");
        return if block { Style::Literal } else { Style::DoubleQuoted };
    }
    // a string that would be something else without quotes gets double ones
    if resolve(None, true, value) != Ok(Resolved::Text) || is_date(value) || !printable {
        Style::DoubleQuoted
    } else if is_plain(value) {
        Style::Plain
    } else {
        Style::SingleQuoted
    }
}

/// Older YAML readers take it for a time.
fn is_date(value: &str) -> bool {
    matches!(value.as_bytes(), [a, b, c, d, b'-', e, ..] if [a, b, c, d, e].iter().all(|b| b.is_ascii_digit()))
}

/// Certainly a plain scalar, in block and flow, as key and value.
fn is_plain(value: &str) -> bool {
    value.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '.'))
        && !value.starts_with("...")
        && !value.ends_with([' ', ':'])
        && !value.contains(": ")
        && !value.contains(" #")
        && !value.contains([',', '[', ']', '{', '}'])
}

/// Stands for itself between quotes and in blocks: no control character, no line break, no byte order mark.
fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}'
        | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}
