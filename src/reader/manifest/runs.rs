use crate::reader::Span;

/// Bytes of a value that stand in one piece in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    /// Offset in the value.
    pub value: usize,
    pub value_len: usize,
    /// Offset in the source. Of equal lengths, byte stands for byte.
    pub source: usize,
    pub source_len: usize,
}

/// Decodes a scalar a second time, for its places, and compares it with what the parser made of it.
pub(super) struct Runs<'v> {
    expected: &'v str,
    at: usize,
    equal: bool,
    runs: Vec<Run>,
}

impl<'v> Runs<'v> {
    pub(super) fn new(expected: &'v str) -> Self {
        Self { expected, at: 0, equal: true, runs: Vec::new() }
    }

    /// `piece` is what the bytes of `from` stand for.
    pub(super) fn push(&mut self, from: Span, piece: &str) {
        self.equal &= self.expected.as_bytes()[self.at..].starts_with(piece.as_bytes());
        if !self.equal || piece.is_empty() {
            return;
        }
        let run = Run {
            value: self.at,
            value_len: piece.len(),
            source: from.start,
            source_len: from.end - from.start,
        };
        self.at += piece.len();
        match self.runs.last_mut() {
            Some(last)
                if last.is_exact() && run.is_exact() && last.source + last.source_len == run.source =>
            {
                last.value_len += run.value_len;
                last.source_len += run.source_len;
            }
            _ => self.runs.push(run),
        }
    }

    /// The runs, if they make the expected value.
    pub(super) fn finish(self) -> Option<Vec<Run>> {
        (self.equal && self.at == self.expected.len()).then_some(self.runs)
    }
}

impl Run {
    const fn is_exact(&self) -> bool {
        self.value_len == self.source_len
    }

    /// Where the byte at `at` begins.
    pub(super) const fn start_of(&self, at: usize) -> usize {
        if self.is_exact() { self.source + (at - self.value) } else { self.source }
    }

    /// Where the byte before `at` ends.
    pub(super) const fn end_of(&self, at: usize) -> usize {
        if self.is_exact() { self.source + (at - self.value) } else { self.source + self.source_len }
    }
}

/// The length of the line break that the text begins with, and what it stands for (go-yaml v2, READ_LINE).
pub(super) fn line_break(text: &str) -> Option<(usize, &str)> {
    let len = match text.as_bytes() {
        [b'\r', b'\n', ..] | [0xc2, 0x85, ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        [0xe2, 0x80, 0xa8 | 0xa9, ..] => return Some((3, &text[..3])),
        _ => return None,
    };
    Some((len, "\n"))
}

pub(super) const fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
