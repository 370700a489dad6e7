use super::plain_scalar::Gap;
use super::{Fault, Scanner, TokenKind};

impl Scanner<'_> {
    pub(super) fn fetch_quoted_scalar(&mut self) -> Result<(), Fault> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.cursor.mark;
        let quote = self.cursor.byte(0);
        self.cursor.skip();
        let mut value = String::new();
        loop {
            self.cursor.need(4)?;
            if self.cursor.is_document_marker("---") || self.cursor.is_document_marker("...") {
                return self.fail("found a document marker in a quoted text");
            }
            if self.cursor.at_end() {
                return Err(Fault::new("the quoted text does not end", start.at));
            }
            let mut gap = Gap::default();
            gap.broken = self.read_quoted(quote, &mut value)?;
            self.cursor.need(1)?;
            if self.cursor.is(quote) {
                break;
            }
            // an escaped line end has broken the line already, and leaves nothing
            self.skip_gap(&mut gap, None)?;
            gap.flush(&mut value);
        }
        self.cursor.skip();
        self.push_from(start, TokenKind::Scalar { value, plain: false });
        Ok(())
    }

    /// Reads up to a blank, a line end or the closing quote; whether an escaped line end was the last of it.
    fn read_quoted(&mut self, quote: u8, value: &mut String) -> Result<bool, Fault> {
        while !self.cursor.is_white(0) {
            if quote == b'\'' && self.cursor.starts_with("''") {
                value.push('\'');
                self.cursor.skip_all(2);
            } else if self.cursor.is(quote) {
                break;
            } else if quote == b'"' && self.cursor.is(b'\\') {
                if self.cursor.is_break(1) {
                    self.cursor.need(3)?;
                    self.cursor.skip();
                    self.cursor.skip_line();
                    return Ok(true);
                }
                self.read_escape(value)?;
            } else {
                self.cursor.read(value);
            }
            self.cursor.need(2)?;
        }
        Ok(false)
    }

    /// `\/` of YAML 1.2 is unknown, and `\'` is not.
    fn read_escape(&mut self, value: &mut String) -> Result<(), Fault> {
        let digits = match self.cursor.byte(1) {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            letter => {
                let Some(char) = escaped(letter) else {
                    return self.fail("found an unknown escape character");
                };
                value.push(char);
                0
            }
        };
        self.cursor.skip_all(2);
        if digits == 0 {
            return Ok(());
        }
        self.cursor.need(digits)?;
        let mut code = 0_u32;
        for ahead in 0..digits {
            let Some(digit) = char::from(self.cursor.byte(ahead)).to_digit(16) else {
                return self.fail("did not find the hexadecimal number of an escape");
            };
            code = code << 4 | digit;
        }
        let Some(char) = char::from_u32(code) else {
            return self.fail("an escape names no Unicode character");
        };
        value.push(char);
        self.cursor.skip_all(digits);
        Ok(())
    }
}

fn escaped(letter: u8) -> Option<char> {
    Some(match letter {
        b'0' => '\0',
        b'a' => '\x07',
        b'b' => '\x08',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\x0b',
        b'f' => '\x0c',
        b'r' => '\r',
        b'e' => '\x1b',
        b' ' | b'"' | b'\'' | b'\\' => char::from(letter),
        b'N' => '\u{85}',
        b'_' => '\u{a0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}
