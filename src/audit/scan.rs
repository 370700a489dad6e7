//! JSON, read only where something is wanted of it.
//!
//! A log is gigabytes of which a tenth is kept, and most of what is skipped are strings. So this walks the text once and makes
//! no values: a string is a place in the line unless something in it is escaped, and its end is looked for eight bytes at a
//! time. It takes what `serde_json` takes and nothing more, and `tests/oracle.rs` holds both against each other; what is
//! escaped by number `serde_json` reads.

use std::borrow::Cow;

use super::texts::Piece;

/// As deep as `serde_json` goes: a hostile line must not use up the stack.
const DEEPEST: usize = 127;

/// Why a text is not JSON, or not what was wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub what: &'static str,
    /// Bytes before it.
    pub at: usize,
}

const CUT: &str = "it ends in the middle";

type Result<T> = std::result::Result<T, Fault>;

pub(super) struct Scanner<'a> {
    text: &'a str,
    /// Where the text stands among its batch's.
    base: Base,
    pub kept: &'a mut Kept,
    /// Each string has to be looked through for control characters.
    has_controls: bool,
    at: usize,
    depth: usize,
}

/// Where a text that is scanned begins.
#[derive(Debug, Clone, Copy)]
pub(super) enum Base {
    Lines(usize),
    Unescaped(usize),
}

/// What of a batch is in none of its lines as it is written there, or has no end.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub unescaped: String,
    pub groups: Vec<Piece>,
    /// No line of the batch has a control character, so that no string has to be looked through for them.
    pub is_printable: bool,
}

impl Kept {
    /// The object in a text that was unescaped, and where it stands; `None`: it is none. An object has quotes, and in a string
    /// those are escaped.
    pub fn object_in(&self, piece: Piece) -> Option<(String, Base)> {
        let range = piece.unescaped()?;
        let text = self.unescaped.get(range.clone())?;
        let object = text.trim_ascii_start();
        let at = range.start + text.len() - object.len();
        object.starts_with('{').then(|| (object.trim_ascii_end().to_owned(), Base::Unescaped(at)))
    }
}

impl<'a> Scanner<'a> {
    pub fn of(text: &'a str, base: Base, kept: &'a mut Kept) -> Self {
        let has_controls = match base {
            Base::Lines(_) => !kept.is_printable,
            // they may have been escaped, as an end of a line is
            Base::Unescaped(_) => has_controls(text),
        };
        Self { text, base, kept, has_controls, at: 0, depth: 0 }
    }

    /// The next byte that is no space.
    pub fn peek(&mut self) -> Result<u8> {
        loop {
            match self.text.as_bytes().get(self.at) {
                None => return Err(self.fault(CUT)),
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                Some(byte) => return Ok(*byte),
            }
        }
    }

    /// Nothing but spaces follows.
    pub fn end(&mut self) -> Result<()> {
        match self.peek() {
            Ok(_) => Err(self.fault("something follows the object")),
            Err(_) => Ok(()),
        }
    }

