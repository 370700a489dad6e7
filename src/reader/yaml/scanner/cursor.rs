use super::super::Fault;

/// Where a character stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mark {
    /// Bytes before it.
    pub at: usize,
    /// Characters before it.
    pub index: usize,
    pub line: usize,
    pub column: usize,
}

/// The text, one character at a time. Behind its end stand NULs, which cannot stand in it.
pub(super) struct Cursor<'t> {
    bytes: &'t [u8],
    text: &'t str,
    pub mark: Mark,
    /// What is before it has been checked for control characters.
    checked: usize,
    /// Characters between the mark and `checked`, and NULs behind the end.
    unread: usize,
    /// Where the buffer of go-yaml begins.
    base: usize,
}

/// go-yaml reads, and refuses control characters, in chunks of this many bytes: one in a chunk that no token
/// needs does not matter.
const CHUNK: usize = 512;

const BYTE_ORDER_MARK: &str = "\u{feff}";

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let start = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let mark = Mark { at: start, ..Mark::default() };
        Self { bytes: text.as_bytes(), text, mark, checked: 0, unread: 0, base: start }
    }

    /// Makes sure that so many characters can be looked at.
    #[inline]
    pub(super) fn need(&mut self, chars: usize) -> Result<(), Fault> {
        if self.unread >= chars { Ok(()) } else { self.look_at(chars) }
    }

    fn look_at(&mut self, chars: usize) -> Result<(), Fault> {
        self.base = self.mark.at;
        while self.unread < chars {
            if self.checked >= self.text.len() {
                self.unread += 1;
                break;
            }
            let mut end = (self.checked + CHUNK).min(self.text.len());
            while !self.text.is_char_boundary(end) {
                end -= 1;
            }
            let start = self.checked.max(self.mark.at);
            // every byte is looked at, so that the compiler can look at many at once
            let plain = |all, byte: &u8| all & matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t');
            if self.bytes[start..end].iter().fold(true, plain) {
                self.unread += end - start;
            } else {
                for (offset, char) in self.text[start..end].char_indices() {
                    if !is_allowed(char) {
                        return Err(Fault::new("a control character is not allowed", start + offset));
                    }
                    self.unread += 1;
                }
            }
            self.checked = end;
        }
        Ok(())
    }

    /// The byte `ahead` of the mark.
    pub(super) fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.mark.at + ahead).copied().unwrap_or(0)
    }

    pub(super) fn is(&self, byte: u8) -> bool {
        self.byte(0) == byte
    }

    pub(super) fn is_any(&self, bytes: &[u8]) -> bool {
        bytes.contains(&self.byte(0))
    }

    pub(super) fn starts_with(&self, text: &str) -> bool {
        self.bytes[self.mark.at.min(self.bytes.len())..].starts_with(text.as_bytes())
    }

    pub(super) fn at_end(&self) -> bool {
        self.is(0)
    }

    pub(super) fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.byte(ahead), b' ' | b'\t')
    }

    pub(super) fn is_break(&self, ahead: usize) -> bool {
        match self.byte(ahead) {
            b'\r' | b'\n' => true,
            0xc2 => self.byte(ahead + 1) == 0x85,
            0xe2 => self.byte(ahead + 1) == 0x80 && matches!(self.byte(ahead + 2), 0xa8 | 0xa9),
            _ => false,
        }
    }

    /// A line end or the end of the text.
    pub(super) fn is_break_or_end(&self, ahead: usize) -> bool {
        self.is_break(ahead) || self.byte(ahead) == 0
    }

    /// A space, a tab, a line end or the end of the text.
    pub(super) fn is_white(&self, ahead: usize) -> bool {
        self.is_blank(ahead) || self.is_break_or_end(ahead)
    }

    /// What names and anchors consist of.
    pub(super) fn is_word(&self) -> bool {
        let byte = self.byte(0);
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
    }

    /// `---` or `...` on its own at the start of a line.
    pub(super) fn is_document_marker(&self, marker: &str) -> bool {
        self.mark.column == 0 && self.starts_with(marker) && self.is_white(3)
    }

    /// go-yaml asks this of the start of its buffer, wherever the mark is.
    pub(super) fn is_byte_order_mark(&self) -> bool {
        self.text[self.base..].starts_with(BYTE_ORDER_MARK)
    }

    pub(super) fn skip(&mut self) {
        self.mark.at += match self.byte(0) {
            1..=0x7f => 1,
            _ => self.char().map_or(0, char::len_utf8),
        };
        self.mark.index += 1;
        self.mark.column += 1;
        self.unread = self.unread.saturating_sub(1);
    }

    pub(super) fn skip_all(&mut self, chars: usize) {
        for _ in 0..chars {
            self.skip();
        }
    }

    pub(super) fn skip_blanks(&mut self) -> Result<(), Fault> {
        self.need(1)?;
        while self.is_blank(0) {
            self.skip();
            self.need(1)?;
        }
        Ok(())
    }

    /// Skips a comment, if one begins here, up to the end of its line.
    pub(super) fn skip_comment(&mut self) -> Result<(), Fault> {
        if self.is(b'#') {
            while !self.is_break_or_end(0) {
                self.skip();
                self.need(1)?;
            }
        }
        Ok(())
    }

    pub(super) fn read(&mut self, into: &mut String) {
        match self.byte(0) {
            ascii @ 1..=0x7f => into.push(char::from(ascii)),
            _ => into.extend(self.char()),
        }
        self.skip();
    }

    /// Reads letters, digits and signs that are nothing special anywhere, as many as have been looked at but two.
    ///
    /// The same as reading them one by one and asking for two more after each.
    pub(super) fn read_ordinary(&mut self, into: &mut String) {
        self.read_run(into, 2, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/' | b'.' | b'+' | b'=' | b'@')
        });
    }

    /// Reads one character at least, and plain ASCII behind it up to the end of the line, as far as has been looked at.
    pub(super) fn read_line_text(&mut self, into: &mut String) {
        self.read(into);
        self.read_run(into, 1, |byte| matches!(byte, b' '..=b'~'));
    }

    fn read_run(&mut self, into: &mut String, spare: usize, is_part: impl Fn(u8) -> bool) {
        let behind = &self.bytes[self.mark.at.min(self.bytes.len())..];
        let looked_at = &behind[..behind.len().min(self.unread.saturating_sub(spare))];
        let run = looked_at.iter().position(|byte| !is_part(*byte)).unwrap_or(looked_at.len());
        into.push_str(&self.text[self.mark.at..self.mark.at + run]);
        self.mark.at += run;
        self.mark.index += run;
        self.mark.column += run;
        self.unread -= run;
    }

    /// Reads words into a text, from none of them on.
    pub(super) fn read_word(&mut self) -> Result<String, Fault> {
        let mut word = String::new();
        self.need(1)?;
        while self.is_word() {
            self.read(&mut word);
            self.need(1)?;
        }
        Ok(word)
    }

    pub(super) fn skip_line(&mut self) {
        self.read_line(&mut String::new());
    }

    /// Reads a line end as a line feed; the Unicode separators stay as they are.
    pub(super) fn read_line(&mut self, into: &mut String) {
        if !self.is_break(0) {
            return;
        }
        if self.starts_with("\r\n") {
            self.skip();
        }
        match self.char() {
            Some(separator @ ('\u{2028}' | '\u{2029}')) => into.push(separator),
            _ => into.push('\n'),
        }
        self.skip();
        self.mark.column = 0;
        self.mark.line += 1;
    }

    fn char(&self) -> Option<char> {
        self.text[self.mark.at..].chars().next()
    }
}

/// What YAML 1.1 calls printable, but for U+FEFF, which go-yaml takes everywhere.
fn is_allowed(char: char) -> bool {
    matches!(char, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
}
