use super::runs::{Run, Runs, is_break, line_break};
use crate::reader::Span;

/// The runs of a literal or folded scalar (go-yaml v2, scan_block_scalar); `None` when they do not make `value`.
pub(super) fn runs(text: &str, span: Span, folded: bool, value: &str) -> Option<Vec<Run>> {
    let header = Header::read(text.get(span.start..span.end)?);
    let mut scanner = Scanner {
        text: text.get(..span.end)?,
        at: span.start + header.len,
        indent: 0,
        runs: Runs::new(value),
    };
    let deepest = scanner.deepest();
    match header.indent {
        None => {
            scanner.indent = deepest.max(1);
            scanner.scan(folded, header.chomping)
        }
        // the number counts from the parent's indentation, which only the parser knows: the value tells which fits
        Some(indent) => (indent..=deepest.max(indent)).find_map(|indent| {
            let again = Scanner { indent, runs: Runs::new(value), ..scanner };
            again.scan(folded, header.chomping)
        }),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}

struct Header {
    indent: Option<usize>,
    chomping: Chomping,
    /// With the line break.
    len: usize,
}

impl Header {
    fn read(text: &str) -> Self {
        let line = text.split(is_break).next().unwrap_or_default();
        let mut header = Self { indent: None, chomping: Chomping::Clip, len: line.len() };
        for c in line.chars().skip(1).take(2) {
            match c {
                '-' => header.chomping = Chomping::Strip,
                '+' => header.chomping = Chomping::Keep,
                '1'..='9' => header.indent = usize::try_from(u32::from(c) - u32::from('0')).ok(),
                _ => break,
            }
        }
        header.len += line_break(&text[line.len()..]).map_or(0, |(len, _)| len);
        header
    }
}

struct Scanner<'t, 'v> {
    text: &'t str,
    at: usize,
    indent: usize,
    runs: Runs<'v>,
}

type Break<'t> = (Span, &'t str);

impl<'t> Scanner<'t, '_> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The most spaces on any line up to the first text.
    fn deepest(&self) -> usize {
        let mut rest = self.rest();
        let mut deepest = 0;
        loop {
            let behind = rest.trim_start_matches(' ');
            let spaces = rest.len() - behind.len();
            deepest = deepest.max(spaces);
            match line_break(behind) {
                Some((len, _)) => rest = &behind[len..],
                None => return deepest,
            }
        }
    }

    fn scan(mut self, folded: bool, chomping: Chomping) -> Option<Vec<Run>> {
        let mut last: Option<Break<'t>> = None;
        let mut after_blank = false;
        let mut indented = self.lines();
        loop {
            let (empty, at_content) = indented;
            if !at_content {
                if chomping != Chomping::Strip {
                    self.push(last.as_slice());
                }
                if chomping == Chomping::Keep {
                    self.push(&empty);
                }
                return self.runs.finish();
            }
            let blank = self.rest().starts_with([' ', '\t']);
            match last {
                Some((span, "\n")) if folded && !after_blank && !blank => {
                    if empty.is_empty() {
                        self.runs.push(span, " ");
                    }
                }
                _ => self.push(last.as_slice()),
            }
            self.push(&empty);
            after_blank = blank;
            let rest = self.rest();
            let len = rest.find(is_break).unwrap_or(rest.len());
            self.runs.push(Span { start: self.at, end: self.at + len }, &rest[..len]);
            self.at += len;
            last = self.line_break();
            indented = self.lines();
        }
    }

    /// Empty lines, and whether text follows at the indentation.
    fn lines(&mut self) -> (Vec<Break<'t>>, bool) {
        let mut empty = Vec::new();
        loop {
            let spaces = self.rest().bytes().take(self.indent).take_while(|b| *b == b' ').count();
            self.at += spaces;
            match self.line_break() {
                Some(line) => empty.push(line),
                None => return (empty, spaces == self.indent && !self.rest().is_empty()),
            }
        }
    }

    fn line_break(&mut self) -> Option<Break<'t>> {
        let (len, piece) = line_break(self.rest())?;
        let span = Span { start: self.at, end: self.at + len };
        self.at += len;
        Some((span, piece))
    }

    fn push(&mut self, breaks: &[Break<'t>]) {
        for (span, piece) in breaks {
            self.runs.push(*span, piece);
        }
    }
}