    /// Has each field of an object read, or skipped: `field` is told its name, and stands before its value.
    pub fn object(&mut self, mut field: impl FnMut(&mut Self, &str) -> Result<()>) -> Result<()> {
        self.open(b'{', "an object was expected")?;
        if self.peek()? == b'}' {
            return self.close();
        }
        loop {
            if self.peek()? != b'"' {
                return Err(self.fault("the name of a field was expected"));
            }
            let name = self.name()?;
            if self.peek()? != b':' {
                return Err(self.fault("a colon was expected"));
            }
            self.at += 1;
            field(self, &name)?;
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => return self.close(),
                _ => return Err(self.fault("a comma or the end of the object was expected")),
            }
        }
    }

    /// The same for the items of a list.
    pub fn list(&mut self, mut item: impl FnMut(&mut Self) -> Result<()>) -> Result<()> {
        self.open(b'[', "a list was expected")?;
        if self.peek()? == b']' {
            return self.close();
        }
        loop {
            item(self)?;
            match self.peek()? {
                b',' => self.at += 1,
                b']' => return self.close(),
                _ => return Err(self.fault("a comma or the end of the list was expected")),
            }
        }
    }

    /// A string; empty for `null`.
    pub fn text(&mut self) -> Result<Piece> {
        match self.peek()? {
            b'"' => self.string(),
            b'n' => self.literal("null").map(|()| Piece::default()),
            _ => Err(self.fault("a string was expected")),
        }
    }

    /// The same for a word that is wanted at once, and that nobody escapes.
    pub fn word(&mut self) -> Result<Cow<'a, str>> {
        match self.peek()? {
            b'"' => self.name(),
            b'n' => self.literal("null").map(|()| Cow::Borrowed("")),
            _ => Err(self.fault("a string was expected")),
        }
    }

    /// Whether the value is `null`, which is then read.
    pub fn is_null(&mut self) -> Result<bool> {
        match self.peek()? {
            b'n' => self.literal("null").map(|()| true),
            _ => Ok(false),
        }
    }

    /// A whole number; `None` for `null` and for another one.
    pub fn number(&mut self) -> Result<Option<i64>> {
        match self.peek()? {
            b'-' | b'0'..=b'9' => {
                let from = self.at;
                self.digits()?;
                Ok(self.text.get(from..self.at).and_then(|digits| digits.parse().ok()))
            }
            b'n' => self.literal("null").map(|()| None),
            _ => Err(self.fault("a number was expected")),
        }
    }

    /// Reads a value of whatever kind, and keeps nothing.
    pub fn skip(&mut self) -> Result<()> {
        match self.peek()? {
            b'"' => self.string_end().map(|_| ()),
            b'{' => self.object_end(),
            b'[' => self.list(Self::skip),
            b't' => self.literal("true"),
            b'f' => self.literal("false"),
            b'n' => self.literal("null"),
            b'-' | b'0'..=b'9' => self.digits(),
            _ => Err(self.fault("a value was expected")),
        }
    }

    fn fault(&self, what: &'static str) -> Fault {
        Fault { what, at: self.at }
    }

    fn open(&mut self, bracket: u8, else_: &'static str) -> Result<()> {
        if self.peek()? != bracket {
            return Err(self.fault(else_));
        }
        if self.depth == DEEPEST {
            return Err(self.fault("it is too deep"));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        self.depth -= 1;
        self.at += 1;
        Ok(())
    }

    /// [`Self::object`] without the names.
    fn object_end(&mut self) -> Result<()> {
        self.open(b'{', "an object was expected")?;
        if self.peek()? == b'}' {
            return self.close();
        }
        loop {
            if self.peek()? != b'"' {
                return Err(self.fault("the name of a field was expected"));
            }
            self.string_end()?;
            if self.peek()? != b':' {
                return Err(self.fault("a colon was expected"));
            }
            self.at += 1;
            self.skip()?;
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => return self.close(),
                _ => return Err(self.fault("a comma or the end of the object was expected")),
            }
        }
    }

    fn name(&mut self) -> Result<Cow<'a, str>> {
        let from = self.at;
        if !self.string_end()? {
            return Ok(Cow::Borrowed(self.text.get(from + 1..self.at - 1).unwrap_or_default()));
        }
        let mut name = String::new();
        unescape(self.text.get(from..self.at).unwrap_or_default(), &mut name)
            .ok_or(Fault { what: "half of a character is escaped", at: from })?;
        Ok(Cow::Owned(name))
    }

    fn string(&mut self) -> Result<Piece> {
        let from = self.at;
        if self.string_end()? {
            let at = self.kept.unescaped.len();
            let quoted = self.text.get(from..self.at).unwrap_or_default();
            unescape(quoted, &mut self.kept.unescaped)
                .ok_or(Fault { what: "half of a character is escaped", at: from })?;
            return Ok(Piece::of_unescaped(at..self.kept.unescaped.len()));
        }
        Ok(match self.base {
            Base::Lines(base) => Piece::of_lines(base + from + 1..base + self.at - 1),
            Base::Unescaped(base) => Piece::of_unescaped(base + from + 1..base + self.at - 1),
        })
    }

    /// To behind the closing quote; whether something was escaped.
    fn string_end(&mut self) -> Result<bool> {
        let bytes = self.text.as_bytes();
        let mut at = self.at + 1;
        let mut is_escaped = false;
        loop {
            let from = at;
            // most strings are short: what looks at more bytes at once takes longer to begin
            while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
                let near = first_special(u64::from_le_bytes(*eight));
                at += near;
                if near < 8 {
                    break;
                }
            }
            while bytes.get(at).is_some_and(|byte| !matches!(byte, b'"' | b'\\')) {
                at += 1;
            }
            if self.has_controls
                && let Some(control) = bytes[from..at].iter().position(|byte| *byte < b' ')
            {
                return Err(Fault { what: "a control character in a string", at: from + control });
            }
            if bytes.get(at) == Some(&b'"') {
                self.at = at + 1;
                return Ok(is_escaped);
            }
            if at == bytes.len() {
                return Err(Fault { what: CUT, at });
            }
            is_escaped = true;
            at += escape(bytes, at)?;
        }
    }

    fn literal(&mut self, word: &'static str) -> Result<()> {
        let rest = &self.text.as_bytes()[self.at..];
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(());
        }
        let is_cut = word.as_bytes().starts_with(rest);
        Err(self.fault(if is_cut { CUT } else { "a value was expected" }))
    }

    /// A number, by the grammar of RFC 8259.
    fn digits(&mut self) -> Result<()> {
        let bytes = self.text.as_bytes();
        let next = |at: usize| bytes.get(at).copied().unwrap_or(b' ');
        let some = |mut at: usize| {
            let from = at;
            while next(at).is_ascii_digit() {
                at += 1;
            }
            if at > from { Ok(at) } else { Err(Fault { what: "a digit was expected", at }) }
        };
        let mut at = self.at + usize::from(next(self.at) == b'-');
        at = if next(at) == b'0' { at + 1 } else { some(at)? };
        if next(at) == b'.' {
            at = some(at + 1)?;
        }
        if matches!(next(at), b'e' | b'E') {
            at = some(at + 1 + usize::from(matches!(next(at + 1), b'+' | b'-')))?;
        }
        self.at = at;
        Ok(())
    }
}

