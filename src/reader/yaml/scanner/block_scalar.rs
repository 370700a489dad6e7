use super::{Fault, Scanner, Token, TokenKind};
use crate::reader::Span;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}

/// The lines of a block scalar, as far as they were read.
struct Lines {
    /// The column of the text; 0 until the first line with text tells it.
    indent: isize,
    breaks: String,
    end: usize,
}

impl Scanner<'_> {
    pub(super) fn fetch_block_scalar(&mut self) -> Result<(), Fault> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        let start = self.cursor.mark.at;
        let literal = self.cursor.is(b'|');
        self.cursor.skip();
        let (chomping, increment) = self.scan_block_header()?;
        let indent = if increment > 0 { self.indent.max(0) + increment } else { 0 };
        let mut lines = Lines { indent, breaks: String::new(), end: self.cursor.mark.at };
        self.scan_block_breaks(&mut lines)?;

        let mut value = String::new();
        let mut last_break = String::new();
        let mut blank_before = false;
        self.cursor.need(1)?;
        while self.column() == lines.indent && !self.cursor.at_end() {
            let blank = self.cursor.is_blank(0);
            let folds = !literal && !blank_before && !blank && last_break.starts_with('\n');
            if !folds {
                value.push_str(&last_break);
            } else if lines.breaks.is_empty() {
                value.push(' ');
            }
            last_break.clear();
            value.push_str(&lines.breaks);
            lines.breaks.clear();
            blank_before = blank;
            while !self.cursor.is_break_or_end(0) {
                self.cursor.read_line_text(&mut value);
                self.cursor.need(1)?;
            }
            self.cursor.need(2)?;
            self.cursor.read_line(&mut last_break);
            self.scan_block_breaks(&mut lines)?;
        }
        if chomping != Chomping::Strip {
            value.push_str(&last_break);
        }
        if chomping == Chomping::Keep {
            value.push_str(&lines.breaks);
        }
        self.queue.push_back(Token {
            kind: TokenKind::Scalar { value, plain: false },
            span: Span { start, end: lines.end },
        });
        Ok(())
    }

    /// `+` or `-`, and a digit, in either order; then nothing but a comment.
    fn scan_block_header(&mut self) -> Result<(Chomping, isize), Fault> {
        self.cursor.need(1)?;
        let mut chomping = self.scan_chomping()?;
        let mut increment = 0;
        if self.cursor.byte(0).is_ascii_digit() {
            if self.cursor.is(b'0') {
                return self.fail("a block scalar's indentation may not be 0");
            }
            increment = isize::from(self.cursor.byte(0) - b'0');
            self.cursor.skip();
            self.cursor.need(1)?;
            if chomping.is_none() {
                chomping = self.scan_chomping()?;
            }
        }
        self.cursor.skip_blanks()?;
        self.cursor.skip_comment()?;
        if !self.cursor.is_break_or_end(0) {
            return self.fail("did not find a comment or line end behind a block scalar's indicator");
        }
        if self.cursor.is_break(0) {
            self.cursor.need(2)?;
            self.cursor.skip_line();
        }
        Ok((chomping.unwrap_or(Chomping::Clip), increment))
    }

    fn scan_chomping(&mut self) -> Result<Option<Chomping>, Fault> {
        let chomping = match self.cursor.byte(0) {
            b'+' => Chomping::Keep,
            b'-' => Chomping::Strip,
            _ => return Ok(None),
        };
        self.cursor.skip();
        self.cursor.need(1)?;
        Ok(Some(chomping))
    }

    /// Reads indentation and empty lines, and finds out the indentation from them if it is not known.
    fn scan_block_breaks(&mut self, lines: &mut Lines) -> Result<(), Fault> {
        lines.end = self.cursor.mark.at;
        let mut widest = 0;
        loop {
            self.cursor.need(1)?;
            while (lines.indent == 0 || self.column() < lines.indent) && self.cursor.is(b' ') {
                self.cursor.skip();
                self.cursor.need(1)?;
            }
            widest = widest.max(self.column());
            if (lines.indent == 0 || self.column() < lines.indent) && self.cursor.is(b'\t') {
                return self.fail("a tab is not allowed as indentation");
            }
            if !self.cursor.is_break(0) {
                break;
            }
            self.cursor.need(2)?;
            self.cursor.read_line(&mut lines.breaks);
            lines.end = self.cursor.mark.at;
        }
        if lines.indent == 0 {
            lines.indent = widest.max(self.indent + 1).max(1);
        }
        Ok(())
    }
}
