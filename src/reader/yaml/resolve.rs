use super::base64;
use super::number::{self, Number};
use super::timestamp::is_timestamp;

/// What a scalar stands for, by go-yaml v2's mixture of YAML 1.1 and 1.2.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::reader) enum Resolved {
    Null,
    Bool(bool),
    Number(Number),
    /// The text itself; a date or time comes through as its text, too.
    Text,
    /// The decoded text of a `!!binary`, with U+FFFD for each byte that is no UTF-8, as JSON has it.
    Binary(String),
}

const PREFIX: &str = "tag:yaml.org,2002:";

/// `implicit`: neither quoted nor tagged, or tagged with a lone `!`.
///
/// # Errors
/// The text is not what its tag says; the fragment says so.
pub(in crate::reader) fn resolve(tag: Option<&str>, implicit: bool, text: &str) -> Result<Resolved, String> {
    let Some(tag) = tag else {
        return Ok(if implicit { plain(text) } else { Resolved::Text });
    };
    let cannot = || Err(format!("cannot read {text:?} as !!{}", tag.trim_start_matches(PREFIX)));
    match tag.strip_prefix(PREFIX) {
        Some("binary") => match base64::decode(text) {
            Some(bytes) => Ok(Resolved::Binary(replace_invalid(&bytes))),
            None => Err("a !!binary value is not base64".to_owned()),
        },
        Some("bool") => match plain(text) {
            value @ Resolved::Bool(_) => Ok(value),
            _ => cannot(),
        },
        Some("int") => match plain(text) {
            value @ Resolved::Number(Number::Int(_) | Number::Uint(_)) => Ok(value),
            _ => cannot(),
        },
        Some("float") => match plain(text) {
            #[expect(clippy::cast_precision_loss, reason = "go-yaml converts in the same way")]
            Resolved::Number(Number::Int(number)) => Ok(Resolved::Number(Number::Float(number as f64))),
            value @ Resolved::Number(Number::Float(_)) => Ok(value),
            _ => cannot(),
        },
        Some("null") => match plain(text) {
            Resolved::Null => Ok(Resolved::Null),
            _ => cannot(),
        },
        Some("timestamp") if !is_timestamp(text) => cannot(),
        // `!!str`, and every tag that nobody knows
        _ => Ok(Resolved::Text),
    }
}

fn plain(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Resolved::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Resolved::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Resolved::Bool(false)
        }
        ".nan" | ".NaN" | ".NAN" => Resolved::Number(Number::Float(f64::NAN)),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            Resolved::Number(Number::Float(f64::INFINITY))
        }
        "-.inf" | "-.Inf" | "-.INF" => Resolved::Number(Number::Float(f64::NEG_INFINITY)),
        _ => {
            let number = match text.as_bytes()[0] {
                b'.' => number::float(text).map(Number::Float),
                b'0'..=b'9' | b'+' | b'-' => number::parse(text),
                _ => None,
            };
            number.map_or(Resolved::Text, Resolved::Number)
        }
    }
}

/// Go's `encoding/json` writes U+FFFD for every single byte that is not part of valid UTF-8.
fn replace_invalid(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagged(tag: &str, text: &str) -> Result<Resolved, String> {
        resolve(Some(&format!("{PREFIX}{tag}")), false, text)
    }

    #[test]
    fn quotes_and_unknown_tags_make_text() {
        assert_eq!(resolve(None, false, "yes"), Ok(Resolved::Text));
        assert_eq!(resolve(None, true, "yes"), Ok(Resolved::Bool(true)));
        assert_eq!(resolve(Some("!foo"), false, "1"), Ok(Resolved::Text));
        assert_eq!(resolve(Some("!"), true, "1"), Ok(Resolved::Text));
        assert_eq!(tagged("str", "1"), Ok(Resolved::Text));
        assert_eq!(resolve(None, true, "2001-01-02"), Ok(Resolved::Text));
        assert_eq!(resolve(None, true, "12:30:00"), Ok(Resolved::Text));
    }

    #[test]
    fn a_tag_that_lies_is_an_error() {
        assert_eq!(tagged("int", "3"), Ok(Resolved::Number(Number::Int(3))));
        assert_eq!(tagged("float", "3"), Ok(Resolved::Number(Number::Float(3.0))));
        assert_eq!(tagged("null", ""), Ok(Resolved::Null));
        for (tag, text) in [("null", "x"), ("int", "3.5"), ("bool", "1"), ("timestamp", "x"), ("float", "~")]
        {
            assert!(tagged(tag, text).is_err(), "!!{tag} {text}");
        }
    }

    #[test]
    fn binary_is_decoded_and_each_stray_byte_replaced() {
        assert_eq!(tagged("binary", "ZGV2"), Ok(Resolved::Binary("dev".to_owned())));
        // E2 82 is a cut euro sign: two bytes, two marks
        assert_eq!(tagged("binary", "YeKC"), Ok(Resolved::Binary("a\u{fffd}\u{fffd}".to_owned())));
        assert!(tagged("binary", "?").is_err());
    }
}
