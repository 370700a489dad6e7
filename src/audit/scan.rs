//! JSON, read only where something is wanted of it.
//!
//! A log is gigabytes of which a tenth is kept, and most of what is skipped are strings. So this walks the text once and makes
//! no values: a string is a place in the line unless something in it is escaped, and its end is looked for eight bytes at a
//! time. It takes what `serde_json` takes and nothing more, and `tests/oracle.rs` holds both against each other; what is
//! escaped `serde_json` reads.

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
        Self { text, base, kept, at: 0, depth: 0 }
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
        Ok(match self.string_end()? {
            true => Cow::Owned(self.unescaped(from)?),
            false => Cow::Borrowed(self.text.get(from + 1..self.at - 1).unwrap_or_default()),
        })
    }

    fn string(&mut self) -> Result<Piece> {
        let from = self.at;
        if self.string_end()? {
            let unescaped = self.unescaped(from)?;
            let kept = &mut self.kept.unescaped;
            let at = kept.len();
            kept.push_str(&unescaped);
            return Ok(Piece::of_unescaped(at..kept.len()));
        }
        Ok(match self.base {
            Base::Lines(base) => Piece::of_lines(base + from + 1..base + self.at - 1),
            Base::Unescaped(base) => Piece::of_unescaped(base + from + 1..base + self.at - 1),
        })
    }

    fn unescaped(&self, from: usize) -> Result<String> {
        let quoted = self.text.get(from..self.at).unwrap_or_default();
        serde_json::from_str(quoted).map_err(|_| Fault { what: "half of a character is escaped", at: from })
    }

    /// To behind the closing quote; whether something was escaped.
    fn string_end(&mut self) -> Result<bool> {
        let bytes = self.text.as_bytes();
        let mut at = self.at + 1;
        let mut is_escaped = false;
        loop {
            while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
                match first_special(u64::from_le_bytes(*eight)) {
                    8 => at += 8,
                    near => {
                        at += near;
                        break;
                    }
                }
            }
            match bytes.get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    return Ok(is_escaped);
                }
                Some(b'\\') => {
                    is_escaped = true;
                    at += escape(bytes, at)?;
                }
                Some(..b' ') => return Err(Fault { what: "a control character in a string", at }),
                Some(_) => at += 1,
                None => return Err(Fault { what: CUT, at }),
            }
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

/// Which of eight bytes ends a string, escapes or must not stand there; 8: none does.
fn first_special(eight: u64) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    // a byte that is less than another one, by the borrow that it takes; what it takes from the bytes behind makes those wrong,
    // and only the first one is asked for
    let less = |bytes: u64, than: u64| bytes.wrapping_sub(ONES * than) & !bytes & HIGHS;
    let is = |byte: u8| less(eight ^ (ONES * u64::from(byte)), 1);
    let found = is(b'"') | is(b'\\') | less(eight, u64::from(b' '));
    found.trailing_zeros() as usize / 8
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
