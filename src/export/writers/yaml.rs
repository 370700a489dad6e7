//! YAML that every reader takes for the same, YAML 1.1 and 1.2 alike: what could be anything but a string is quoted, and
//! what nobody sees is escaped.

use std::fmt::Write as _;

use super::value::Value;
use crate::hidden::is_hidden;

/// The document, with a final newline and without `---`. Lists are indented below their key.
pub(in crate::export) fn document(value: &Value) -> String {
    let mut text = String::new();
    if value.is_leaf() {
        leaf(&mut text, value);
        text.push('\n');
    } else {
        block(&mut text, 0, value, true);
    }
    text
}

/// Documents of one file. What is said of all of them stands in the first one, since not every reader takes one of comments
/// alone.
pub(in crate::export) fn documents(comments: &str, values: &[Value]) -> String {
    let documents = values.iter().map(document).enumerate();
    let mut text: String =
        documents.map(|(nth, text)| format!("---\n{}{text}", if nth == 0 { comments } else { "" })).collect();
    if text.is_empty() {
        text.push_str(comments);
    }
    text
}

/// A list or fields that are not empty. `goes_on`: its first line is there already as far as its indent.
fn block(text: &mut String, indent: usize, value: &Value, goes_on: bool) {
    let mut goes_on = goes_on;
    let mut begin = |text: &mut String| {
        if !std::mem::take(&mut goes_on) {
            text.extend(std::iter::repeat_n(' ', indent));
        }
    };
    match value {
        Value::Fields(fields) => {
            for (key, value) in fields {
                begin(text);
                scalar(text, key);
                text.push(':');
                if let Some(lines) = literal(value) {
                    lines_of(text, indent + 2, lines);
                } else if value.is_leaf() {
                    text.push(' ');
                    leaf(text, value);
                    text.push('\n');
                } else {
                    text.push('\n');
                    block(text, indent + 2, value, false);
                }
            }
        }
        Value::List(items) => {
            for item in items {
                begin(text);
                text.push_str("- ");
                if item.is_leaf() {
                    leaf(text, item);
                    text.push('\n');
                } else {
                    block(text, indent + 2, item, true);
                }
            }
        }
        Value::Text(_) | Value::Flag(_) => {}
    }
}

/// A text of several lines that can stand there as it is, which is how people want to read an `aws-auth`.
fn literal(value: &Value) -> Option<&str> {
    let Value::Text(text) = value else { return None };
    let is_simple =
        |line: &str| !line.ends_with(' ') && !line.chars().any(|c| is_hidden(c) || is_no_character(c));
    // an empty line or a space at the beginning, and more than one line end, need indicators
    let (first, _) = text.split_once('\n')?;
    let ends_simply = text.ends_with('\n') && !text.ends_with("\n\n");
    let fits = ends_simply && !first.is_empty() && !first.starts_with(' ') && text.split('\n').all(is_simple);
    fits.then_some(text)
}

fn lines_of(text: &mut String, indent: usize, lines: &str) {
    text.push_str(" |\n");
    for line in lines.trim_end_matches('\n').split('\n') {
        let indent = if line.is_empty() { 0 } else { indent };
        let _ = writeln!(text, "{:indent$}{line}", "");
    }
}

fn leaf(text: &mut String, value: &Value) {
    match value {
        Value::Text(value) => scalar(text, value),
        Value::Flag(flag) => {
            let _ = write!(text, "{flag}");
        }
        Value::List(_) => text.push_str("[]"),
        Value::Fields(_) => text.push_str("{}"),
    }
}

fn scalar(text: &mut String, value: &str) {
    if is_plain(value) {
        text.push_str(value);
        return;
    }
    let is_seen = |c| !is_hidden(c) && !is_no_character(c);
    if value.contains(['"', '\\']) && value.chars().all(is_seen) {
        // JSON in YAML stays readable
        let _ = write!(text, "'{}'", value.replace('\'', "''"));
        return;
    }
    text.push('"');
    for c in value.chars() {
        let _ = match c {
            '"' | '\\' => write!(text, "\\{c}"),
            '\n' => text.write_str("\\n"),
            '\r' => text.write_str("\\r"),
            '\t' => text.write_str("\\t"),
            // a C1 character is hidden as well, and what is beyond the first plane has a form of its own
            c if is_hidden(c) => match u32::from(c) {
                code @ 0..=0xff => write!(text, "\\x{code:02x}"),
                code @ 0x100..=0xffff => write!(text, "\\u{code:04x}"),
                code => write!(text, "\\U{code:08x}"),
            },
            c if is_no_character(c) => write!(text, "\\u{:04x}", u32::from(c)),
            c => text.write_char(c),
        };
    }
    text.push('"');
}

/// None of YAML's, which Go's and Python's readers refuse.
fn is_no_character(c: char) -> bool {
    matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// Certainly the string that stands there, in every schema of YAML.
fn is_plain(value: &str) -> bool {
    const OTHERS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    value.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_.:@+-=".contains(&b))
        && !value.ends_with(':')
        && !OTHERS.iter().any(|other| value.eq_ignore_ascii_case(other))
}
