//! The one way in which JSON is printed and plans are written: what nobody sees is written as `\uXXXX`. JSON leaves the
//! choice (RFC 8259, 7), and serde_json escapes only what it must: C1, bidi controls and zero-width characters would reach
//! a terminal, or the eyes of whoever reviews a plan, as they are.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter};

use crate::hidden::is_hidden;

/// Pretty JSON with a final newline. Whoever reads it back gets the same value.
///
/// # Errors
/// When the value has keys that JSON lacks.
pub fn pretty(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut bytes = Vec::with_capacity(1024);
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Visible(PrettyFormatter::new()));
    value.serialize(&mut serializer)?;
    bytes.push(b'\n');
    // serde_json writes nothing but UTF-8
    Ok(String::from_utf8(bytes).unwrap_or_default())
}

/// JSON on one line, with a line feed, and with the same characters written out.
///
/// # Errors
/// When the value has keys that JSON lacks.
pub fn line(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let text = serde_json::to_string(value)?;
    let mut line = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        // outside of strings there is none
        match is_hidden(c) {
            true => {
                c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| line.push_str(&format!("\\u{unit:04x}")))
            }
            false => line.push(c),
        }
    }
    line.push('\n');
    Ok(line)
}

/// A JSON text with the characters that [`pretty`] writes as `\uXXXX` as themselves: what serde_json makes of the value.
pub(crate) fn without_needless_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.find('\\').map(|at| rest.split_at(at)) {
        plain.push_str(before);
        rest = match escaped(escape) {
            Some((c, len)) if c >= ' ' && !matches!(c, '"' | '\\') => {
                plain.push(c);
                &escape[len..]
            }
            // the backslash, and what it escapes
            _ => {
                let len = escape.chars().take(2).map(char::len_utf8).sum();
                plain.push_str(&escape[..len]);
                &escape[len..]
            }
        };
    }
    plain.push_str(rest);
    plain
}

/// The character of a `\uXXXX` at the beginning, or of two that are a surrogate pair, and how long it is written.
fn escaped(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        let is_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
        is_hex.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
    };
    let first = unit(0)?;
    if let Some(c) = char::from_u32(u32::from(first)) {
        return Some((c, 6));
    }
    let pair = char::decode_utf16([first, unit(6)?]).next()?.ok()?;
    Some((pair, 12))
}

struct Visible(PrettyFormatter<'static>);

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut shown = 0;
        for (at, c) in fragment.char_indices().filter(|(_, c)| is_hidden(*c)) {
            writer.write_all(&fragment.as_bytes()[shown..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            shown = at + c.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[shown..])
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn what_nobody_sees_is_written_out_and_reads_back() {
        let value = BTreeMap::from([("k\u{200b}", vec!["a\u{9b}\u{202e}b\"\\\n\u{7f}", "é\u{e0041}🦀"])]);
        let text = pretty(&value).unwrap();
        let expected = "{\n  \"k\\u200b\": [\n    \"a\\u009b\\u202eb\\\"\\\\\\n\\u007f\",\n    \"é\\udb40\\udc41🦀\"\n  ]\n}\n";
        assert_eq!(text, expected);
        let back: BTreeMap<String, Vec<String>> = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_value(&back).unwrap(), serde_json::to_value(&value).unwrap());
    }

    #[test]
    fn a_line_is_one_line_and_reads_back() {
        let value = ["a\u{9b}\u{202e}b\"\\\n\u{7f}", "é\u{e0041}🦀"];
        let text = line(&value).unwrap();
        assert_eq!(text, "[\"a\\u009b\\u202eb\\\"\\\\\\n\\u007f\",\"é\\udb40\\udc41🦀\"]\n");
        assert_eq!(serde_json::from_str::<Vec<String>>(&text).unwrap(), value);
    }

    #[test]
    fn without_them_it_is_the_text_of_serde_json() {
        for text in ["\u{9b}\\u009b \\\\ \" \n\u{1}", "\\", "\\u", "\u{e0041}\u{200b}111", "é", "\\\u{202e}"]
        {
            let value = [text];
            let pretty = pretty(&value).unwrap();
            assert_eq!(
                without_needless_escapes(&pretty),
                serde_json::to_string_pretty(&value).unwrap() + "\n"
            );
        }
        // of no text that serde_json wrote, and no reason to panic
        for text in ["\\", "\\u12", "\\ud800", "\\ud800\\ud800", "\\é", "\\u00é"] {
            assert_eq!(without_needless_escapes(text), text);
        }
    }
}
