//! Numbers as go-yaml v2 finds them in plain scalars.

/// A number; what it is worth matters only where it is a key.
/// Not finite only where `.nan` or `.inf` is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::reader) enum Number {
    Int(i64),
    /// Above the range of `Int`.
    Uint(u64),
    Float(f64),
}

/// A text that begins with a digit or a sign.
pub(super) fn parse(text: &str) -> Option<Number> {
    let plain: String = text.chars().filter(|char| *char != '_').collect();
    if let Some(number) = integer(&plain) {
        return Some(number);
    }
    if let Some(number) = float(&plain) {
        return Some(Number::Float(number));
    }
    // a second sign is let through behind the prefix
    if let Some(digits) = plain.strip_prefix("0b") {
        i64_in(digits, 2).map(Number::Int)
    } else if let Some(digits) = plain.strip_prefix("-0b") {
        i64_in(&format!("-{digits}"), 2).map(Number::Int)
    } else {
        None
    }
}

/// A decimal float; out of the range of `f64` it is none. `.5` comes here as well, without the step of [`parse`].
pub(super) fn float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        None => digits(mantissa),
        Some((whole, fraction)) => {
            (digits(whole) && fraction.is_empty()) || (whole.is_empty() || digits(whole)) && digits(fraction)
        }
    };
    let exponent_fits =
        exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['-', '+']).unwrap_or(exponent)));
    if !(mantissa_fits && exponent_fits) {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Go's integer literals: a sign, then decimal, `0x`, `0o`, `0b`, or octal behind a leading zero.
fn integer(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let lower = unsigned.get(..2).map(str::to_ascii_lowercase);
    let (digits, radix) = match lower.as_deref() {
        Some("0x") => (&unsigned[2..], 16),
        Some("0o") => (&unsigned[2..], 8),
        Some("0b") => (&unsigned[2..], 2),
        Some(_) if unsigned.starts_with('0') => (&unsigned[1..], 8),
        _ => (unsigned, 10),
    };
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let negative = text.starts_with('-');
    let signed = if negative { format!("-{digits}") } else { digits.to_owned() };
    if let Some(number) = i64_in(&signed, radix) {
        return Some(Number::Int(number));
    }
    if text.starts_with(['-', '+']) {
        return None;
    }
    u64::from_str_radix(digits, radix).ok().map(Number::Uint)
}

/// An optional sign and digits.
fn i64_in(text: &str, radix: u32) -> Option<i64> {
    i64::from_str_radix(text, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_follow_go() {
        for (text, number) in [
            ("0", 0),
            ("-0", 0),
            ("+7", 7),
            ("007", 7),
            ("0x1f", 31),
            ("0X1F", 31),
            ("-0b11", -3),
            ("0o17", 15),
            ("1_000", 1000),
            ("0b-11", -3),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(parse(text), Some(Number::Int(number)), "{text}");
        }
        assert_eq!(parse("18446744073709551615"), Some(Number::Uint(u64::MAX)));
        for text in ["0x", "0x-1", "+", "-", "--1", "1:30", "0b", "0b2", "12a"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_integer_may_be_a_float() {
        for (text, number) in [("08", 8.0), ("1.", 1.0), ("-.5", -0.5), ("1e3", 1000.0), ("2.1e+11", 2.1e11)]
        {
            assert_eq!(parse(text), Some(Number::Float(number)), "{text}");
        }
        assert_eq!(parse("18446744073709551616"), Some(Number::Float(18_446_744_073_709_551_616.0)));
        for text in ["1e400", "1e", "1.2.3", "-.", "1e+"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
