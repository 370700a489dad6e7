use super::runs::{Run, Runs, is_break, line_break};
use super::style::Style;
use crate::reader::Span;

/// The runs of a plain or quoted scalar (go-yaml v2, scan_plain_scalar and scan_flow_scalar); `None` when they do not make
/// `value`.
pub(super) fn runs(text: &str, span: Span, style: Style, value: &str) -> Option<Vec<Run>> {
    let span = match style {
        Style::SingleQuoted | Style::DoubleQuoted => {
            Span { start: span.start + 1, end: span.end.checked_sub(1)? }
        }
        _ => span,
    };
    let text = text.get(..span.end)?;
    text.get(span.start..)?;
    let mut scanner = Scanner { text, at: span.start, runs: Runs::new(value) };
    while let Some(c) = scanner.rest().chars().next() {
        match (style, c) {
            (_, ' ' | '\t') => scanner.white(false),
            (_, c) if is_break(c) => scanner.white(false),
            (Style::SingleQuoted, '\'') => scanner.take(2, "'")?,
            (Style::DoubleQuoted, '\\') => scanner.escape()?,
            _ => scanner.copy(style),
        }
    }
    scanner.runs.finish()
}

struct Scanner<'t, 'v> {
    text: &'t str,
    at: usize,
    runs: Runs<'v>,
}

impl<'t> Scanner<'t, '_> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn take(&mut self, len: usize, piece: &str) -> Option<()> {
        self.rest().get(..len)?;
        self.runs.push(Span { start: self.at, end: self.at + len }, piece);
        self.at += len;
        Some(())
    }

    /// Characters that stand for themselves.
    fn copy(&mut self, style: Style) {
        let rest = self.rest();
        let special = |c| {
            matches!(c, ' ' | '\t')
                || is_break(c)
                || (style == Style::SingleQuoted && c == '\'')
                || (style == Style::DoubleQuoted && c == '\\')
        };
        let len = rest.find(special).unwrap_or(rest.len());
        self.runs.push(Span { start: self.at, end: self.at + len }, &rest[..len]);
        self.at += len;
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    /// Blanks stand for themselves, unless a line break is among them: then they go, one break becomes a space, and each
    /// further one stays. Behind an escaped break, every one stays.
    fn white(&mut self, escaped: bool) {
        let start = self.at;
        self.skip_blanks();
        let mut breaks = Vec::new();
        let blanks = Span { start, end: self.at };
        while let Some((len, piece)) = line_break(self.rest()) {
            breaks.push((Span { start: self.at, end: self.at + len }, piece));
            self.at += len;
            self.skip_blanks();
        }
        match breaks.as_slice() {
            [] if !escaped => self.runs.push(blanks, &self.text[blanks.start..blanks.end]),
            [(_, "\n")] if !escaped => self.runs.push(Span { start, end: self.at }, " "),
            [(_, "\n"), more @ ..] if !escaped => self.push_all(more),
            all => self.push_all(all),
        }
    }

    fn push_all(&mut self, breaks: &[(Span, &str)]) {
        for (span, piece) in breaks {
            self.runs.push(*span, piece);
        }
    }

    fn escape(&mut self) -> Option<()> {
        let behind = &self.rest()[1..];
        if let Some((len, _)) = line_break(behind) {
            self.at += 1 + len;
            self.white(true);
            return Some(());
        }
        let (c, len) = match behind.chars().next()? {
            '0' => ('\0', 1),
            'a' => ('\x07', 1),
            'b' => ('\x08', 1),
            't' | '\t' => ('\t', 1),
            'n' => ('\n', 1),
            'v' => ('\x0b', 1),
            'f' => ('\x0c', 1),
            'r' => ('\r', 1),
            'e' => ('\x1b', 1),
            c @ (' ' | '"' | '\'' | '/' | '\\') => (c, 1),
            'N' => ('\u{85}', 1),
            '_' => ('\u{a0}', 1),
            'L' => ('\u{2028}', 1),
            'P' => ('\u{2029}', 1),
            'x' => (char::from_u32(hex(behind, 1, 2)?)?, 3),
            'u' => utf16(behind)?,
            'U' => (char::from_u32(hex(behind, 1, 8)?)?, 9),
            _ => return None,
        };
        self.take(1 + len, c.encode_utf8(&mut [0; 4]))
    }
}

/// `uXXXX`, or a surrogate pair as JSON writes it.
fn utf16(text: &str) -> Option<(char, usize)> {
    let high = hex(text, 1, 4)?;
    if let Some(c) = char::from_u32(high) {
        return Some((c, 5));
    }
    text.get(5..7).filter(|second| *second == "\\u")?;
    let units = [u16::try_from(high).ok()?, u16::try_from(hex(text, 7, 4)?).ok()?];
    Some((char::decode_utf16(units).next()?.ok()?, 11))
}

fn hex(text: &str, from: usize, len: usize) -> Option<u32> {
    u32::from_str_radix(text.get(from..from + len)?, 16).ok()
}
