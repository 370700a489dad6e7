use super::{Fault, Scanner, Token, TokenKind};
use crate::reader::Span;

/// Blanks and line ends that belong to a scalar only if more of it follows.
#[derive(Default)]
pub(super) struct Gap {
    /// A line has ended: what follows are blanks at the beginning of one.
    pub broken: bool,
    pub blanks: String,
    first_break: String,
    more_breaks: String,
}

impl Gap {
    /// Writes the gap into the scalar: blanks as they are, one line end as a space, more of them without the first.
    /// An escaped line end is no first one and leaves nothing.
    pub(super) fn flush(&mut self, into: &mut String) {
        if !self.broken {
            into.push_str(&self.blanks);
        } else if !self.first_break.starts_with('\n') {
            into.push_str(&self.first_break);
            into.push_str(&self.more_breaks);
        } else if self.more_breaks.is_empty() {
            into.push(' ');
        } else {
            into.push_str(&self.more_breaks);
        }
        *self = Self::default();
    }
}

impl Scanner<'_> {
    pub(super) fn fetch_plain_scalar(&mut self) -> Result<(), Fault> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.cursor.mark.at;
        let mut end = start;
        let mut value = String::new();
        let mut gap = Gap::default();
        loop {
            self.cursor.need(4)?;
            let marker = self.cursor.is_document_marker("---") || self.cursor.is_document_marker("...");
            if marker || self.cursor.is(b'#') {
                break;
            }
            while !self.cursor.is_white(0) && !self.ends_plain_scalar() {
                if gap.broken || !gap.blanks.is_empty() {
                    gap.flush(&mut value);
                }
                self.cursor.read(&mut value);
                self.cursor.need(2)?;
                self.cursor.read_ordinary(&mut value);
                end = self.cursor.mark.at;
            }
            if !(self.cursor.is_blank(0) || self.cursor.is_break(0)) {
                break;
            }
            self.skip_gap(&mut gap, Some(self.indent + 1))?;
            if self.flow_level == 0 && self.column() <= self.indent {
                break;
            }
        }
        self.queue
            .push_back(Token { kind: TokenKind::Scalar { value, plain: true }, span: Span { start, end } });
        if gap.broken {
            self.simple_key_allowed = true;
        }
        Ok(())
    }

    fn ends_plain_scalar(&self) -> bool {
        (self.cursor.is(b':') && self.cursor.is_white(1))
            || (self.flow_level > 0 && self.cursor.is_any(b",?[]{}"))
    }

    /// Reads blanks and line ends. In front of column `indent` a line may not begin with a tab.
    pub(super) fn skip_gap(&mut self, gap: &mut Gap, indent: Option<isize>) -> Result<(), Fault> {
        self.cursor.need(1)?;
        while self.cursor.is_blank(0) || self.cursor.is_break(0) {
            if self.cursor.is_blank(0) {
                let outside = indent.is_some_and(|indent| self.column() < indent);
                if gap.broken && outside && self.cursor.is(b'\t') {
                    return self.fail("a tab is not allowed as indentation");
                }
                if gap.broken {
                    self.cursor.skip();
                } else {
                    self.cursor.read(&mut gap.blanks);
                }
            } else {
                self.cursor.need(2)?;
                if gap.broken {
                    self.cursor.read_line(&mut gap.more_breaks);
                } else {
                    gap.blanks.clear();
                    self.cursor.read_line(&mut gap.first_break);
                    gap.broken = true;
                }
            }
            self.cursor.need(1)?;
        }
        Ok(())
    }
}
