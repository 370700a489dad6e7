//! The lines of a decisions file, and where its keys stand.

use super::{CannotExtend, comment};

/// The indentation of what is new under a key.
const STEP: usize = 2;

pub(super) struct Lines {
    lines: Vec<String>,
    end: &'static str,
}

/// A key of the outermost mapping, and the lines below it that are its value.
struct Block {
    /// Of the key.
    at: usize,
    /// What stands behind the colon, without a comment.
    rest: String,
    /// The line before which more of it goes.
    end: usize,
    /// Of its first line; `None`: it has none yet.
    indent: Option<usize>,
}

impl Lines {
    pub fn of(text: &str) -> Self {
        let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        Self { lines: text.lines().map(str::to_owned).collect(), end }
    }

    pub fn text(&self) -> String {
        self.lines.iter().flat_map(|line| [line.as_str(), self.end]).collect()
    }

    pub fn line(&self, number: usize) -> Option<&str> {
        self.lines.get(number.checked_sub(1)?).map(String::as_str)
    }

    pub fn insert(&mut self, at: usize, lines: impl IntoIterator<Item = String>) {
        self.lines.splice(at..at, lines);
    }

    /// At the end.
    pub fn push(&mut self, lines: Vec<String>) {
        self.lines.extend(lines);
    }

    pub fn put(&mut self, at: usize, line: String) {
        if let Some(old) = self.lines.get_mut(at) {
            *old = line;
        }
    }

    /// Adds lines under a key, which is added where it is not there.
    pub fn append(&mut self, key: &'static str, lines: &[String], why: &str) -> Result<(), CannotExtend> {
        let block = match self.block(key) {
            Some(block) => block,
            None => self.add(key),
        };
        match block.rest.as_str() {
            "" => {}
            // none yet, said in so many words
            "[]" | "{}" | "~" | "null" if block.indent.is_none() => {
                self.lines[block.at] = self.without_value(&block)
            }
            _ => return Err(CannotExtend::InOneLine { key }),
        }
        let indent = " ".repeat(block.indent.unwrap_or(STEP));
        let lines = comment(why).into_iter().chain(lines.iter().cloned());
        let indented = |line: String| if line.is_empty() { line } else { format!("{indent}{line}") };
        self.insert(block.end, lines.map(indented).collect::<Vec<_>>());
        Ok(())
    }

    /// Gives a key of the outermost mapping a value in one line.
    pub fn set(&mut self, key: &'static str, value: &str, why: &str) -> Result<(), CannotExtend> {
        let Some(block) = self.block(key) else {
            self.push(comment(why).into_iter().chain([format!("{key}: {value}")]).collect());
            return Ok(());
        };
        if block.indent.is_some() {
            return Err(CannotExtend::InOneLine { key });
        }
        self.lines[block.at] = replaced(&self.lines[block.at], &block.rest, value);
        Ok(())
    }

    /// Adds a line to the mapping that begins on this line, or below it where it is a key.
    pub fn set_in(&mut self, number: usize, key: &'static str, line: &str) -> Result<(), CannotExtend> {
        let no_place = || CannotExtend::NoPlace { key };
        let head = self.line(number).ok_or_else(no_place)?;
        let outer = indent_of(head);
        if !before_comment(head).ends_with(':') {
            return Err(CannotExtend::InOneLine { key });
        }
        let first = self.lines.iter().skip(number).find(|line| is_content(line)).ok_or_else(no_place)?;
        let inner = indent_of(first);
        if inner <= outer {
            return Err(no_place());
        }
        let end = self.end_of(number, inner);
        self.insert(end, [format!("{}{line}", " ".repeat(inner))]);
        Ok(())
    }

    /// Behind the last line of what is indented as deep as this, from this line on.
    pub fn end_of(&self, from: usize, indent: usize) -> usize {
        let mut end = from;
        for (at, line) in self.lines.iter().enumerate().skip(from) {
            if is_content(line) && indent_of(line) < indent {
                break;
            }
            if is_content(line) {
                end = at + 1;
            }
        }
        end
    }

    fn block(&self, key: &str) -> Option<Block> {
        let at = self
            .lines
            .iter()
            .position(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')))?;
        let rest = before_comment(&self.lines[at][key.len() + 1..]).to_owned();
        // a list may begin in the column of its key
        let is_below = |line: &str| indent_of(line) > 0 || line.starts_with("- ") || line == "-";
        let mut end = at + 1;
        let mut indent = None;
        for (index, line) in self.lines.iter().enumerate().skip(at + 1) {
            let is_comment = line.trim_start().starts_with('#');
            if line.trim().is_empty() || (is_comment && indent_of(line) == 0) {
                continue;
            }
            if !is_comment && !is_below(line) {
                break;
            }
            if !is_comment && indent.is_none() {
                indent = Some(indent_of(line));
            }
            end = index + 1;
        }
        Some(Block { at, rest, end, indent })
    }

    fn add(&mut self, key: &str) -> Block {
        if self.lines.last().is_some_and(|last| !last.trim().is_empty()) {
            self.lines.push(String::new());
        }
        self.lines.push(format!("{key}:"));
        let end = self.lines.len();
        Block { at: end - 1, rest: String::new(), end, indent: None }
    }

    fn without_value(&self, block: &Block) -> String {
        replaced(&self.lines[block.at], &block.rest, "").trim_end().to_owned()
    }
}

/// The line with another value behind its key; its comment stays.
pub(super) fn replaced(line: &str, old: &str, new: &str) -> String {
    match line.split_once(':') {
        Some((key, rest)) if !old.is_empty() => format!("{key}:{}", rest.replacen(old, new, 1)),
        Some((key, rest)) => format!("{key}: {new}{rest}"),
        None => line.to_owned(),
    }
}

pub(super) fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

pub(super) fn is_content(line: &str) -> bool {
    !line.trim().is_empty() && !line.trim_start().starts_with('#')
}

/// What stands before a comment, without the spaces around it.
pub(super) fn before_comment(text: &str) -> &str {
    let text = if text.trim_start().starts_with('#') { "" } else { text };
    text.split_once(" #").map_or(text, |(before, _)| before).trim()
}
