//! Text for a terminal. It can be made of nothing but escaped text and our own styles: names, reasons and messages carry
//! whatever somebody put into them, and no place that prints can forget to escape, for there is nothing else to call.

use std::borrow::Cow;
use std::fmt;

use anstyle::Style;
use textwrap::{WordSeparator, WordSplitter};

use super::escape::terminal;
use super::style::{FAINT, GONE, GOOD, HEADING};

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
/// do not belong. Prose is wrapped to a width when it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    rows: Vec<Row>,
    /// The last row has no line feed, as the text that it was made of.
    is_open: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    level: usize,
    text: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Wrapped at spaces, its rest so many columns further in.
    Prose { hanging: usize },
    /// A command for a shell, to be pasted: wrapped with a backslash.
    Command,
    /// As it is.
    Verbatim,
}

/// The width of a page that nobody has asked a width of.
pub const WIDTH: usize = 100;

/// Text as narrow as this is not wrapped any further.
const NARROWEST: usize = 24;

impl Page {
    pub fn line(&mut self, level: usize, text: impl Into<Shown>) {
        self.row(level, text, Kind::Prose { hanging: 2 });
    }

    /// What has columns or an indentation of its own.
    pub fn verbatim(&mut self, level: usize, text: impl Into<Shown>) {
        self.row(level, text, Kind::Verbatim);
    }

    /// What can be pasted into a shell, however narrow the page is.
    pub fn command(&mut self, level: usize, text: impl Into<Shown>) {
        let text = text.into();
        // within quotes a backslash would be part of what is quoted
        let kind = if text.0.contains(['\'', '"']) { Kind::Verbatim } else { Kind::Command };
        self.row(level, text, kind);
    }

    pub fn blank(&mut self) {
        self.verbatim(0, "");
    }

    /// A heading, with a blank line before it.
    pub fn section(&mut self, title: &str, count: usize) {
        self.heading(HEADING, title, count);
    }

    /// A line of less weight.
    pub fn aside(&mut self, level: usize, text: impl Into<Shown>) {
        self.line(level, paint(FAINT, text));
    }

    /// With a blank line before it; a count of 0 is not shown.
    pub(super) fn heading(&mut self, style: Style, title: &str, count: usize) {
        let title = title.to_uppercase();
        let counted = if count == 0 { title } else { format!("{title} ({count})") };
        self.blank();
        self.line(0, paint(style, counted));
    }

    /// A line of a diff.
    pub(super) fn signed(&mut self, level: usize, sign: char, text: &str) {
        let line = format!("{sign} {text}");
        let inner = text.len() - text.trim_start_matches(' ').len();
        let kind = Kind::Prose { hanging: 4 + inner };
        match sign {
            '+' => self.row(level, paint(GOOD, line), kind),
            '-' => self.row(level, paint(GONE, line), kind),
            _ => self.row(level, line, kind),
        }
    }

    /// What a renderer drew of parts that were escaped before.
    pub(super) fn drawn(&mut self, of_escaped: &str) {
        for line in of_escaped.lines() {
            self.rows.push(Row { level: 0, text: line.to_owned(), kind: Kind::Verbatim });
        }
    }

