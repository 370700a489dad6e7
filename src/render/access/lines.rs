//! Lines that fit a terminal of the usual width, however long a rule or a list of names is.

use crate::render::escape::terminal;
use crate::render::page::Page;

const WIDTH: usize = 100;

/// A line, with its rest indented below it where it is too long. A word that is longer than a line stays whole.
pub fn wrapped(page: &mut Page, level: usize, text: &str) {
    for (at, line) in wrap(text, WIDTH.saturating_sub(level * 2)).into_iter().enumerate() {
        page.line(level, indented(at, &line));
    }
}

/// The same, each of its lines marked as those of a diff, and `deeper` levels behind the mark.
pub fn marked(page: &mut Page, level: usize, sign: char, deeper: usize, text: &str) {
    let deeper = "  ".repeat(deeper);
    for (at, line) in wrap(text, WIDTH.saturating_sub(level * 2 + 2 + deeper.len())).into_iter().enumerate() {
        page.signed(level, sign, &format!("{deeper}{}", indented(at, &line)));
    }
}

/// Each name in a line of its own; unless all are wanted, some of them and how many more there are.
pub fn names(page: &mut Page, level: usize, names: &[String], all: bool) {
    const MOST: usize = 5;
    // one more takes no more room than saying so
    let shown = if all || names.len() <= MOST + 1 { names.len() } else { MOST };
    names.iter().take(shown).for_each(|name| page.line(level, name.as_str()));
    if shown < names.len() {
        page.line(level, format!("and {} more (-v names them)", names.len() - shown));
    }
}

/// A page in lines that fit; what is escaped stays so.
pub fn fitted(page: &Page) -> Page {
    let mut fitted = Page::default();
    for line in page.lines() {
        let text = line.trim_start_matches(' ');
        let indent = &line[..line.len() - text.len()];
        for (at, part) in split(text, WIDTH.saturating_sub(indent.len())).iter().enumerate() {
            fitted.drawn(&format!("{indent}{}\n", indented(at, part)));
        }
    }
    fitted
}

fn indented(at: usize, line: &str) -> String {
    if at == 0 { line.to_owned() } else { format!("    {line}") }
}

/// `a, b and 5 more`, unless all are wanted.
pub fn some<'a>(names: impl ExactSizeIterator<Item = &'a str>, most: usize, all: bool) -> String {
    let (len, most) = (names.len(), if all { usize::MAX } else { most });
    // one more takes no more room than saying so
    let shown = if len <= most.saturating_add(1) { len } else { most };
    let list = names.take(shown).collect::<Vec<_>>().join(", ");
    if shown < len { format!("{list} and {} more", len - shown) } else { list }
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    split(&terminal(text), width)
}

/// At its spaces.
fn split(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let long = word.chars().count();
        let room = if lines.is_empty() { width } else { width.saturating_sub(4) };
        if used > 0 && used + 1 + long > room {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += long;
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_goes_on_below_itself_and_loses_nothing() {
        let text = (0..60).map(|n| format!("word{n}")).collect::<Vec<_>>().join(" ");
        let mut page = Page::default();
        wrapped(&mut page, 2, &text);
        assert!(page.lines().all(|line| line.chars().count() <= WIDTH), "{page}");
        assert!(page.lines().skip(1).all(|line| line.starts_with("        word")), "{page}");
        assert_eq!(page.split_whitespace().collect::<Vec<_>>().join(" "), text);
        let long = "x".repeat(300);
        assert_eq!(wrap(&format!("a {long} b"), 50), ["a".to_owned(), long, "b".to_owned()]);
    }

    #[test]
    fn many_names_are_counted() {
        let names = |n: usize| vec!["a"; n];
        let told = |n, all| some(names(n).into_iter(), 2, all);
        assert_eq!(told(3, false), "a, a, a");
        assert_eq!(told(4, false), "a, a and 2 more");
        assert_eq!(told(4, true), "a, a, a, a");
        assert_eq!(told(0, false), "");
    }
}
