//! Text for a terminal. It can be made of nothing but escaped text and our own styles: names, reasons and messages carry
//! whatever somebody put into them, and no place that prints can forget to escape, for there is nothing else to call.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use anstyle::Style;

use super::escape::terminal;
use super::style::{GONE, GOOD};

/// A part of a line; whatever becomes one is escaped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown(String);

impl Shown {
    #[must_use]
    pub fn and(mut self, more: impl Into<Self>) -> Self {
        self.0.push_str(&more.into().0);
        self
    }
}

impl From<&str> for Shown {
    fn from(text: &str) -> Self {
        Self(terminal(text).into_owned())
    }
}

impl From<String> for Shown {
    fn from(text: String) -> Self {
        match terminal(&text) {
            Cow::Owned(escaped) => Self(escaped),
            Cow::Borrowed(_) => Self(text),
        }
    }
}

/// Text in a style of ours.
pub(super) fn paint(style: Style, text: impl Into<Shown>) -> Shown {
    let text = text.into().0;
    Shown(format!("{style}{text}{style:#}"))
}

/// Lines of text, two spaces for each level, with colours as escape sequences: for a writer that strips them where they
/// do not belong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page(String);

impl Page {
    pub fn line(&mut self, level: usize, text: impl Into<Shown>) {
        for _ in 0..level {
            self.0.push_str("  ");
        }
        self.0.push_str(&text.into().0);
        self.0.push('\n');
    }

    pub(super) fn blank(&mut self) {
        self.0.push('\n');
    }

    /// With a blank line before it; a count of 0 is not shown.
    pub(super) fn heading(&mut self, style: Style, title: &str, count: usize) {
        self.blank();
        let title = title.to_uppercase();
        let counted = if count == 0 { title } else { format!("{title} ({count})") };
        self.line(0, paint(style, counted));
    }

    /// A line of a diff.
    pub(super) fn signed(&mut self, level: usize, sign: char, text: &str) {
        let line = format!("{sign} {text}");
        match sign {
            '+' => self.line(level, paint(GOOD, line)),
            '-' => self.line(level, paint(GONE, line)),
            _ => self.line(level, line),
        }
    }

    /// What a renderer drew of parts that were escaped before.
    pub(super) fn drawn(&mut self, of_escaped: &str) {
        self.0.push_str(of_escaped);
    }
}

/// Each line of a text, without styles.
impl From<&str> for Page {
    fn from(text: &str) -> Self {
        let mut page = Self::default();
        for line in text.split_inclusive('\n') {
            let ends = line.ends_with('\n');
            page.0.push_str(&terminal(line.strip_suffix('\n').unwrap_or(line)));
            page.0.push_str(if ends { "\n" } else { "" });
        }
        page
    }
}

impl From<&String> for Page {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<String> for Page {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl Deref for Page {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::style::BAD;

    #[test]
    fn only_our_own_styles_get_into_a_page() {
        let hostile = "a\u{1b}[31m\u{9b}1m\n\u{202e}b";
        let mut page = Page::default();
        page.line(1, Shown::from(hostile).and(paint(BAD, hostile)).and(String::from(hostile)));
        page.signed(0, '+', hostile);
        let shown = "a\\u{1b}[31m\\u{9b}1m\\n\\u{202e}b";
        let expected = format!("  {shown}{BAD}{shown}{BAD:#}{shown}\n{GOOD}+ {shown}{GOOD:#}\n");
        assert_eq!(page.to_string(), expected);
        assert_eq!(Page::from("x\u{1b}[1m\r\ny\n\nz").to_string(), "x\\u{1b}[1m\\r\ny\n\nz");
    }
}