/// Adds what a string in quotes says, of which the escapes are known to be whole; `None`: one is half of a character.
fn unescape(quoted: &str, to: &mut String) -> Option<()> {
    let mut rest = quoted.strip_prefix('"')?.strip_suffix('"')?;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        to.push_str(rest.get(..at)?);
        to.push(match rest.as_bytes().get(at + 1)? {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            // rare, and two of them may be one character
            b'u' => {
                let unescaped: String = serde_json::from_str(&format!("\"{}\"", rest.get(at..)?)).ok()?;
                to.push_str(&unescaped);
                return Some(());
            }
            itself => char::from(*itself),
        });
        rest = rest.get(at + 2..)?;
    }
    to.push_str(rest);
    Some(())
}

/// Whether there is what no string may have as it is, ends of lines aside; without a branch, so that it is done many bytes at
/// a time.
pub(super) fn has_controls_in_lines(lines: &str) -> bool {
    lines.bytes().fold(false, |found, byte| found | ((byte < b' ') & (byte != b'\n')))
}

fn has_controls(text: &str) -> bool {
    text.bytes().fold(false, |found, byte| found | (byte < b' '))
}

/// Which of eight bytes is a quote or a backslash; 8: none is.
fn first_special(eight: u64) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    // a byte is zero by the borrow that it takes; what it takes from the bytes behind makes those wrong, and only the first one
    // is asked for
    let zero = |bytes: u64| bytes.wrapping_sub(ONES) & !bytes & HIGHS;
    let is = |byte: u8| zero(eight ^ (ONES * u64::from(byte)));
    (is(b'"') | is(b'\\')).trailing_zeros() as usize / 8
}

/// How long an escape is.
fn escape(bytes: &[u8], at: usize) -> Result<usize> {
    match bytes.get(at + 1) {
        None => Err(Fault { what: CUT, at: bytes.len() }),
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(2),
        Some(b'u') => {
            let digits = bytes.get(at + 2..).unwrap_or_default();
            let digits = &digits[..digits.len().min(4)];
            match digits.iter().all(u8::is_ascii_hexdigit) {
                true if digits.len() == 4 => Ok(6),
                true => Err(Fault { what: CUT, at: bytes.len() }),
                false => Err(Fault { what: "there is no such escape", at }),
            }
        }
        Some(_) => Err(Fault { what: "there is no such escape", at }),
    }
}