    /// All lines of another page, behind these.
    pub fn append(&mut self, mut other: Self) {
        self.rows.append(&mut other.rows);
        self.is_open = other.is_open;
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// As text that is so many columns wide; a name or a number that is longer stays whole.
    pub fn at(&self, width: usize) -> String {
        let mut text = self.rows.iter().map(|row| row.at(width)).collect::<String>();
        if self.is_open {
            text.pop();
        }
        text
    }

    fn row(&mut self, level: usize, text: impl Into<Shown>, kind: Kind) {
        self.rows.push(Row { level, text: text.into().0, kind });
    }
}

impl Row {
    fn at(&self, width: usize) -> String {
        let Self { level, text, kind } = self;
        let indent = "  ".repeat(*level);
        match kind {
            Kind::Verbatim => format!("{indent}{text}\n"),
            Kind::Prose { hanging } => wrapped(text, &indent, *hanging, width),
            Kind::Command => {
                let lines =
                    wrapped(&with_values(text), &indent, 4, width.saturating_sub(2)).replace(TIED, " ");
                let (last, lines) = match lines.trim_end_matches('\n').rsplit_once('\n') {
                    Some((lines, last)) => (last, lines),
                    None => return lines,
                };
                let continued: String = lines.lines().map(|line| format!("{line} \\\n")).collect();
                format!("{continued}{last}\n")
            }
        }
    }
}

/// A space at which no line ends. What is shown is escaped, so it has none of its own.
const TIED: char = '\u{1}';

/// Each option with its value.
fn with_values(command: &str) -> String {
    let mut words = command.split(' ').peekable();
    let mut tied = String::with_capacity(command.len());
    while let Some(word) = words.next() {
        tied.push_str(word);
        let has_value = word.starts_with("--") && words.peek().is_some_and(|next| !next.starts_with('-'));
        if words.peek().is_some() {
            tied.push(if has_value { TIED } else { ' ' });
        }
    }
    tied
}

/// With the line feed of each line.
fn wrapped(text: &str, indent: &str, hanging: usize, width: usize) -> String {
    let behind = " ".repeat(indent.len() + hanging);
    // what is indented in the text is so on the page: no line ends between that and the first word
    let words = text.trim_start_matches(' ');
    let before = format!("{indent}{}", " ".repeat(text.len() - words.len()));
    let options = textwrap::Options::new(width.max(behind.len() + NARROWEST))
        .initial_indent(&before)
        .subsequent_indent(&behind)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .break_words(false)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    textwrap::wrap(words, options).iter().map(|line| format!("{line}\n")).collect()
}

/// Each line of a text, without styles, as it is.
impl From<&str> for Page {
    fn from(text: &str) -> Self {
        let mut page = Self { rows: Vec::new(), is_open: !text.is_empty() && !text.ends_with('\n') };
        text.lines().for_each(|line| page.verbatim(0, line));
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

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.at(WIDTH))
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
        assert_eq!(Page::from("x\u{1b}[1m\ny\n\nz").to_string(), "x\\u{1b}[1m\ny\n\nz");
    }

    #[test]
    fn prose_hangs_below_itself_and_loses_nothing() {
        let text = (0..60).map(|n| format!("word{n}")).collect::<Vec<_>>().join(" ");
        let mut page = Page::default();
        page.line(2, paint(BAD, text.as_str()));
        for width in [30, 60, 80, 100] {
            let shown = page.at(width);
            let visible = |line: &str| line.replace(&BAD.to_string(), "").replace(&format!("{BAD:#}"), "");
            assert!(shown.lines().all(|line| visible(line).chars().count() <= width), "{shown}");
            assert!(shown.lines().skip(1).all(|line| line.starts_with("      word")), "{shown}");
            let words = visible(&shown).split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(words, text);
        }
        let long = format!("a {} b", "x".repeat(300));
        let mut page = Page::default();
        page.line(0, long.as_str());
        assert_eq!(page.at(50), format!("a\n  {}\n  b\n", "x".repeat(300)));
        let mut page = Page::default();
        page.line(1, format!("  {} b", "x".repeat(300)));
        assert_eq!(page.at(50), format!("    {}\n    b\n", "x".repeat(300)));
    }

    #[test]
    fn a_command_can_be_pasted_from_a_narrow_page() {
        let mut page = Page::default();
        page.command(1, "eksodus apply plan.json --cluster prod-eu --through prune --allow-irreversible");
        let narrow =
            "  eksodus apply plan.json --cluster prod-eu \\\n      --through prune --allow-irreversible\n";
        assert_eq!(page.at(56), narrow);
        assert_eq!(page.at(100).lines().count(), 1);
    }
}
