use serde_json::Value;

use crate::reader::yaml::Style;

/// What a scalar is to `kubectl` and the API server (go-yaml v2, resolve.go: YAML 1.1 with Go's numbers).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Resolved {
    Text,
    Null,
    Bool(bool),
    Integer(i128),
    Float(f64),
    /// `!!binary`, which is not text until it is decoded.
    Binary,
}

impl Resolved {
    pub(super) const fn found(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Binary => "a binary value",
        }
    }

    pub(super) fn to_json(self, text: &str) -> Value {
        match self {
            Self::Text | Self::Binary => Value::from(text),
            Self::Null => Value::Null,
            Self::Bool(value) => Value::from(value),
            Self::Integer(value) => match (i64::try_from(value), u64::try_from(value)) {
                (Ok(value), _) => Value::from(value),
                (Err(_), Ok(value)) => Value::from(value),
                (Err(_), Err(_)) => Value::from(text),
            },
            Self::Float(value) => Value::from(value),
        }
    }
}

/// The type of a scalar. Dates and base-60 numbers are text.
pub(super) fn resolve(text: &str, style: Style, tag: Option<&str>) -> Resolved {
    match tag {
        Some("tag:yaml.org,2002:binary") => Resolved::Binary,
        Some(
            "tag:yaml.org,2002:null"
            | "tag:yaml.org,2002:bool"
            | "tag:yaml.org,2002:int"
            | "tag:yaml.org,2002:float",
        ) => plain(text),
        Some(_) => Resolved::Text,
        None if style == Style::Plain => plain(text),
        None => Resolved::Text,
    }
}

fn plain(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Resolved::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Resolved::Bool(false);
        }
        ".nan" | ".NaN" | ".NAN" => return Resolved::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Resolved::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Resolved::Float(f64::NEG_INFINITY),
        _ => {}
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return Resolved::Text;
    }
    let digits = text.replace('_', "");
    if let Some(value) = integer(&digits) {
        return Resolved::Integer(value);
    }
    match digits.parse() {
        Ok(value) if is_float(&digits) => Resolved::Float(value),
        _ => Resolved::Text,
    }
}

/// Go's `strconv.ParseInt` and `ParseUint` with base 0.
fn integer(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (base, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let value = sign * i128::from(u64::from_str_radix(digits, base).ok()?);
    (value >= i128::from(i64::MIN)).then_some(value)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    unsigned.contains(|c: char| c.is_ascii_digit())
        && unsigned.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'-' | b'+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_have_the_types_of_go_yaml() {
        let of = |text: &str| resolve(text, Style::Plain, None);
        for (text, value) in
            [("7", 7), ("-7", -7), ("0x1f", 31), ("0b11", 3), ("0o17", 15), ("017", 15), ("1_000", 1000)]
        {
            assert_eq!(of(text), Resolved::Integer(value), "{text}");
        }
        for (text, value) in [("08", 8.0), ("1.5", 1.5), (".5", 0.5), ("1e3", 1000.0), ("5.", 5.0)] {
            assert_eq!(of(text), Resolved::Float(value), "{text}");
        }
        for text in ["yes", "On", "TRUE", "y"] {
            assert_eq!(of(text), Resolved::Bool(true), "{text}");
        }
        for text in ["", "~", "Null"] {
            assert_eq!(of(text), Resolved::Null, "{text}");
        }
        for text in ["2024-01-01", "1:30", "yEs", "0x", "1.2.3", "-", "+", ".", "e3", "arn:aws"] {
            assert_eq!(of(text), Resolved::Text, "{text}");
        }
    }

    #[test]
    fn quotes_and_tags_make_strings_and_tags_unmake_them() {
        assert_eq!(resolve("1", Style::DoubleQuoted, None), Resolved::Text);
        assert_eq!(resolve("1", Style::Plain, Some("tag:yaml.org,2002:str")), Resolved::Text);
        assert_eq!(resolve("1", Style::Plain, Some("!mine")), Resolved::Text);
        assert_eq!(resolve("1", Style::DoubleQuoted, Some("tag:yaml.org,2002:int")), Resolved::Integer(1));
        assert_eq!(resolve("eA==", Style::Plain, Some("tag:yaml.org,2002:binary")), Resolved::Binary);
    }
}
